/** `[HOST:]PORT` of the options of sinks, and names looked up before the program starts. */
import { lookup } from 'node:dns/promises';
import { isIP } from 'node:net';
import { UsageError } from '../terminal/say';

export interface Address {
  host: string;
  port: number;
}

export const loopback = '127.0.0.1';

/** `option` is for the message. `anyPort`: 0 is valid. Throws UsageError. */
export function addressOf(option: string, text: string, kind: 'listen' | 'send'): Address {
  const m = /^(?:(\[[0-9a-f:.%]+\]|[^:[\]/@\s]+):)?(\d{1,5})$/i.exec(text);
  const port = Number(m?.[2]);
  const host = m?.[1]?.replace(/^\[|\]$/g, '');
  const wanted = kind === 'listen' ? 'Use [HOST:]PORT, such as 9464.' : 'Use HOST:PORT, such as localhost:8125.';
  if (!m || port > 65_535 || (kind === 'send' && (port === 0 || host === undefined)))
    throw new UsageError(`${option}: this is not an address. ${wanted}`);
  return { host: host ?? loopback, port };
}

export const placeText = ({ host, port }: Address): string => `${isIP(host) === 6 ? `[${host}]` : host}:${port}`;

/** Whether only programs of this machine reach it. */
export const isLoopback = (address: string): boolean =>
  (isIP(address) === 4 && address.startsWith('127.')) || address === '::1' || address.toLowerCase() === 'localhost';

/** The host as an address. Throws UsageError. */
export async function resolved(option: string, { host, port }: Address): Promise<Address & { family: 4 | 6 }> {
  try {
    const { address, family } = await lookup(host);
    return { host: address, port, family: family === 6 ? 6 : 4 };
  } catch (error) {
    throw new UsageError(
      `${option}: ${host} was not found (${(error as NodeJS.ErrnoException).code ?? 'no address'}).`,
    );
  }
}
