/** The tables of kernel statistics, processes, losses and findings. */
import type { Finding, KernelEvent, KernelSample, Loss, Process } from '../../../model/records';
import { each, integers, listOf, ms, reals, type Table, texts } from './column';

export const kernelSamples: Table<KernelSample> = {
  name: 'kernel_samples',
  list: 'kernelSamples',
  about: 'Kernel statistics of a connection at one instant. NULL: as in the sample before, or the kernel does not say.',
  columns: [
    ...texts<KernelSample>(
      ['id', 'Id.', (s) => s.id],
      ['connection', 'Connection.', (s) => s.connection],
      ['trigger', 'Why it was taken: `connect`, `requestBegin`, `interval` …', (s) => s.trigger],
      ['state', 'State of the socket.', (s) => s.state],
    ),
    ...reals<KernelSample>(
      ['at_ms', 'Right before the kernel was asked.', (s) => ms(s.at)],
      ['rtt_ms', 'Smoothed round-trip time.', (s) => ms(s.rtt)],
      ['rtt_variance_ms', 'Its mean deviation.', (s) => ms(s.rttVariance)],
      ['min_rtt_ms', 'Smallest round-trip time of the last minutes.', (s) => ms(s.minRtt)],
      ['retransmit_timeout_ms', 'Time after which a segment is sent again.', (s) => ms(s.retransmitTimeout)],
      ['busy_ms', 'Time with something to send.', (s) => ms(s.busyDuration)],
      ['rwnd_limited_ms', 'Of it, held up by the peer’s window.', (s) => ms(s.rwndLimitedDuration)],
      ['sndbuf_limited_ms', 'Of it, held up by the own send buffer.', (s) => ms(s.sndbufLimitedDuration)],
    ),
    ...integers<KernelSample>(
      ['congestion_window', 'Segments that may be on their way.', (s) => s.congestionWindow],
      ['retransmits', 'Segments repeated.', (s) => s.retransmits],
      ['lost', 'Segments thought lost.', (s) => s.lost],
      ['unacked', 'Segments on their way.', (s) => s.unacked],
      ['bytes_sent', 'Payload sent, repeated segments included.', (s) => s.bytesSent],
      ['bytes_acked', 'Payload acknowledged.', (s) => s.bytesAcked],
      ['bytes_received', 'Payload received in order.', (s) => s.bytesReceived],
      ['delivery_rate_bytes_per_s', 'Bytes a second lately delivered.', (s) => s.deliveryRate],
      ['send_queue_bytes', 'Given by the program, not acknowledged.', (s) => s.sendQueueBytes],
      ['receive_queue_bytes', 'Arrived, not read by the program.', (s) => s.receiveQueueBytes],
    ),
  ],
  rows: each,
  indices: ['connection'],
};

export const kernelEvents: Table<KernelEvent> = {
  name: 'kernel_events',
  list: 'kernelEvents',
  about: 'What happened to a connection in the kernel: retransmits, drops, resets, changes of state.',
  columns: [
    ...texts<KernelEvent>(
      ['id', 'Id.', (e) => e.id],
      ['connection', 'Connection. NULL: not joined.', (e) => e.connection],
      ['request', 'Request whose time it fell into. NULL: none, or several.', (e) => e.request],
      ['kind', '`state`, `retransmit`, `drop`, `resetReceived` …', (e) => e.kind],
    ),
    ...reals<KernelEvent>(
      ['at_ms', 'When; of several folded into one, the first.', (e) => ms(e.at)],
      ['end_ms', 'The last of several. NULL: one.', (e) => ms(e.endAt)],
      [
        'duration_ms',
        'Time in the state before, or until the first byte. NULL: of another kind.',
        (e) => ms(e.duration),
      ],
    ),
    ...texts<KernelEvent>(
      ['from_state', 'State before. NULL: of another kind.', (e) => e.from],
      ['to_state', 'State after. NULL: of another kind.', (e) => e.to],
      ['reason', 'Why a packet was dropped. NULL: not reported.', (e) => e.reason],
      ['error', 'Error that the kernel has for the program. NULL: none.', (e) => e.error],
    ),
    ...integers<KernelEvent>(
      ['bytes', 'Of the packet, payload or read. NULL: of another kind.', (e) => e.bytes],
      ['repeats', 'How many were folded into one. NULL: one.', (e) => e.count],
    ),
  ],
  rows: each,
  indices: ['connection'],
};

export const processes: Table<Process> = {
  name: 'processes',
  list: 'processes',
  about: 'One row a process.',
  columns: [
    ...texts<Process>(['id', 'Id: the pid, with a number where it came again.', (p) => p.id]),
    ...integers<Process>(['pid', 'Process id.', (p) => p.pid], ['ppid', 'Parent’s. NULL: not known.', (p) => p.ppid]),
    ...texts<Process>(
      ['parent', 'Parent. NULL: it is the root, or was not traced.', (p) => p.parent],
      ['entry', 'Program file. NULL: none.', (p) => p.entry],
      ['runtime', '`node`.', (p) => p.runtime?.name],
      ['runtime_version', 'Its version.', (p) => p.runtime?.version],
    ),
    ...reals<Process>(
      ['start_ms', 'The hook began in it.', (p) => ms(p.startAt)],
      ['end_ms', 'Its end. NULL: it ran, or that is not known.', (p) => ms(p.endAt)],
    ),
    ...integers<Process>(['exit_code', 'Exit code. NULL: it ran, was killed, or not known.', (p) => p.exitCode]),
    ...texts<Process>(['signal', 'Signal that ended it. NULL: none.', (p) => p.signal]),
  ],
  rows: each,
};

export const losses: Table<Loss> = {
  name: 'losses',
  list: 'losses',
  about: 'What was seen but is not in the trace.',
  columns: [
    ...texts<Loss>(
      ['source', 'Source that lost it.', (l) => l.source],
      ['what', '`requests`, `lines`, `connections` …', (l) => l.what],
      ['kind', '`evicted`, `dropped`, `truncated` …', (l) => l.kind],
    ),
    ...integers<Loss>(['count', 'How many.', (l) => l.count]),
    ...texts<Loss>(['reason', 'Why. NULL: not given.', (l) => l.reason]),
  ],
  rows: each,
};

export const findings: Table<Finding> = {
  name: 'findings',
  list: 'findings',
  about: 'What the analysis found (findings.md).',
  columns: [
    ...texts<Finding>(
      ['id', 'Id.', (f) => f.id],
      ['rule', 'Rule that found it.', (f) => f.rule],
      ['severity', '`info`, `warning`, `error`.', (f) => f.severity],
      ['title', 'A few words.', (f) => f.title],
      ['text', 'One sentence with its figures.', (f) => f.text],
      ['fault', 'Whose part it is: `yourCode`, `dns`, `network`, `server` …', (f) => f.fault],
      ['certainty', '`sure`, `likely`, `unclear`.', (f) => f.certainty],
      ['advice', 'What to do. NULL: nothing to advise.', (f) => f.advice],
      ['subject', 'First record it is about. NULL: none in particular.', (f) => f.subjects[0]],
      ['subjects', 'Ids of the records it is about, the first ones, as a JSON list.', (f) => listOf(f.subjects)],
    ),
    ...integers<Finding>([
      'subject_count',
      'How many records it is about.',
      (f) => f.subjectCount ?? f.subjects.length,
    ]),
  ],
  rows: each,
};
