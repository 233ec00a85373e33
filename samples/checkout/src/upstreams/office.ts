// Everything about paper: tax tables, templates, the printer, the archive, labels; and two services for notices.
import type { RequestListener, ServerResponse } from 'node:http';
import { gzipSync } from 'node:zlib';
import { reply } from './reply.js';

const taxPercent: Record<string, number> = { DE: 19, FR: 20, NL: 21 };
const pages = 6;
const pageBytes = 12_000;
const pageMs = 70;
const loyaltyThinkMs = 5_000;

const row = '<tr><td>{{order}}</td><td>{{total}}</td></tr>\n';
const template = gzipSync(`<html><body><table>\n${row.repeat(200)}</table></body></html>\n`);

export const office: RequestListener = (request, response) => {
  const { pathname } = new URL(request.url ?? '/', 'http://office');
  const [, kind, name = ''] = pathname.split('/');
  request.resume();
  // Whoever sends something is answered once all of it is here, as a real server would.
  request.once('end', () => {
    if (kind === 'tax') reply(response, 200, { percent: taxPercent[name] ?? 0 }, 35);
    else if (kind === 'templates') sendTemplate(response);
    else if (kind === 'print') sendPages(response);
    else if (kind === 'archive') reply(response, 201, { archived: name }, 20);
    else if (kind === 'labels') response.end(`P-${name}-${Number(name) % 7}`);
    else if (kind === 'visits') response.end('thanks'.repeat(300));
    else if (kind === 'loyalty') reply(response, 200, { points: 10 }, loyaltyThinkMs);
    else reply(response, 404, { error: 'no such thing' });
  });
};

function sendTemplate(response: ServerResponse): void {
  const headers = { 'content-type': 'text/html', 'content-encoding': 'gzip', 'content-length': template.length };
  response.writeHead(200, headers).end(template);
}

/** Head and first page at once, then a page at a time. */
function sendPages(response: ServerResponse): void {
  response.writeHead(200, { 'content-type': 'application/pdf' });
  let page = 0;
  const timer = setInterval(sendPage, pageMs);
  sendPage();

  function sendPage(): void {
    response.write(Buffer.alloc(pageBytes, `page ${++page} `));
    if (page < pages) return;
    clearInterval(timer);
    response.end();
  }
}
