// The little that every caller of node:http and node:https needs. The requests themselves are made in the files that
// want them, so that a trace names the line with the reason and not a helper.
import type { ClientRequest } from 'node:http';

export interface Answer {
  status: number;
  body: Buffer;
}

/** Waits for the response of a request and reads its body to the end. */
export function answer(request: ClientRequest): Promise<Answer> {
  return new Promise((resolve, reject) => {
    request.once('error', reject);
    request.once('response', (response) => {
      const chunks: Buffer[] = [];
      response.on('data', (chunk: Buffer) => chunks.push(chunk));
      response.once('error', reject);
      response.once('end', () => resolve({ status: response.statusCode ?? 0, body: Buffer.concat(chunks) }));
    });
  });
}

const words: Record<string, string> = {
  CERT_HAS_EXPIRED: 'certificate has expired',
  ECONNREFUSED: 'connection refused',
  ENOTFOUND: 'name not found',
  EAI_AGAIN: 'name not found', // what a machine without a name server says
  ABORT_ERR: 'gave up waiting',
};

/** Why a request failed, in words. fetch hides the reason in `cause`, an AbortSignal reports it by name. */
export function reasonOf(error: unknown): string {
  for (let at = error; at instanceof Error; at = at.cause) {
    if (at.name === 'TimeoutError' || at.name === 'AbortError') return 'gave up waiting';
    const code = 'code' in at ? String(at.code) : '';
    if (words[code] !== undefined) return words[code];
  }
  return error instanceof Error ? error.message : String(error);
}

export const pause = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));
