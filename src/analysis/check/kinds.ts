/** Rules on what is there: which requests, hosts, findings and certificates. */
import { numberText, plural } from '../../model/base/text';
import { glob } from '../../model/query/match';
import type { Row } from '../../model/rows/row';
import { hostOf } from '../base/places';
import { isWithin } from './bound';
import { broken, held, notDecided, notExercised, type Outcome } from './result';
import type { Rule, Rules } from './rules';
import type { Subject } from './subject';

/** No such request, or all of them so. Undefined: it is no such rule. */
export function requestOutcome(
  { assert, every }: Rule,
  { incomplete }: Subject,
  rows: readonly Row[],
): Outcome | undefined {
  if (assert.none) {
    if (rows.length > 0) return broken(`${plural(rows.length, 'request')}, allowed: none`, rows);
    return incomplete === undefined ? held('no request') : notDecided(`no request; ${incomplete}`);
  }
  if (every === undefined) return undefined;
  if (rows.length === 0) return notExercised;
  const others = rows.filter((row) => !every(row));
  const message = `${numberText(rows.length - others.length)} of ${plural(rows.length, 'request')} match ${assert.every}`;
  if (others.length > 0) return broken(message, others);
  return incomplete === undefined ? held(message) : notDecided(`${message}; ${incomplete}`);
}

/** `known`: hosts of the baseline, where the rule names one. */
export function hostOutcome(
  { assert: { hosts } }: Rule,
  { hosts: lists }: Rules,
  { incomplete }: Subject,
  rows: readonly Row[],
  known: ReadonlySet<string> | undefined,
): Outcome | undefined {
  if (hosts === undefined) return undefined;
  const patterns = (hosts.only ?? []).flatMap((word) => (Object.hasOwn(lists, word) ? (lists[word] ?? []) : [word]));
  const allowed = patterns.map(patternOf);
  const isAllowed = (row: Row): boolean => {
    const host = row.host.toLowerCase();
    const name = hostOf(row.url);
    return known?.has(name) === true || allowed.some((passes) => passes(name) || passes(host));
  };
  const others = rows.filter((row) => row.host !== '' && !isAllowed(row));
  if (others.length > 0) {
    const names = [...new Set(others.map(({ host }) => host))];
    const more = names.length > 5 ? ` and ${plural(names.length - 5, 'other host')}` : '';
    return broken(`${plural(others.length, 'request')} to ${names.slice(0, 5).join(', ')}${more}`, others);
  }
  const message = `${plural(rows.length, 'request')}, all to allowed hosts`;
  return incomplete === undefined ? held(message) : notDecided(`${message}; ${incomplete}`);
}

/** `*` stands for anything; the rest is as it is written, but for case. */
function patternOf(pattern: string): (host: string) => boolean {
  const parts = pattern.toLowerCase().split('*');
  return (host) => glob(host, parts);
}

const certainties = ['sure', 'likely', 'unclear'];
const severities = ['error', 'warning', 'info'];

/** A finding is about the rows if one of its requests is among them; those of connections belong to a whole run alone. */
export function findingOutcome(
  { assert: { finding }, where, within }: Rule,
  { findings, incomplete }: Subject,
  rows: readonly Row[],
): Outcome | undefined {
  if (finding === undefined) return undefined;
  const { id, max = 0, 'min-certainty': certainty = 'likely', 'min-severity': severity = 'info' } = finding;
  const byId = new Map(rows.map((row) => [row.id, row]));
  const isWhole = where === undefined && within === 'run';
  const found = findings.filter(
    (f) =>
      (id === 'any' ? f.rule !== 'limits-of-sight' : id.includes(f.rule)) &&
      certainties.indexOf(f.certainty) <= certainties.indexOf(certainty) &&
      severities.indexOf(f.severity) <= severities.indexOf(severity) &&
      (isWhole || f.subjects.some((subject) => byId.has(subject))),
  );
  if (found.length > max) {
    const texts = found.slice(0, 3).map(({ rule, title }) => `${rule}: ${title}`);
    const more = found.length > 3 ? `; and ${numberText(found.length - 3)} more` : '';
    const requests = found.flatMap(({ subjects }) => subjects.flatMap((subject) => byId.get(subject) ?? []));
    return broken(`${texts.join('; ')}${more}`, requests);
  }
  const message = `${plural(found.length, 'finding')}, allowed: ${max}`;
  return incomplete === undefined ? held(message) : notDecided(`${message}; ${incomplete}`);
}

const day = 86_400_000;

export function certificateOutcome(
  { assert, bound }: Rule,
  { store }: Subject,
  rows: readonly Row[],
): Outcome | undefined {
  if (assert.certificate === undefined || bound === undefined) return undefined;
  const begin = Date.parse(store.header.beginTime);
  const days = rows.flatMap((row) =>
    (row.connection ? store.tunnelsOf(row.connection.id) : []).flatMap(({ peerCertificates = [] }) => {
      const ends = peerCertificates.flatMap((id) => store.certificates.get(id)?.notAfter ?? []);
      const left = ends.map((end) => Math.floor((Date.parse(end) - begin) / day)).filter((n) => !Number.isNaN(n));
      return left.length === 0 ? [] : [{ row, left: Math.min(...left) }];
    }),
  );
  if (rows.length === 0) return notExercised;
  if (days.length === 0) return notDecided('no certificate was recorded');
  const over = days.filter(({ left }) => !isWithin(bound, left));
  const min = Math.min(...days.map(({ left }) => left));
  const message = `${plural(min, 'day')} left, asked for: ${bound.text}`;
  return over.length === 0
    ? held(message)
    : broken(
        message,
        over.map(({ row }) => row),
      );
}
