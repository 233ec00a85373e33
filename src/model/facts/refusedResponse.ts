/**
 * Responses that arrived whole and that fetch refused: a redirect where the call allows none, one too many, one to what is
 * no HTTP, or with a body that is a stream; a body that is not what `integrity` says (Fetch Standard, HTTP-redirect fetch
 * and main fetch). The promise is rejected with a TypeError whose cause has no code, but for a Location that is no URL.
 */

import type { Request } from '../records';
import { deepest } from './outcome';

const redirects = new Set([301, 302, 303, 307, 308]);

export function isRefusedResponse(r: Request): boolean {
  const { error, response } = r;
  if (r.api !== 'fetch' || r.outcome !== 'failed' || response?.status === undefined) return false;
  if (error?.name !== 'TypeError' || error.message !== 'fetch failed') return false;
  const cause = deepest(error);
  const code = error.code ?? cause?.code;
  if (code !== undefined && code !== 'ERR_INVALID_URL') return false;
  return redirects.has(response.status) || cause?.message === 'integrity mismatch';
}
