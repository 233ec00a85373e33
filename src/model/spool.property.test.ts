/** Whatever a program does and wherever its spool ends: what was folded so far is a sound trace. */

import fc from 'fast-check';
import { Compile } from 'typebox/compile';
import { describe, expect, test } from 'vitest';
import { documentOf } from './document';
import { Folder } from './fold/folder';
import { type Breakdown, phasesOf } from './phases/phases';
import { type Request, trace } from './records';
import { Store } from './store/store';
import { type SpoolFile, simulatedSpool } from './testing/spool';
import { emptyStore } from './testing/store';

const spool = fc.array(fc.nat(1_000_000), { maxLength: 400, size: 'max' }).map(simulatedSpool);
const validator = Compile(trace);
const order = ['queue', 'dns', 'tcp', 'proxy', 'tls', 'send', 'wait', 'download'];

interface Placed {
  file: string;
  offset: number;
  text: string;
}

/** The lines of the files in the order given by the numbers; within a file always as written. */
function interleaved(files: readonly SpoolFile[], choices: readonly number[]): Placed[] {
  const next = files.map(() => 0);
  const out: Placed[] = [];
  for (let i = 0; ; i++) {
    const open = files.flatMap((f, n) => ((next[n] as number) < f.lines.length ? [n] : []));
    if (open.length === 0) return out;
    const n = open[(choices[i] ?? 0) % open.length] as number;
    const file = files[n] as SpoolFile;
    const offset = next[n] as number;
    next[n] = offset + 1;
    out.push({ file: file.name, offset, text: file.lines[offset] as string });
  }
}

function folded(lines: readonly Placed[]): Store {
  const store = emptyStore();
  const folder = new Folder(store);
  for (const l of lines) folder.fold(l.text, l);
  return store;
}

/** End of a request as the specification says: L. */
function endOf(r: Request, now: number): number {
  const known = [r.createdAt, r.assignedAt, r.sendBeginAt, r.sendEndAt, r.responseBeginAt].filter(
    (x) => x !== undefined,
  );
  const last = Math.max(...known);
  if (r.outcome === undefined) return Math.max(now, last);
  if (['notRead', 'upgraded', 'tunnel'].includes(r.outcome)) return r.responseBeginAt ?? r.endAt ?? last;
  return r.endAt ?? last;
}

/** What each breakdown must satisfy; the texts name the law that is broken. */
function faultsOf(r: Request, b: Breakdown, now: number, reusedProtocol: string | undefined): string[] {
  const faults: string[] = [];
  const law = (holds: boolean, what: string) => {
    if (!holds) faults.push(`${r.id}: ${what}`);
  };
  const names = b.phases.map((p) => p.name);
  law(
    names.every((n, i) => i === 0 || order.indexOf(n) > order.indexOf(names[i - 1] as string)),
    'phases in order, each once',
  );
  law(
    JSON.stringify([...names, ...b.absent.map((a) => a.name)].sort()) === JSON.stringify([...order].sort()),
    'each phase is there or absent with a reason',
  );
  let at = r.createdAt;
  for (const [i, p] of b.phases.entries()) {
    law(p.duration >= 0 && (p.paused ?? 0) >= 0, `${p.name} is not negative`);
    law(p.paused !== 0, `${p.name}: no pause is absent, not 0`);
    if (at !== undefined) law(p.beginAt === at, `${p.name} begins where the one before ended`);
    at = p.beginAt + p.duration + (p.paused ?? 0);
    law(i === b.phases.length - 1 || !(p.running || p.failed), `nothing after ${p.name}, which is running or failed`);
  }
  const last = b.phases.at(-1);
  if (r.outcome === undefined) law(last?.running === true, 'a running request is in a phase');
  else law(last?.running === undefined, 'an ended request is in no phase');
  if (r.createdAt !== undefined) {
    const sum = b.phases.reduce((n, p) => n + p.duration, 0);
    const end = endOf(r, now);
    law(b.total === sum, 'total is the sum of the durations');
    // What was interrupted ends at the last instant known, which may be one of its dial.
    const open = r.outcome === 'interrupted' && r.endAt === undefined;
    const fills = open ? sum + b.paused >= end - r.createdAt : sum + b.paused === end - r.createdAt;
    law(fills, `the phases fill the time: ${sum + b.paused} of ${end - r.createdAt}`);
  } else law(b.total === undefined && b.windowed === true, 'without a begin no total');
  if (r.outcome === 'complete' && r.responseBeginAt !== undefined) {
    law(last?.name === 'download', 'a complete request ends in download');
  }
  if ((r.ordinal ?? 0) > 1 && reusedProtocol !== 'h2') {
    law(!names.some((n) => ['dns', 'tcp', 'proxy', 'tls'].includes(n)), 'no setup on a reused connection');
  }
  return faults;
}

