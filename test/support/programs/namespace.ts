import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** Contents of the network namespace of one run. */
export interface StageOptions {
  /** Text of /etc/hosts; default: loopback only. */
  hosts?: string;
  /** Arguments of `nft` calls. */
  filter?: string[][];
  /** Arguments of `ip route` calls. */
  routes?: string[][];
  /** Settings of the kernel by their path below /proc/sys/net. */
  kernel?: Record<string, string>;
}

/** What the servers in the namespace saw. */
export interface StageFacts {
  names: string[];
  requests: { url: string; to: string; remotePort: number }[];
  /** The rule set with its counters. */
  filter: string;
}

const works = (...command: string[]): boolean => spawnSync(command[0] ?? '', command.slice(1)).status === 0;
const root = process.getuid?.() === 0;
const unshare = ['unshare', ...(root ? [] : ['--map-root-user']), '--net', '--mount'];
const possible = works(...unshare, 'mount', '--bind', '/etc/hosts', '/etc/hosts');
const filterPossible = possible && works(...unshare, 'nft', 'add', 'table', 'inet', 'probe');

/** Why a case that needs a namespace (with a packet filter) cannot run here; absent: it can. */
export function whyNoNamespace(filter: boolean): string | undefined {
  if (!possible) return 'no network namespace: needs root or user namespaces, and util-linux';
  return filter && !filterPossible ? 'no packet filter: needs nft (Debian: nftables)' : undefined;
}

/** The command that runs another in a fresh namespace, and the reader of what was seen there once it ended. */
export function stage(options: StageOptions): { wrap: string[]; facts: () => StageFacts } {
  const folder = mkdtempSync(join(tmpdir(), 'nettrace-stage-'));
  const facts = join(folder, 'facts.json');
  const settings = {
    hosts: options.hosts ?? '127.0.0.1 localhost\n::1 localhost\n',
    filter: options.filter ?? [],
    routes: options.routes ?? [],
    kernel: options.kernel ?? {},
    facts,
    folder,
  };
  const script = 'STAGE_NODE_OPTIONS="$NODE_OPTIONS"; export STAGE_NODE_OPTIONS; unset NODE_OPTIONS; exec "$@"';
  return {
    wrap: [
      ...unshare,
      'sh',
      '-c',
      script,
      'sh',
      process.execPath,
      join(import.meta.dirname, 'stage.cjs'),
      JSON.stringify(settings),
    ],
    facts: () => JSON.parse(readFileSync(facts, 'utf8')) as StageFacts,
  };
}
