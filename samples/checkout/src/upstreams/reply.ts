import type { ServerResponse } from 'node:http';

/** Answers with JSON of known length after `thinkMs`. */
export function reply(response: ServerResponse, status: number, body: unknown, thinkMs = 0): void {
  setTimeout(() => {
    const text = JSON.stringify(body);
    response.writeHead(status, { 'content-type': 'application/json', 'content-length': Buffer.byteLength(text) });
    response.end(text);
  }, thinkMs);
}
