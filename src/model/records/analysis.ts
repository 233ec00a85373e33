/** What the host adds to the hook's records: times in the debugger, event-loop delays, findings of the analysis. */
import type { Static } from 'typebox';
import * as Type from 'typebox';
import {
  duration,
  flag,
  id,
  instant,
  integer,
  list,
  maskedText,
  optional,
  record,
  ref,
  text,
  words,
} from '../base/schema';

export const pause = record(
  {
    id: id('Id.'),
    thread: optional(text('Thread stopped.')),
    process: optional(text('Process stopped.')),
    beginAt: instant('Stopped.'),
    endAt: optional(instant('Went on; absent: still stopped.')),
    reason: optional(words(['breakpoint', 'step', 'exception', 'pause', 'network', 'suspended'], 'Why.')),
    uncertainty: optional(duration('How far the instants may be off.')),
  },
  'Time during which the debugger held the program.',
);
export type Pause = Static<typeof pause>;

export const eventLoopDelay = record(
  {
    thread: ref('threads', 'Thread whose event loop was late.'),
    beginAt: instant('The bytes were in the socket.'),
    endAt: instant('JavaScript had them.'),
    connection: optional(ref('connections', 'Connection they came by.')),
    request: optional(ref('requests', 'Request they belong to; absent: none, or several.')),
  },
  'Time that bytes lay ready in the kernel while the program was busy. Needs the kernel’s or a capture’s instants.',
);

const evidence = record(
  {
    ref: optional(text('Id of the record that contains it; absent: it covers several, and `what` says which.')),
    field: optional(text('Field of that record.')),
    what: optional(text('What the figure is, in words.')),
    value: Type.Unsafe<string | number>({
      type: ['number', 'string'],
      description: 'The figure: a duration or instant in µs, or text.',
      'x-mask': 'text',
    }),
    unit: optional(words(['us', 'bytes', 'count'], 'Unit of a number.')),
  },
  'One figure that the finding rests on.',
);
export type Evidence = Static<typeof evidence>;

export const faults = ['yourCode', 'node', 'dns', 'network', 'proxy', 'server', 'machine', 'unclear'] as const;

export const finding = record(
  {
    id: id('Id: f- and a number, by order.'),
    rule: text('Rule that found it.'),
    severity: words(['info', 'warning', 'error'], 'How bad.'),
    title: maskedText('A few words.'),
    text: maskedText('One sentence with its figures.'),
    fault: words(faults, 'Whose part it is.'),
    certainty: words(['sure', 'likely', 'unclear'], 'Never more certain than its figures.'),
    subjects: Type.Array(Type.String(), { description: 'Ids of the records it is about; the first ones only.' }),
    subjectCount: optional(integer('How many records it is about, when not all are listed.')),
    evidence: list(evidence, 'Figures it rests on; never empty.'),
    advice: optional(maskedText('What to do.')),
    verdict: optional(flag('It is the one sentence on its first subject.')),
    analysisVersion: text('Version of the rules: findings of another version are computed again.'),
  },
  'What the analysis found.',
);
export type Finding = Static<typeof finding>;
