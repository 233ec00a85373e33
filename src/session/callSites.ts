// Original positions of call sites, found while the lines come in. A program has few call sites and many requests: each
// place is looked up once, off the fold's path, and what was found is put on the records that wait for it and at once on
// all that follow.
import type { CallSite, Frame } from '../model/records';
import { localPath, SourceMaps } from './sourceMaps';

/** Places kept; beyond it all are forgotten and looked up again. */
const maxPlaces = 20_000;

export class CallSites {
  private readonly maps = new SourceMaps();
  /** `raw`: the position that ran is the one that was written. `wrong`: it is not, and the map is not to be had. */
  private readonly known = new Map<string, Frame | 'raw' | 'wrong'>();
  private readonly asked = new Map<string, { site: CallSite; waiting: Set<string> }>();

  /**
   * The call site with its original position if that is known now; the same object if there is none (yet); undefined if
   * its position is known to be wrong. `waiting` names who is told when more is known.
   */
  mapped(site: CallSite, waiting: string): CallSite | undefined {
    if (site.source !== undefined) {
      const file = localPath(site.source.file); // the hook sends what the runtime's own source map says, often a URL
      return file === undefined || file === site.source.file ? site : { ...site, source: { ...site.source, file } };
    }
    const key = keyOf(site);
    const found = this.known.get(key);
    if (found === 'wrong') return undefined;
    if (typeof found === 'object') return { ...site, source: found };
    if (found === undefined) {
      const asked = this.asked.get(key);
      if (asked) asked.waiting.add(waiting);
      else this.asked.set(key, { site, waiting: new Set([waiting]) });
    }
    return site;
  }

  /** Looks up what was asked meanwhile; tells whose call site changes by it. */
  async lookUp(): Promise<string[]> {
    const ready: string[] = [];
    for (const [key, { site }] of [...this.asked]) {
      const place = [site.file, site.line, site.column] as const;
      const found = (await this.maps.locate(...place)) ?? ((await this.maps.canBe(...place)) ? 'raw' : 'wrong');
      if (this.known.size >= maxPlaces) this.known.clear();
      this.known.set(key, found);
      if (found !== 'raw') ready.push(...(this.asked.get(key)?.waiting ?? []));
      this.asked.delete(key);
    }
    return ready;
  }
}

const keyOf = (site: CallSite) => `${site.line}:${site.column}:${site.file}`;
