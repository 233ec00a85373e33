/** `dns.lookup`: for a socket that is dialling (net reads it at each call), or called by the program itself. */
import { apply } from './builtins';
import { now } from './clock';
import { guarded, parts } from './faults';
import { nextId } from './ids';
import { dialling } from './net';
import { push } from './queue';
import { type Lookup, lookupLine, type Wire } from './wire';
import { type AnyFunction, wrap } from './wrap';

const part = parts.dns;
let running = 0;

export function installDns(): void {
  const dns = require('node:dns') as typeof import('node:dns');
  const { isIP } = require('node:net') as typeof import('node:net');
  wrap(
    dns,
    'lookup',
    (original) =>
      function lookup(this: unknown, ...args: unknown[]) {
        const callback = args.length > 0 ? args[args.length - 1] : undefined;
        const wire = dialling.wire;
        // A literal is not looked up: servers that listen ask for one.
        const asks = typeof callback === 'function' && isIP(String(args[0])) === 0;
        const note = asks ? begin(args) : undefined;
        if (note === undefined) return apply(original, this, args);
        args[args.length - 1] = function (this: unknown, ...results: unknown[]) {
          running--;
          end(note, results, wire);
          return apply(callback as AnyFunction, this, results);
        };
        running++;
        let asked = false;
        try {
          const result: unknown = apply(original, this, args);
          asked = true;
          if (wire) attach(wire, note);
          return result;
        } finally {
          // Wrong arguments: it threw, and there was no look-up.
          if (!asked) running--;
        }
      },
  );
}

const begin = guarded(part, 'dns.lookup', (args: unknown[]): Lookup => {
  const o = (typeof args[1] === 'object' && args[1] !== null ? args[1] : {}) as Record<string, unknown>;
  const options: Record<string, unknown> = {};
  const family = typeof args[1] === 'number' ? args[1] : o.family;
  if (typeof family === 'number' && family !== 0) options.family = family;
  if (o.all === true) options.all = true;
  if (typeof o.order === 'string') options.order = o.order;
  else if (o.verbatim === true) options.order = 'verbatim';
  if (typeof o.hints === 'number' && o.hints !== 0) options.hints = o.hints;
  return {
    id: nextId(),
    call: 'lookup',
    hostname: String(args[0] ?? ''),
    options,
    beginAt: now(),
    endAt: 0,
    addresses: [],
    error: undefined,
    inFlight: running,
    written: false,
  };
});

/** The dial is known before the answer, so that a request that waits in DNS shows it. */
const attach = guarded(part, 'dns.attach', (wire: Wire, note: Lookup) => {
  if (wire.lookup === undefined || wire.lookup.endAt === 0) wire.lookup = note;
});

const end = guarded(part, 'dns.answer', (note: Lookup, results: unknown[], wire: Wire | undefined) => {
  note.endAt = now();
  const [error, answer, family] = results;
  if (error) note.error = error;
  else if (Array.isArray(answer))
    note.addresses = (answer as Lookup['addresses']).map(({ address, family }) => ({ address, family }));
  else if (typeof answer === 'string') note.addresses = [{ address: answer, family: family === 6 ? 6 : 4 }];
  if (wire === undefined) {
    note.written = true;
    push(lookupLine(note));
  } else {
    attach(wire, note);
    if (wire.wanted) push(wire);
  }
});
