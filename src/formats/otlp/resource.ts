/** What a span's process says of itself, as attributes of the resource. */
import type { Process } from '../../model/records';
import { baseName } from '../../model/rows/row';
import { maskArguments } from '../../model/secrets/arguments';
import type { Header } from '../../model/store/store';
import { attributesOf } from './attributes';
import type { Attributes } from './types';

/** Processors as the conventions name them, where Node has another word. */
const architectures: ReadonlyMap<string, string> = new Map([
  ['x64', 'amd64'],
  ['ia32', 'x86'],
  ['arm', 'arm32'],
  ['ppc', 'ppc32'],
]);

/** `process` is absent for requests of an imported file, which names none. */
export function resourceOf(process: Process | undefined, header: Header): Attributes {
  const { host } = header;
  const argv = process?.argv && maskArguments(process.argv, header.settings?.maskedParameters);
  return attributesOf({
    'service.name': serviceOf(process),
    'process.pid': process?.pid,
    'process.parent_pid': process?.ppid,
    'process.command_line': argv?.join(' '),
    'process.runtime.name': process?.runtime?.name && runtimeName(process.runtime.name),
    'process.runtime.version': process?.runtime?.version,
    'host.name': host?.name,
    'host.arch': host?.arch && (architectures.get(host.arch) ?? host.arch),
    'nettrace.trace.id': header.id,
  });
}

/** The program's file without its folders; as the conventions say where there is none. */
function serviceOf(process: Process | undefined): string {
  const name = process?.entry === undefined ? '' : baseName(process.entry);
  if (name !== '') return name;
  return process?.runtime ? `unknown_service:${process.runtime.name}` : 'unknown_service';
}

/** The conventions' word for Node. */
const runtimeName = (name: string): string => (name === 'node' ? 'nodejs' : name);
