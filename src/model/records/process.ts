/** Process and thread. */
import type { Static } from 'typebox';
import * as Type from 'typebox';
import {
  count,
  duration,
  id,
  instant,
  integer,
  list,
  maskedText,
  openEntity,
  optional,
  record,
  ref,
  text,
  words,
} from '../base/schema';

export const hookCost = record(
  {
    start: duration('From the hook’s first line to where all is in place, parts that were loaded later included.'),
    handlers: duration('Time in its handlers, and in building and writing lines, over `requests`.'),
    requests: count(
      'Requests over which `handlers` was measured: the first 200, or 500 after 1,000, 10,000 and so on, of which the last are here.',
    ),
  },
  'What the hook measured of itself. Not in it: what Node’s functions take longer for being wrapped, and memory to be collected.',
);
export type HookCost = Static<typeof hookCost>;

export const thread = record(
  {
    id: id('Id of the thread: process id and thread number.'),
    threadId: count('0 is the main thread, above it worker threads.'),
    kind: words(['main', 'worker'], 'Kind.'),
    beginAt: instant('When the hook began in it.'),
    clockOffset: integer('µs added to the thread’s instants to reach the trace’s clock.'),
    endAt: optional(instant('Its end; absent: running, or killed.')),
    control: optional(
      record(
        {
          enabled: Type.Array(Type.String(), { description: 'Trace rules in force.' }),
          generation: optional(count('Counts the changes.')),
        },
        'What was traced at last.',
      ),
    ),
    parts: optional(Type.Array(Type.String(), { description: 'Parts of the hook installed.' })),
    hook: optional(text('Version of the hook.')),
    hookCost: optional(hookCost),
    faults: optional(
      list(
        record(
          {
            at: optional(instant('When.')),
            part: optional(text('Part switched off.')),
            message: optional(maskedText('What went wrong inside it.')),
          },
          'One fault.',
        ),
        'Parts of the hook that switched themselves off. The program did not notice.',
      ),
    ),
  },
  'One isolate of a process.',
);
export type Thread = Static<typeof thread>;

export const proxyEnvironment = record(
  {
    http: optional(maskedText('Proxy for `http:`, user info masked.', 'url')),
    https: optional(maskedText('Proxy for `https:`, user info masked.', 'url')),
    all: optional(maskedText('Proxy for protocols without their own, user info masked.', 'url')),
    no: optional(text('Hosts that go without.')),
  },
  'HTTP_PROXY, HTTPS_PROXY, ALL_PROXY and NO_PROXY at the start. Absent: no proxy is named. Whether a request took one, its `proxy` says.',
);

export const process = record(
  {
    id: id('Id: the pid, or `4711.2` when the pid came again in one trace.'),
    pid: count('Process id.'),
    ppid: optional(count('Parent’s process id.')),
    parent: optional(ref('processes', 'Parent; absent: it is the root, or was not traced.')),
    argv: optional(Type.Array(Type.String({ 'x-mask': 'text' }), { description: 'Command line, masked.' })),
    entry: optional(text('Program file; absent: none (`-e`).')),
    title: optional(text('Process title, if set.')),
    runtime: optional(
      record(
        { name: text('node.'), version: text('Its version.'), undici: optional(text('Version of its undici.')) },
        'Runtime.',
      ),
    ),
    proxyEnvironment: optional(proxyEnvironment),
    startAt: instant('When the hook began in it.'),
    endAt: optional(instant('Its end.')),
    exitCode: optional(integer('Exit code; absent: running, killed or not known.')),
    signal: optional(text('Signal that ended it.')),
    end: optional(
      words(
        ['exit', 'killed', 'lost', 'replaced', 'uncaught'],
        'How it ended; absent: running. `replaced`: it became another program (`process.execve`), or its pid came again.',
      ),
    ),
    threads: list(thread, 'Its isolates.'),
    untracedChildren: optional(
      list(
        openEntity(
          'pid, argv, why: replaced or cleared (NODE_OPTIONS), script (the command sets it), worker (its threadId), seen.',
        ),
        'Children that are Node programs, or started one, and worker threads, that did not load the hook, when known.',
      ),
    ),
  },
  'One process.',
);
export type Process = Static<typeof process>;
