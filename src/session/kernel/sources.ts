/**
 * What the helper is asked to open, which source of the trace each of its features belongs to, and what is said of a
 * source that is not there.
 */
import type { MessageOf } from '../../helper/protocol';
import type { OptionValues } from '../../model/options/table';
import type { Source } from '../../model/records';
import type { Store } from '../../model/store/store';
import { eventFeatures } from './events';

/**
 * `basic`: what needs no permission. `auto`: events and connection tracking too, where the user has permitted them for good
 * by installing the helper. `all`: those in any case, as far as they can be had. `none`: no helper.
 */
export type HelperUse = NonNullable<OptionValues['helper']>;

/** Features, and the source that each belongs to. */
const sourceOf: Readonly<Record<string, Source['name']>> = {
  inetDiag: 'inetDiag',
  tcpDestroy: 'inetDiag',
  route: 'netlink',
  counters: 'procfs',
  listeners: 'procfs',
  ...Object.fromEntries(eventFeatures.map((f) => [f, 'bpf' as const])),
  lookups: 'bpf',
  conntrack: 'conntrack',
};
/** Not given by any installation: a probe of user space is root's alone. */
const rootsAlone = new Set(['lookups']);
const free = ['inetDiag', 'tcpDestroy', 'route', 'counters', 'listeners'];

/** Source of a feature; one that has none goes by its own name. */
export const sourceOfFeature = (feature: string): string => sourceOf[feature] ?? feature;

/** Who asks, and what for. */
export interface Asking {
  use: HelperUse;
  /** The helper is the installed one: its installation permitted what it can do. */
  installed: boolean;
  /** Root may do everything: that is no word on what is wanted. */
  root: boolean;
  /** Connection tracking was asked for by itself. */
  conntrack: boolean;
}

/** Features to open. What is not permitted costs a refused system call, and the trace says so. */
export function featuresFor({ use, installed, root, conntrack }: Asking): string[] {
  if (use === 'all' || (use === 'auto' && (installed || !root)))
    return Object.keys(sourceOf).filter((f) => root || !rootsAlone.has(f));
  return conntrack ? [...free, 'conntrack'] : free;
}

type Feature = MessageOf<'hello'>['features'][number];

/** Sets the state of each requested source from the features that the helper reports. */
export function setSources(store: Store, asked: readonly string[], features: readonly Feature[]): void {
  for (const name of sourcesOf(asked)) {
    const own = features.filter((f) => sourceOf[f.name] === name);
    const there = own.filter((f) => f.state === 'available').map((f) => f.name);
    if (own.length === 0) {
      store.setSource({ name, state: 'unavailable', reason: 'fault', detail: 'The helper does not support it.' });
      continue;
    }
    if (there.length === own.length) {
      store.setSource({ name, state: 'on', features: there, fromAt: 0 });
      continue;
    }
    const why = whyNot(own.filter((f) => f.state !== 'available'));
    if (there.length === 0) store.setSource({ name, state: 'unavailable', ...why });
    else store.setSource({ name, state: 'partial', ...why, features: there, fromAt: 0 });
  }
}

/** There is no helper: the same is said of all its sources. */
export function sourcesUnavailable(store: Store, asked: readonly string[], reason: string, detail: string): void {
  for (const name of sourcesOf(asked)) store.setSource({ name, state: 'unavailable', reason, detail });
}

/** The helper ended before the trace did. */
export function sourcesEnded(store: Store, asked: readonly string[], detail: string, toAt: number): void {
  const ours = sourcesOf(asked);
  for (const s of store.header.sources)
    if (ours.has(s.name) && (s.state === 'on' || s.state === 'partial'))
      store.setSource({ ...s, state: 'partial', reason: 'fault', detail, toAt });
}

const sourcesOf = (features: readonly string[]): Set<Source['name']> =>
  new Set(features.flatMap((f) => sourceOf[f] ?? []));

/** Reason and detail for the sources; features that lack the same permission are grouped. */
function whyNot(lacking: readonly Feature[]): { reason: string; detail: string } {
  const names = new Map<string, string[]>();
  for (const f of lacking) {
    const why = f.reason ?? f.error ?? 'not available';
    names.set(why, [...(names.get(why) ?? []), f.name]);
  }
  const detail = [...names].map(([why, list]) => `${list.join(', ')}: ${why}`).join('; ');
  if (lacking.some((f) => f.errno === 1 || f.errno === 13)) return { reason: 'noRights', detail };
  return { reason: lacking.some((f) => f.reason?.startsWith('notLoaded')) ? 'notLoaded' : 'kernelTooOld', detail };
}
