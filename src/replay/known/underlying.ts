/** When the fields of the records below a request were known: see known.ts. */
import type { Connection, ConntrackEntry, Dial, DnsExchange, Lookup, Process, TlsTunnel } from '../../model/records';
import type { Knowledge, Table } from './known';

const dialFields: Table<Dial> = {
  id: 'begin',
  thread: 'begin',
  request: 'begin',
  callSite: 'begin',
  via: 'begin',
  agent: 'begin',
  host: 'begin',
  port: 'begin',
  path: 'begin',
  family: 'begin',
  localAddress: 'begin',
  purpose: 'begin',
  pool: 'begin',
  beginAt: 'begin',
  lookup: 'begin',
  attempts: 'begin',
  attemptLimit: 'begin',
  endAt: 'end',
  mocked: 'end',
  connection: 'end',
  error: 'end',
  abort: 'end',
  lost: 'end',
  missing: 'end',
  by: 'end',
};
export const ofDials: Knowledge<Dial> = {
  milestones: (d) => [
    ['begin', d.beginAt],
    ['end', d.endAt],
  ],
  fields: dialFields,
};

const lookupFields: Table<Lookup> = {
  id: 'begin',
  thread: 'begin',
  dial: 'begin',
  callSite: 'begin',
  call: 'begin',
  hostname: 'begin',
  options: 'begin',
  beginAt: 'begin',
  inFlight: 'begin',
  endAt: 'end',
  poolWaitDuration: 'end',
  system: 'end',
  answeredBy: 'end',
  addresses: 'end',
  records: 'end',
  service: 'end',
  servers: 'end',
  skippedServers: 'end',
  rcode: 'end',
  error: 'end',
  lost: 'end',
  missing: 'end',
  by: 'end',
};
export const ofLookups: Knowledge<Lookup> = {
  milestones: (l) => [
    ['begin', l.beginAt],
    ['end', l.endAt],
  ],
  fields: lookupFields,
};

const connectionFields: Table<Connection> = {
  id: 'begin',
  thread: 'begin',
  dial: 'begin',
  kind: 'begin',
  direction: 'begin',
  remote: 'begin',
  path: 'begin',
  connect: 'begin',
  createdAt: 'begin',
  fromResolver: 'begin',
  earlierTrace: 'begin',
  local: 'connected',
  options: 'connected',
  cookie: 'connected',
  inode: 'connected',
  cgroup: 'connected',
  netns: 'connected',
  uid: 'connected',
  route: 'connected',
  kernel: 'connected',
  tunnel: 'tunnel',
  protocol: 'agreed',
  keepAliveHint: 'agreed',
  upgrade: 'agreed',
  goaway: 'connected',
  readEndAt: 'connected',
  writeEndAt: 'connected',
  closedAt: 'closed',
  closedBy: 'closed',
  error: 'closed',
  requestCount: 'closed',
  bytesSent: 'closed',
  bytesReceived: 'closed',
  datagramsSent: 'closed',
  datagramsReceived: 'closed',
  lost: 'closed',
  missing: 'closed',
  by: 'closed',
};
const connectFields: Table<NonNullable<Connection['connect']>> = {
  beginAt: 'begin',
  endAt: 'connected',
  result: 'connected',
  error: 'connected',
};
const upgradeFields: Table<NonNullable<Connection['upgrade']>> = {
  request: 'agreed',
  protocol: 'agreed',
  at: 'agreed',
  chunksSent: 'agreed',
  chunksReceived: 'agreed',
  framesSent: 'closed',
  framesReceived: 'closed',
};

export const ofConnections: Knowledge<Connection> = {
  milestones: (c) => {
    // The result of an attempt; a datagram socket has none.
    const connected = c.connect?.endAt ?? c.createdAt;
    return [
      ['begin', c.connect?.beginAt ?? c.createdAt],
      ['connected', connected],
      ['tunnel', c.tunnel?.establishedAt],
      // What was agreed on last: after a switch of protocols, that one.
      ['agreed', c.upgrade?.at ?? c.tunnel?.establishedAt ?? connected],
      ['closed', c.closedAt ?? (c.connect?.result === 'connected' ? undefined : c.connect?.endAt)],
    ];
  },
  fields: connectionFields,
  nested: { connect: connectFields, upgrade: upgradeFields },
};

const tunnelFields: Table<TlsTunnel> = {
  id: 'begin',
  connection: 'begin',
  outer: 'begin',
  purpose: 'begin',
  beginAt: 'begin',
  serverName: 'begin',
  alpnOffered: 'begin',
  endAt: 'end',
  error: 'end',
  alpn: 'end',
  version: 'end',
  cipher: 'end',
  resumed: 'end',
  ticket: 'end',
  ocspStapled: 'end',
  ephemeralKey: 'end',
  verification: 'end',
  peerCertificates: 'end',
  clientCertificate: 'end',
  keysLogged: 'end',
  lost: 'end',
  missing: 'end',
  by: 'end',
};
export const ofTunnels: Knowledge<TlsTunnel> = {
  milestones: (t) => [
    ['begin', t.beginAt],
    ['end', t.endAt],
  ],
  fields: tunnelFields,
};

const exchangeFields: Table<DnsExchange> = {
  id: 'begin',
  thread: 'begin',
  lookup: 'begin',
  connection: 'begin',
  server: 'begin',
  transport: 'begin',
  beginAt: 'begin',
  followUpOf: 'begin',
  queries: 'begin',
  replies: 'begin',
  endAt: 'end',
  error: 'end',
  missing: 'end',
  by: 'end',
};
export const ofExchanges: Knowledge<DnsExchange> = {
  milestones: (x) => [
    ['begin', x.beginAt],
    ['end', x.endAt],
  ],
  fields: exchangeFields,
};

/** An entry of connection tracking is one reading: known when it was taken, or not until the end. */
export const ofConntrack: Knowledge<ConntrackEntry> = {
  milestones: (e) => [['taken', e.capturedAt]],
  fields: {},
};

const processFields: Table<Process> = {
  id: 'begin',
  pid: 'begin',
  ppid: 'begin',
  parent: 'begin',
  argv: 'begin',
  entry: 'begin',
  title: 'begin',
  runtime: 'begin',
  proxyEnvironment: 'begin',
  startAt: 'begin',
  threads: 'begin',
  endAt: 'end',
  exitCode: 'end',
  signal: 'end',
  end: 'end',
  untracedChildren: 'end',
};
export const ofProcesses: Knowledge<Process> = {
  milestones: (p) => [
    ['begin', p.startAt],
    ['end', p.endAt],
  ],
  fields: processFields,
};
