// Three network namespaces in a row: a client, a router that may drop packets and counts them, a server.
import { execFileSync } from 'node:child_process';

const run = (command: string, args: readonly string[], input?: string) =>
  execFileSync(command, args, { encoding: 'utf8', ...(input === undefined ? {} : { input }) });

export class Router {
  readonly client = `nt${process.pid}c`;
  readonly router = `nt${process.pid}r`;
  readonly server = `nt${process.pid}s`;
  readonly serverAddress = '10.77.2.2';
  readonly routerAddress = '10.77.1.1';

  constructor() {
    const { client, router, server } = this;
    const ip = (...args: string[]) => run('ip', args);
    for (const n of [client, router, server]) {
      ip('netns', 'add', n);
      ip('-n', n, 'link', 'set', 'lo', 'up');
    }
    const link = (from: string, own: string, to: string, address: string, gateway: string) => {
      ip('-n', from, 'link', 'add', own, 'type', 'veth', 'peer', 'name', to, 'netns', router);
      ip('-n', from, 'addr', 'add', `${address}/24`, 'dev', own);
      ip('-n', router, 'addr', 'add', `${gateway}/24`, 'dev', to);
      // One packet a segment: the router counts what the sender does.
      ip('-n', from, 'link', 'set', own, 'gso_max_segs', '1', 'up');
      ip('-n', router, 'link', 'set', to, 'gso_max_segs', '1', 'up');
      ip('-n', from, 'route', 'add', 'default', 'via', gateway);
    };
    link(client, 'c0', 'r0', '10.77.1.2', this.routerAddress);
    link(server, 's0', 'r1', this.serverAddress, '10.77.2.1');
    // Nothing is sent again that was not lost: no probes, no time-out while this machine is busy.
    ip('-n', client, 'route', 'change', 'default', 'via', this.routerAddress, 'rto_min', '3s');
    this.set(client, 'tcp_early_retrans', 0);
    this.set(router, 'ip_forward', 1);
  }

  private set(namespace: string, name: string, value: number): void {
    const set = `echo ${value} > /proc/sys/net/ipv4/${name}`;
    run('nsenter', [...this.in(namespace).slice(1), 'sh', '-c', set]);
  }

  /** Command line that runs another in a namespace; /sys stays as it is. */
  in(namespace: string): string[] {
    return ['nsenter', `--net=/run/netns/${namespace}`];
  }

  /** Every `each`th long packet to the server is dropped. */
  drop(each: number): void {
    const rules = `table ip t\ndelete table ip t\ntable ip t {\n chain f {\n type filter hook forward priority 0;\n tcp dport 8080 ip length > 600 numgen inc mod ${each} 0 counter drop\n }\n}\n`;
    run('nsenter', [...this.in(this.router).slice(1), 'nft', '-f', '-'], rules);
  }

  /** The client's own packets leave with another address of it. */
  masquerade(): void {
    run('ip', ['-n', this.client, 'addr', 'add', '10.77.1.9/24', 'dev', 'c0']);
    const rules =
      'table ip n {\n chain p {\n type nat hook postrouting priority 100;\n tcp dport 8080 snat to 10.77.1.9\n }\n}\n';
    run('nsenter', [...this.in(this.client).slice(1), 'nft', '-f', '-'], rules);
  }

  dropped(): number {
    const rules = run('nsenter', [...this.in(this.router).slice(1), 'nft', 'list', 'ruleset']);
    return Number(/counter packets (\d+)/.exec(rules)?.[1]);
  }

  routeTo(address: string): { dev: string; gateway?: string; mtu: number } {
    const [route] = JSON.parse(run('ip', ['-n', this.client, '-j', 'route', 'get', address])) as [
      { dev: string; gateway?: string },
    ];
    const [device] = JSON.parse(run('ip', ['-n', this.client, '-j', 'link', 'show', route.dev])) as [{ mtu: number }];
    return { ...route, mtu: device.mtu };
  }

  [Symbol.dispose](): void {
    for (const n of [this.client, this.router, this.server]) run('ip', ['netns', 'del', n]);
  }
}
