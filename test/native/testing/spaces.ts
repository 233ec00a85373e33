/** Network namespaces of a test's own: a client, a router and a server, on this machine alone, and gone after it. */
import { execFileSync, spawnSync } from 'node:child_process';

let made = 0;
const all = new Set<Spaces>();
process.once('exit', () => {
  for (const s of all) s[Symbol.dispose]();
});

export type Place = 'client' | 'router' | 'server';
const letter = { client: 'c', router: 'r', server: 's' } as const;

/** client 10.91.1.2 – 10.91.1.1 router 10.91.2.1 – 10.91.2.2 server. Packets are not put together or cut by devices. */
export class Spaces {
  readonly #name = `nt${process.pid}x${made++}`;
  readonly client = '10.91.1.2';
  readonly server = '10.91.2.2';

  constructor() {
    all.add(this);
    const n = this.#name;
    for (const at of ['client', 'router', 'server'] as const) {
      execFileSync('ip', ['netns', 'add', this.of(at)]);
      this.ip(at, 'link set lo up');
    }
    const veth = (a: Place, one: string, b: Place, two: string) =>
      execFileSync(
        'ip',
        `link add ${one} netns ${this.of(a)} type veth peer name ${two} netns ${this.of(b)}`.split(' '),
      );
    veth('client', `${n}c0`, 'router', `${n}r0`);
    veth('router', `${n}r1`, 'server', `${n}s0`);
    const address = (at: Place, device: string, text: string) => {
      this.ip(at, `addr add ${text}/24 dev ${device}`);
      this.ip(at, `link set ${device} up gso_max_segs 1`);
    };
    address('client', this.device('client'), this.client);
    address('router', `${n}r0`, '10.91.1.1');
    address('router', `${n}r1`, '10.91.2.1');
    address('server', this.device('server'), this.server);
    this.ip('client', 'route add default via 10.91.1.1');
    this.ip('server', 'route add default via 10.91.2.1');
    this.set('router', 'ipv4/ip_forward', '1');
  }

  of = (at: Place): string => `${this.#name}${letter[at]}`;
  /** The client's and the server's; the router's two end in r0 and r1. */
  device = (at: 'client' | 'server'): string => `${this.#name}${letter[at]}0`;
  get towardsServer(): string {
    return `${this.#name}r1`;
  }

  /** A command that runs there. Not `ip netns exec`, which hides the tree of cgroups. */
  in = (at: Place, ...command: string[]): string[] => ['nsenter', `--net=/run/netns/${this.of(at)}`, ...command];
  run(at: Place, ...command: string[]): string {
    const [file = '', ...args] = this.in(at, ...command);
    return execFileSync(file, args, { encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'] });
  }
  ip = (at: Place, command: string): void => {
    execFileSync('ip', ['-n', this.of(at), ...command.split(' ')]);
  };
  set = (at: Place, name: string, value: string): void => {
    this.run(at, 'sh', '-c', `echo ${value} > /proc/sys/net/${name}`);
  };
  rules(at: Place, text: string): void {
    const [file = '', ...args] = this.in(at, 'nft', '-f', '-');
    execFileSync(file, args, { input: text });
  }

  [Symbol.dispose](): void {
    all.delete(this);
    for (const at of ['client', 'router', 'server'] as const) spawnSync('ip', ['netns', 'del', this.of(at)]);
  }
}