function faults(store: Store, now: number): string[] {
  return [...store.requests.values()].flatMap((r) => {
    const protocol = r.connection === undefined ? undefined : store.connections.get(r.connection)?.protocol;
    return faultsOf(r, phasesOf(r, store, now), now, protocol);
  });
}

describe('a spool', () => {
  test('every prefix folds to a sound trace', () => {
    fc.assert(
      fc.property(
        spool,
        fc.array(fc.nat(5), { maxLength: 60, size: 'max' }),
        fc.nat(10_000_000),
        (files, choices, now) => {
          const store = emptyStore();
          const folder = new Folder(store);
          for (const l of interleaved(files, choices)) {
            folder.fold(l.text, l);
            // For each line and run: a call of `expect` for each costs more than the check.
            const broken = faults(store, now);
            if (broken.length > 0) expect(broken).toEqual([]);
          }
          expect(store.losses).toEqual([]);
          expect(validator.Errors(documentOf(store))).toEqual([]);
        },
      ),
      { numRuns: 300 },
    );
  });

  test('a phase that has ended never changes', () => {
    let compared = 0;
    fc.assert(
      fc.property(spool, (files) => {
        const store = emptyStore();
        const folder = new Folder(store);
        const ended = new Map<string, string[]>();
        for (const l of interleaved(files, [])) {
          folder.fold(l.text, l);
          for (const r of store.requests.values()) {
            const before = ended.get(r.id) ?? [];
            const now = phasesOf(r, store, 1e9)
              .phases.filter((p) => !p.running && !p.failed)
              .map((p) => `${p.name} ${p.beginAt} +${p.duration}`);
            // A request that took another connection than the one dialled for it never waited for that dial.
            const dial = r.connection === undefined ? r.dial : store.connections.get(r.connection)?.dial;
            // A reply before the request was sent, that nobody reads: the request ends at the reply, within its send.
            const isCut = (r.sendEndAt ?? 0) > (r.responseBeginAt ?? Number.POSITIVE_INFINITY);
            if (!isCut && (dial === r.dial || r.dial === undefined)) {
              compared += before.length;
              const changed = before.filter((phase, i) => phase !== now[i]);
              if (changed.length > 0) throw new Error(`${r.id} had ${changed}, after ${l.text} it has ${now}`);
            }
            ended.set(r.id, now);
          }
        }
      }),
      { numRuns: 200 },
    );
    expect(compared).toBeGreaterThan(0);
  });

  test('every spool with missing lines folds to a valid trace', () => {
    fc.assert(
      fc.property(spool, fc.func(fc.integer({ min: 0, max: 3 })), fc.nat(10_000_000), (files, fate, now) => {
        const kept = files.map((f) => ({ ...f, lines: f.lines.filter((l, i) => i === 0 || fate(l) > 0) }));
        const store = folded(interleaved(kept, []));
        expect(faults(store, now)).toEqual([]);
        expect(validator.Errors(documentOf(store))).toEqual([]);
      }),
      { numRuns: 300 },
    );
  });

  test('the end of the processes leaves nothing running', () => {
    fc.assert(
      fc.property(spool, fc.nat(400), (files, n) => {
        const store = emptyStore();
        const folder = new Folder(store);
        for (const l of interleaved(files, []).slice(0, n)) folder.fold(l.text, l);
        for (const p of store.processes.values()) folder.end(p.pid, { exitCode: 0 });
        expect([...store.requests.values()].filter((r) => r.outcome === undefined)).toEqual([]);
        expect(faults(store, 0)).toEqual([]);
        expect(store.live.running).toBe(0);
      }),
      { numRuns: 300 },
    );
  });

  test('the order of the files does not matter', () => {
    fc.assert(
      fc.property(spool, fc.array(fc.nat(5), { maxLength: 100, size: 'max' }), (files, choices) => {
        const inOrder = documentOf(folded(interleaved(files, [])));
        expect(documentOf(folded(interleaved(files, choices)))).toEqual(inOrder);
        expect(documentOf(folded(interleaved([...files].reverse(), [])))).toEqual(inOrder);
      }),
      { numRuns: 300 },
    );
  });

  test('a line read twice counts once', () => {
    fc.assert(
      fc.property(spool, fc.array(fc.nat(3), { maxLength: 60, size: 'max' }), (files, again) => {
        const lines = interleaved(files, []);
        const twice = lines.flatMap((l, i) => [l, ...lines.slice(Math.max(0, i + 1 - (again[i] ?? 0)), i + 1)]);
        expect(documentOf(folded(twice))).toEqual(documentOf(folded(lines)));
      }),
      { numRuns: 200 },
    );
  });

  test('a document of any prefix is read as it was', () => {
    fc.assert(
      fc.property(spool, fc.nat(400), (files, n) => {
        const doc = documentOf(folded(interleaved(files, []).slice(0, n)));
        const back = Store.fromDocument(JSON.parse(JSON.stringify(doc)) as typeof doc);
        expect(documentOf(back)).toEqual(doc);
        expect(faults(back, 0)).toEqual(faults(Store.fromDocument(doc), 0));
      }),
      { numRuns: 200 },
    );
  });
});

