/** Words and addresses that HAR and EVE share. */
import type { ErrorInfo } from '../../model/records';

/** An error in one line, as Node words it: `tls: certificate has expired (CERT_HAS_EXPIRED)`. */
export function errorText(error: ErrorInfo): string {
  const phase = error.phase === undefined ? '' : `${error.phase}: `;
  const where = error.hostname ?? (error.address === undefined ? undefined : hostPort(error.address, error.port));
  const built = [error.syscall, error.code ?? error.name, where].filter((part) => part !== undefined).join(' ');
  const message = error.message ?? built;
  const code = error.code !== undefined && !message.includes(error.code) ? ` (${error.code})` : '';
  return `${phase}${message || 'failed'}${message ? code : ''}`;
}

/** `host:port`, an IPv6 address in brackets; without a port the host alone. */
export function hostPort(host: string, port?: number): string {
  const name = host.includes(':') && !host.startsWith('[') ? `[${host}]` : host;
  return port === undefined ? name : `${name}:${port}`;
}
