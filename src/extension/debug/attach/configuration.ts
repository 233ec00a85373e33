/** Configurations that attach to a program. */
import { traceIdMark } from '../launch/marker';

type Configuration = Readonly<Record<string, unknown>>;

/**
 * With an address: the JavaScript debugger's own default is the name `localhost`, which may lead to ::1, while Node listens
 * on 127.0.0.1; it then waits for ever.
 */
export function withAddress<C extends Configuration>(config: C): C {
  const said = [config.address, config.websocketAddress].some((v) => typeof v === 'string' && v !== '');
  return said ? config : { ...config, address: '127.0.0.1' };
}

/** Marked with its trace. Stepping passes through the hook; its file that stops must not be skipped. */
export function attaching<C extends Configuration>(config: C, id: string, hookFiles: readonly string[]): C {
  const skipFiles = [...new Set([...(Array.isArray(config.skipFiles) ? config.skipFiles : []), ...hookFiles])];
  return { ...config, [traceIdMark]: id, skipFiles };
}
