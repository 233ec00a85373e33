/** `nettrace run --capture`: what the options ask for, and the packet files written at its end. */
import { stat } from 'node:fs/promises';
import { isPacketFile, packetSuffix, writePackets } from '../../formats';
import { missingInterface } from '../../helper/capture/interfaces';
import { messageOf, numberText } from '../../model/base/text';
import { type CliName, tableOf } from '../../model/options/table';
import type { TraceSession } from '../../session/session';
import type { Saved } from '../summary/saved';
import { complain, UsageError } from '../terminal/say';
import type { RunOptions } from './options';

type PacketOptions = Omit<RunOptions, 'trace' | 'otlpHeader'>;

const capturing = [
  'captureLimit',
  'captureSnapLength',
  'captureInterfaces',
  'captureAlso',
  'captureHeadersOnly',
] as const satisfies CliName[];
const flagOf = (name: CliName): string | undefined => tableOf[name].cli?.flags.split(' ')[0];

/** Throws UsageError for what does not go together, or is not there. */
export function checkPacketOptions(o: PacketOptions): void {
  const file = o.output.find(isPacketFile);
  if (file !== undefined && !o.capture) throw new UsageError(`${file} needs --capture.`);
  if (o.keys && file === undefined) throw new UsageError(`--tls-keys needs --capture and -o FILE${packetSuffix}.`);
  if (o.deleteTlsKeys && o.tlsKeyLog === undefined) throw new UsageError('--delete-tls-keys needs --tls-key-log FILE.');
  const more = capturing.find((name) => o[name] !== undefined);
  if (more && !o.capture) throw new UsageError(`${flagOf(more)} needs --capture.`);
  const missing = missingInterface(o.captureInterfaces ?? []);
  if (missing !== undefined) throw new UsageError(`--capture-interfaces: ${missing}`);
}

/** What is captured but goes nowhere is said before the program starts. */
export function captureNote(o: PacketOptions): string | undefined {
  if (!o.capture || o.output.some(isPacketFile)) return undefined;
  return `--capture without -o FILE${packetSuffix}: the packets are not saved, the trace only says when they passed.`;
}

/** The files that were asked for, each with its size or with why it is not there. */
export async function savePackets(
  session: TraceSession,
  paths: readonly string[],
  o: PacketOptions,
  write = writeToFile,
): Promise<{ files: Saved[] }> {
  const files: Saved[] = [];
  for (const path of paths) {
    const packets = session.packetsToSave({ keys: o.keys === true });
    if (!packets) {
      const why = session.packets?.unavailable ?? 'nothing was captured';
      files.push({
        path,
        error: `${path} was not written: ${why.replace(/\.$/, '')}. nettrace doctor says what to do.`,
      });
      continue;
    }
    try {
      files.push({ path, bytes: await write(packets, path) });
    } catch (error) {
      files.push({ path, error: messageOf(error) });
      continue;
    }
    if (o.quiet || o.json) continue;
    const secrets = packets.withKeys ? ', with TLS secrets: do not share it' : '';
    complain(`${numberText(packets.count)} packets${droppedText(session)}${secrets}`);
  }
  return { files };
}

/** Resolves to the size of the file. */
async function writeToFile(packets: Parameters<typeof writePackets>[0], path: string): Promise<number> {
  await writePackets(packets, path);
  return (await stat(path)).size;
}

function droppedText(session: TraceSession): string {
  const [capture] = session.packets?.records().captures ?? [];
  const parts = [
    capture?.dropped ? `${numberText(capture.dropped)} dropped by the capture` : '',
    capture?.truncated ? 'the limit was reached: later ones are not there' : '',
  ].filter((t) => t !== '');
  return parts.length === 0 ? '' : ` (${parts.join('; ')})`;
}
