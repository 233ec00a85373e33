/**
 * Original positions of call sites, found while the lines come in. A program has few call sites and many requests: each
 * place is looked up once, off the fold's path, and what was found is put on the records that wait for it and at once on
 * all that follow.
 */
import { packageOf } from '../../model/base/package';
import { type RanSite, ran } from '../../model/facts/ran';
import type { CallSite, Frame } from '../../model/records';
import { isLibrary, localPath, SourceMaps } from './sourceMaps';

/** Places kept; beyond it all are forgotten and looked up again. */
const maxPlaces = 20_000;

interface Found {
  /** Place in the source; absent: there is no map that leads to a file. */
  source?: Frame;
  /** The code that ran is not the text of the file, and has no map: it has no line. */
  transformed?: true;
  /** Its source is a package's, or the bundler's. */
  library: boolean;
  package?: string;
}

export class CallSites {
  readonly #maps = new SourceMaps();
  readonly #known = new Map<string, Found>();
  /** What `mapped` gave once all was known: requests of one place share their call site's object. */
  #placed = new WeakMap<RanSite, CallSite>();
  /** `chosen`: between calls, so that waiting records are also notified of a place that needs no mapping. */
  readonly #asked = new Map<string, { site: RanSite; waiting: Set<string>; chosen: boolean }>();

  /**
   * The call site with its original position if that is known now; the same object if there is none (yet). The program's
   * frame is chosen here: what a bundle's map leads to a package is not the program's, and the next call around it is
   * tried. `waiting` names who is notified when more is known.
   */
  mapped(site: RanSite, waiting: string): CallSite {
    if (site.line === undefined) return site;
    const before = this.#placed.get(site);
    if (before) return before;
    const { isSure, callSite } = this.#chosen(site, waiting);
    if (isSure) this.#placed.set(site, callSite);
    return callSite;
  }

  #chosen(site: RanSite, waiting: string): { isSure: boolean; callSite: CallSite } {
    const calls = [site, ...(site[ran]?.around ?? [])];
    const found = calls.map((call) => this.#find(call, waiting, calls.length > 1));
    for (const [i, call] of calls.entries()) {
      const place = found[i];
      if (place === undefined) return { isSure: false, callSite: site };
      if (!place.library) return { isSure: true, callSite: placed(call, place, site.kind) };
    }
    const kind = site.kind === 'inherited' ? 'inherited' : 'library';
    return { isSure: true, callSite: placed(site, found[0] as Found, kind) };
  }

  /** Undefined: it is looked up first. */
  #find(site: RanSite, waiting: string, chosen: boolean): Found | undefined {
    if (site.source !== undefined) {
      // The hook sends what the runtime's own source map says, often a URL.
      const file = localPath(site.source.file) ?? site.source.file;
      const name = packageOf(file);
      return { source: { ...site.source, file }, library: isLibrary(file), ...(name ? { package: name } : {}) };
    }
    const key = keyOf(site);
    const found = this.#known.get(key);
    if (found === undefined) {
      const asked = this.#asked.get(key) ?? { site, waiting: new Set<string>(), chosen };
      asked.waiting.add(waiting);
      asked.chosen ||= chosen;
      this.#asked.set(key, asked);
    }
    return found;
  }

  /** Looks up the places requested since the last call; returns the ids whose call site changes. */
  async resolve(): Promise<string[]> {
    const ready = new Set<string>();
    for (const [key, { site }] of [...this.#asked]) {
      const found = await this.#placeOf(site);
      if (this.#known.size >= maxPlaces) {
        this.#known.clear();
        this.#placed = new WeakMap();
      }
      this.#known.set(key, found);
      const asked = this.#asked.get(key);
      this.#asked.delete(key);
      if (!asked || (!found.source && !found.transformed && !found.library && !asked.chosen)) continue;
      for (const id of asked.waiting) ready.add(id);
    }
    return [...ready];
  }

  async #placeOf(site: RanSite): Promise<Found> {
    const { file, line = 1, [ran]: facts } = site;
    const library = isLibrary(file);
    if (facts?.evaluated) return { transformed: true, library };
    const head = facts?.hash === undefined ? undefined : await this.#maps.headOf(file, facts.hash);
    const column = Math.max(1, (site.column ?? 1) - (typeof head === 'number' && line === 1 ? head : 0));
    const located = head === 'other' ? undefined : await this.#maps.locate(file, line, column);
    if (located) {
      const { frame, ...whose } = located;
      return { ...(frame ? { source: frame } : {}), ...whose };
    }
    const ranAsWritten = typeof head === 'number' || (await this.#maps.canBe(file, line, column, head === 'other'));
    return ranAsWritten ? { library } : { transformed: true, library };
  }
}

function placed(site: RanSite, { source, transformed, package: name }: Found, kind: string): CallSite {
  const { [ran]: _, ...rest } = site;
  const call = name === undefined || kind === 'user' ? rest : { ...rest, package: name };
  if (transformed) {
    const { line: _line, column: _column, ...lineless } = call;
    return { ...lineless, transformed, kind };
  }
  const same = source?.file === site.source?.file && kind === site.kind && call.package === site.package;
  return same ? site : { ...call, kind, ...(source ? { source } : {}) };
}

const keyOf = ({ file, line, column, [ran]: facts }: RanSite) =>
  `${line}:${column}:${facts?.evaluated ? 'evaluated' : (facts?.hash ?? '')}:${file}`;
