/** A call that failed before its client made a request of it: nothing was sent, but the program has an error. */

import { linesOf } from '../records/recordLines';
import { RequestRecord } from '../records/request';
import { nodeModule } from '../runtime/builtins';
import { type Entered, entered } from '../sites/callSite';
import { beginRequest } from './steps';

type Api = 'http' | 'https' | 'fetch' | 'undici';

class RefusedRecord extends RequestRecord {
  readonly countsBody = false;
  readonly seesReading = false;

  constructor(
    createdAt: number,
    api: Api,
    method: string,
    private readonly given: string,
    private readonly client: string,
  ) {
    super(createdAt, api, method, given);
  }

  url(): string {
    return this.given;
  }
  lines(): string {
    return linesOf(this);
  }

  clientText(): string {
    return this.client;
  }
  readResponse(): undefined {
    return undefined;
  }
  bodyText(): string {
    return '';
  }
  headerList(): undefined {
    return undefined;
  }
  socketCounters(): undefined {
    return undefined;
  }
}

/** Its record, begun with the call site of the call. The caller ends it. `client`: `"client":{…},` where it is known. */
export function refused(by: Entered, api: Api, method: string, url: string, client = ''): RequestRecord {
  const r = new RefusedRecord(by.at, api, method, url, client);
  by.made = r;
  by.isLate = api === 'fetch' || api === 'undici';
  const outer = entered.by;
  entered.by = by;
  try {
    beginRequest(r);
  } finally {
    entered.by = outer;
  }
  return r;
}

/** Own properties of an object of the program, where reading them runs no code of the program's; undefined: not so. */
export function plainly(value: unknown): Record<PropertyKey, unknown> | undefined {
  const { isProxy } = (nodeModule('node:util') as typeof import('node:util')).types;
  if (typeof value !== 'object' || value === null || isProxy(value)) return undefined;
  const own = Object.getOwnPropertyDescriptors(value) as Record<PropertyKey, PropertyDescriptor>;
  const found: Record<PropertyKey, unknown> = {};
  for (const key of Reflect.ownKeys(own)) {
    const one = own[key] as PropertyDescriptor;
    if (one.get !== undefined || one.set !== undefined) return undefined;
    if (one.enumerable) found[key] = one.value;
  }
  return found;
}
