// From the options that users set (src/model/options) to those of a session.
import type { OptionValues } from '../model/options/table';
import { recordedOf } from './program/environment';
import type { SessionOptions } from './session';

type FromUsers = Pick<
  SessionOptions,
  'capture' | 'keys' | 'helper' | 'helperOptions' | 'description' | 'limits' | keyof ReturnType<typeof recordedOf>
>;

export function sessionOptionsOf(o: OptionValues): FromUsers {
  const { helper, enableConntrack, kernelInterval: intervalMs, kernelModulus: modulus } = o;
  return {
    ...recordedOf(o),
    ...defined({ description: o.description, helper }),
    helperOptions: defined({ enableConntrack, intervalMs, modulus }),
    ...(o.capture ? { capture: captureOf(o) } : {}),
    ...(o.maxRequests === undefined ? {} : { limits: { requests: o.maxRequests } }),
  };
}

function captureOf(o: OptionValues): NonNullable<SessionOptions['capture']> {
  const { captureLimit: limit, captureHeadersOnly: headersOnly, captureAlso: also } = o;
  return {
    ...defined({ limit, headersOnly }),
    ...(also && { icmp: also.includes('icmp'), arp: also.includes('arp') }),
  };
}

/** Without what is undefined. */
function defined<T extends object>(o: T): { [K in keyof T]?: Exclude<T[K], undefined> } {
  return Object.fromEntries(Object.entries(o).filter(([, v]) => v !== undefined)) as ReturnType<typeof defined<T>>;
}
