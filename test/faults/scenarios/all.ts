import type { Scenario } from '../world/scenario';
import * as clock from './clock';
import * as disk from './disk';
import * as killed from './killed';
import * as load from './load';
import * as memory from './memory';
import * as node from './node';
import * as spool from './spool';
import * as system from './system';

const GiB = 1024 ** 3;

/** In the order of the table. */
export const scenarios: readonly Scenario[] = [
  ...Object.values(disk),
  ...Object.values(spool),
  ...Object.values(killed),
  ...Object.values(clock),
  load.connections(10_000),
  load.body(GiB),
  load.header(100 * 1024 * 1024),
  load.children(1000),
  load.descriptorsClosed,
  load.allDescriptorsClosed,
  ...Object.values(node),
  ...Object.values(memory),
  ...Object.values(system),
];
