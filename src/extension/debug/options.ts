/** What a debug configuration asks for: VS Code only warns of what does not fit its schema, so it is checked here. */
import { checkOptions } from '../../model/options/expected';
import { debugNames } from '../../model/options/places';
import { defaultOf, type OptionName, type OptionValues, tableOf } from '../../model/options/table';
import { sessionOptionsOf } from '../../session/options';

export interface TraceOptions {
  values: OptionValues;
  /** Sentences for the user on what does not fit. */
  problems: string[];
  /** As the configuration has them, unchecked: conditions in place of the workspace's. */
  traceRules?: unknown;
  sample?: unknown;
  /** The helper is started when the program is. */
  helperAtBegin?: boolean;
}

export function optionsOf(config: Readonly<Record<string, unknown>>): TraceOptions {
  const { netTrace, traceRules = config.traceRequests, sample } = config;
  const asked = typeof netTrace === 'object' && netTrace !== null ? flat(netTrace as Record<string, unknown>) : {};
  const checked = checkOptions(debugNames, {
    get: (name) => asked[name],
    place: (name) => `netTrace.${name} of the debug configuration`,
    instead: 'It is ignored.',
  });
  const known: ReadonlySet<string> = new Set(debugNames);
  for (const name of Object.keys(asked))
    if (!known.has(name))
      checked.problems.push(`netTrace.${name} of the debug configuration: there is no such option.`);
  return {
    ...checked,
    ...(traceRules === undefined ? {} : { traceRules }),
    ...(sample === undefined ? {} : { sample }),
  };
}

/** `capture` was an object once, `{ limit, headersOnly, icmp, arp }`, and may be still. */
function flat(asked: Record<string, unknown>): Record<string, unknown> {
  const { capture, ...others } = asked;
  if (typeof capture !== 'object' || capture === null) return asked;
  const { limit, headersOnly, ...also } = capture as Record<string, unknown>;
  const wanted = Object.entries(also).filter(([, value]) => value !== false);
  return {
    capture: true,
    ...(limit === undefined ? {} : { captureLimit: limit }),
    ...(headersOnly === undefined ? {} : { captureHeadersOnly: headersOnly }),
    ...(wanted.length === 0 ? {} : { captureAlso: wanted.map(([k, v]) => (v === true ? k : `${k}: ${String(v)}`)) }),
    ...others,
  };
}

/** What a session of this debug configuration is made with. */
export function sessionOptions(settings: OptionValues, values: OptionValues) {
  const options = withSettings(settings, values);
  // With packets go the secrets to decrypt them: whether they are saved is asked when they are.
  const keys = options.capture === true || Boolean(options.tlsKeyLog);
  return { ...sessionOptionsOf(options), helper: options.helper ?? defaultOf('helper'), keys };
}

/** What a debug configuration sets goes before what the settings set; some lists are added to theirs. */
function withSettings(settings: OptionValues, values: OptionValues): OptionValues {
  const merged: Record<string, unknown> = { ...settings, ...values };
  for (const name of Object.keys(values) as OptionName[])
    if (tableOf[name].adds)
      merged[name] = [...new Set([...((settings[name] ?? []) as string[]), ...(values[name] as string[])])];
  return merged;
}
