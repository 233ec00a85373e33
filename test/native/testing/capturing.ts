/** A session that captures packets, with the real programs; and what the tools of Wireshark say of a file. */
import { type ChildProcess, execFileSync, spawn, spawnSync } from 'node:child_process';
import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { writePackets } from '../../../src/formats';
import { type SessionOptions, TraceSession } from '../../../src/session/session';
import { hookAlone } from '../../support/programs/hook';
import { cleanEnvironment } from '../../support/programs/program';
import { certificate } from '../../support/servers/certificates';

/** Why packets cannot be captured and checked here; absent: they can. */
export function whyNoPackets(): string | undefined {
  if (process.getuid?.() !== 0) return 'capturing packets needs root';
  const missing = ['dumpcap', 'tshark', 'capinfos', 'editcap', 'tcpdump'].filter(
    (tool) => spawnSync(tool, ['--version']).error !== undefined,
  );
  return missing.length === 0 ? undefined : `no ${missing.join(', ')} (Debian: tshark, tcpdump)`;
}

const programs = join(import.meta.dirname, '../programs');
let hook: string | undefined;

export interface Captured {
  session: TraceSession;
  /** Saves as a file; absent request: all. */
  save(options: { request?: string; keys?: boolean }): Promise<string>;
}

/** Runs `packets.cjs` under a capture, to its end. */
export async function captured(
  env: Record<string, string>,
  options: Partial<SessionOptions>,
  around?: { before?(): Promise<void>; after?(): Promise<void> },
): Promise<Captured> {
  hook ??= hookAlone();
  const session = await TraceSession.create({ hookFile: hook, capture: {}, keys: true, ...options });
  session.begin();
  await session.startCapture();
  await around?.before?.();
  const base = { ...cleanEnvironment(), NODE_EXTRA_CA_CERTS: certificate.root, ...env };
  const child = start('packets.cjs', { ...base, ...session.environment(base) });
  const code = await new Promise<number | null>((resolve) => child.once('exit', resolve));
  if (code !== 0) throw new Error(`packets.cjs ended with ${code}`);
  session.processEnded(child.pid ?? 0, { exitCode: 0 });
  await session.finish('ended');
  await around?.after?.();
  return {
    session,
    save: async (how) => {
      const packets = session.packetsToSave(how);
      if (!packets) throw new Error(`no packets: ${session.packets?.unavailable}`);
      const file = join(mkdtempSync(join(tmpdir(), 'nettrace-packets-')), 'saved.pcapng');
      await writePackets(packets, file);
      return file;
    },
  };
}

export function start(program: string, env: Record<string, string>): ChildProcess {
  return spawn(process.execPath, [join(programs, program)], { env, stdio: ['ignore', 'inherit', 'inherit'] });
}

/** Rows of fields of the packets that a display filter leaves. */
export function tshark(
  file: string,
  filter: string,
  fields: readonly string[],
  more: readonly string[] = [],
): string[][] {
  const args = ['-r', file, '-n', ...more, '-Y', filter, '-T', 'fields', '-E', 'separator=|', '-E', 'aggregator=;'];
  const out = execFileSync('tshark', [...args, ...fields.flatMap((f) => ['-e', f])], {
    encoding: 'utf8',
    stdio: ['ignore', 'pipe', 'ignore'],
    maxBuffer: 1 << 28,
  });
  return out.split('\n').flatMap((line) => (line === '' ? [] : [line.split('|')]));
}

/** `key: value` lines of capinfos. */
export function capinfos(file: string): Map<string, string> {
  const text = execFileSync('capinfos', ['-M', file], { encoding: 'utf8' });
  return new Map([...text.matchAll(/^([^:\n]+):\s+(.*)$/gm)].map((m) => [(m[1] as string).trim(), m[2] as string]));
}
