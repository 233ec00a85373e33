/** What captures packets here, in the order in which it is tried. */
import { CapEngine } from '../../helper/capture/capEngine';
import { DumpcapEngine } from '../../helper/capture/dumpcapEngine';
import type { CaptureEngine } from '../../helper/capture/engine';
import { HelperEngine } from '../../helper/capture/helperEngine';
import type { HelperClient } from '../../helper/client';
import { DnsServers } from './dns/servers';

/** `helper`: the running one, if there is any. */
export function captureEngines(helper: HelperClient | undefined): CaptureEngine[] {
  const servers = new DnsServers();
  return [new HelperEngine(helper, () => servers.addresses()), new DumpcapEngine(), new CapEngine()];
}
