/** The records of one trace by id, as they are read: what is written goes through the store. */
import type {
  Certificate,
  Connection,
  ConntrackEntry,
  Counts,
  Dial,
  DnsExchange,
  KernelEvent,
  KernelSample,
  Lookup,
  Loss,
  PacketRef,
  Pause,
  Process,
  Request,
  SocketOperation,
  Thread,
  TlsTunnel,
  Tracer,
} from '../records';
import type { Header } from './header';

export class Records {
  readonly processes = new Map<string, Process>();
  readonly requests = new Map<string, Request>();
  /** Requests that the program answered, apart from its own: neither counted with them nor shown as rows. */
  readonly incoming = new Map<string, Request>();
  readonly dials = new Map<string, Dial>();
  readonly lookups = new Map<string, Lookup>();
  readonly dnsExchanges = new Map<string, DnsExchange>();
  readonly connections = new Map<string, Connection>();
  readonly tlsTunnels = new Map<string, TlsTunnel>();
  readonly certificates = new Map<string, Certificate>();
  /** The last ones of each connection. */
  readonly socketOperations = new Map<string, readonly SocketOperation[]>();
  /** Of each connection, by instant. */
  readonly kernelSamples = new Map<string, readonly KernelSample[]>();
  /** In order of arrival; the last ones. */
  kernelEvents: KernelEvent[] = [];
  /** By connection, or by its own id where that is not known. */
  readonly conntrackEntries = new Map<string, ConntrackEntry>();
  readonly pauses: Pause[] = [];
  losses: Loss[] = [];
  counts: Counts = {
    requests: 0,
    failed: 0,
    connections: 0,
    lookups: 0,
    bytesSent: 0,
    bytesReceived: 0,
    evictedRequests: 0,
  };
  /** Exact sums for the status line: requests that run, on reused connections, by how they ended, and requests' bytes. */
  readonly live = {
    running: 0,
    reuses: 0,
    serverErrors: 0,
    clientErrors: 0,
    aborted: 0,
    interrupted: 0,
    bytesSent: 0,
    bytesReceived: 0,
  };

  constructor(public header: Header) {}

  /** Captured packets of a request, by time. */
  packetsOf(request: string): readonly PacketRef[] {
    return this.header.packets?.filter((p) => p.request === request) ?? [];
  }

  /** Whether the bytes of packets are at hand. */
  get holdsPackets(): boolean {
    return false;
  }

  /** What the recording itself did, up to now. Absent: not known. */
  get tracer(): Tracer | undefined {
    return this.header.tracer;
  }

  thread(id: string): { process: Process; thread: Thread } | undefined {
    const process = this.processes.get(id.slice(0, id.lastIndexOf('-')));
    const thread = process?.threads.find((t) => t.id === id);
    return process && thread ? { process, thread } : undefined;
  }

  /** The first process without a traced parent; where it became another program (execve), the last of these. */
  rootProcess(): Process | undefined {
    let root: Process | undefined;
    for (const p of this.processes.values())
      if (p.parent === undefined && (!root || p.startAt < root.startAt)) root = p;
    if (root?.end !== 'replaced') return root;
    const { pid, parent } = root;
    return [...this.processes.values()].findLast((p) => p.pid === pid && p.parent === parent);
  }

  /** Pauses that held the thread, by begin. */
  pausesOf(thread: string): readonly Pause[] {
    if (this.pauses.length === 0) return this.pauses;
    const process = thread.slice(0, thread.lastIndexOf('-'));
    return this.pauses.filter((p) => p.thread === thread || p.process === process);
  }
}