describe('garbage', () => {
  const json = fc.json().filter((t) => !t.includes('\n'));
  const kinds = [
    'proc',
    'ctl',
    'req',
    'head',
    'hdr',
    'mark',
    'end',
    'dial',
    'lookup',
    'dns',
    'conn',
    'cert',
    'tls',
    'close',
    'src',
    'site',
    'brk',
    'loss',
    'exit',
    'later',
  ];
  const odd = fc.oneof(fc.constantFrom(null, -1, 1e308, '', '__proto__', [], {}, true, 1, 2, 3), fc.jsonValue());
  /** A line of a known kind with fields of any value. */
  const oddLine = fc
    .tuple(
      fc.constantFrom(...kinds),
      fc.dictionary(
        fc.constantFrom(
          'id',
          'dial',
          'connection',
          'createdAt',
          't',
          'at',
          's',
          'attempts',
          'response',
          'outcome',
          'endAt',
          'headers',
          'side',
          'n',
          'request',
          'fingerprint256',
          'what',
          'count',
          'reason',
          'operation',
          'thread',
          'lookup',
          'queries',
          'replies',
          'server',
          'socket',
          'followUpOf',
          'tunnel',
          'kind',
          'callSite',
          'redirectOf',
          'blockedBy',
          'options',
        ),
        odd,
        { maxKeys: 6 },
      ),
    )
    .map(([k, fields]) => JSON.stringify({ k, ...fields }));
  const garbage = fc.oneof(fc.string({ unit: 'binary' }), json, oddLine);

  test('never throws, and leaves the records as they were or sound', () => {
    fc.assert(
      fc.property(spool, fc.array(fc.tuple(fc.nat(200), garbage), { maxLength: 30 }), (files, bad) => {
        const lines = interleaved(files, []).map((l) => ({ ...l, offset: l.offset * 100 }));
        for (const [n, text] of bad) {
          const at = lines[n % lines.length] as Placed;
          lines.splice((n % lines.length) + 1, 0, { file: at.file, offset: at.offset + 1, text });
        }
        // Offsets must rise within a file.
        const seen = new Map<string, number>();
        for (const l of lines) {
          l.offset = (seen.get(l.file) ?? -1) + 1;
          seen.set(l.file, l.offset);
        }
        const store = folded(lines);
        for (const r of store.requests.values()) phasesOf(r, store, 0);
        expect(validator.Errors(documentOf(store))).toEqual([]);
      }),
      { numRuns: 500 },
    );
  });

  test('that is no line at all only adds to the losses', () => {
    fc.assert(
      fc.property(
        spool,
        fc.array(
          fc.string({ unit: 'binary' }).filter((t) => !/^\s*\{/.test(t)),
          { minLength: 1, maxLength: 10 },
        ),
        (files, bad) => {
          const clean = folded(interleaved(files, []));
          const dirtyFiles = files.map((f) => ({ ...f, lines: f.lines.flatMap((l) => [l, ...bad]) }));
          const dirty = folded(interleaved(dirtyFiles, []));
          const { losses: _, ...expected } = documentOf(clean);
          const { losses, ...records } = documentOf(dirty);
          expect(records).toEqual(expected);
          expect(losses.reduce((sum, l) => sum + l.count, 0)).toBe(
            bad.length * files.reduce((sum, f) => sum + f.lines.length, 0),
          );
        },
      ),
      { numRuns: 100 },
    );
  });
});
