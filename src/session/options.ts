/** From the options that users set (src/model/options) to those of a session. */
import type { Recorded } from '../model/options/recorded';
import type { OptionValues } from '../model/options/table';
import { recordedOf } from './program/environment';
import type { SessionOptions } from './session';

type FromUsers = Pick<
  SessionOptions,
  'capture' | 'helper' | 'helperOptions' | 'description' | 'limits' | 'keyLog' | 'deleteKeys' | keyof Recorded
>;

export function sessionOptionsOf(o: OptionValues): FromUsers {
  const { helper, description, enableConntrack, kernelInterval: intervalMs, kernelModulus: modulus } = o;
  return {
    ...recordedOf({ ...o, keys: o.keys === true || Boolean(o.tlsKeyLog) }),
    ...defined({
      description,
      helper,
      keyLog: o.tlsKeyLog || undefined,
      deleteKeys: o.deleteTlsKeys ? ('finish' as const) : undefined,
    }),
    helperOptions: defined({ enableConntrack, intervalMs, modulus, families: familiesOf(o) }),
    ...(o.capture ? { capture: captureOf(o) } : {}),
    ...(o.maxRequests === undefined ? {} : { limits: { requests: o.maxRequests } }),
  };
}

const familiesOf = ({ kernelFamilies }: OptionValues) => kernelFamilies?.map((name) => (name === 'ipv4' ? 4 : 6));

function captureOf(o: OptionValues): NonNullable<SessionOptions['capture']> {
  const { captureLimit: limit, captureHeadersOnly: headersOnly, captureAlso: also, captureSnapLength: snaplen } = o;
  const interfaces = o.captureInterfaces?.length ? o.captureInterfaces : undefined;
  const messages = also && { icmp: also.includes('icmp'), arp: also.includes('arp') };
  return { ...defined({ limit, headersOnly, snaplen, interfaces }), ...messages };
}

/** Without what is undefined. */
function defined<T extends object>(o: T): { [K in keyof T]?: Exclude<T[K], undefined> } {
  return Object.fromEntries(Object.entries(o).filter(([, v]) => v !== undefined)) as ReturnType<typeof defined<T>>;
}
