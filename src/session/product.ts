import { version } from '../../package.json';

/** Who wrote a trace. */
export const producer = { name: 'nettrace', version } as const;
