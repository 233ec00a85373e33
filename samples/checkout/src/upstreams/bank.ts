// The bank thinks before it confirms, and is too busy the first time it is asked about order 82.
import type { RequestListener } from 'node:http';
import { reply } from './reply.js';

const confirmThinkMs = 520;
let busy = 1;

export const bank: RequestListener = (request, response) => {
  request.resume();
  if (request.method === 'PUT') reply(response, 200, { state: 'open' }, 20);
  else if (request.url?.includes('pi_82') && busy-- > 0) reply(response, 503, { error: 'try again' }, 60);
  else reply(response, 201, { state: 'paid' }, confirmThinkMs);
};

/** Behind an expired certificate: nobody who checks ever comes as far as this. */
export const risk: RequestListener = (_request, response) => reply(response, 200, { score: 3 });
