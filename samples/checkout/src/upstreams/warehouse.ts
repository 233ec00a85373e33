// Stock: small answers, each after the time an old database needs.
import type { RequestListener } from 'node:http';
import { reply } from './reply.js';

export const warehouse: RequestListener = (request, response) => {
  request.resume();
  if (request.method === 'POST') reply(response, 201, { reserved: true }, 25);
  else reply(response, 200, { pieces: 7 }, 70);
};
