// Prices: quick, has moved one article, and knows no coupons.
import type { RequestListener } from 'node:http';
import { reply } from './reply.js';

const cents: Record<string, number> = {
  beans: 1290,
  cup: 850,
  grinder: 7900,
  kettle: 4500,
  saucer: 420,
  spoon: 310,
  sugar: 190,
  teapot: 3600,
  tray: 2150,
};

export const catalogue: RequestListener = (request, response) => {
  const [, kind, name = ''] = (request.url ?? '').split('/');
  if (kind === 'articles' && name === 'kettle') {
    response.writeHead(301, { location: '/articles-2026/kettle', 'content-length': 0 }).end();
  } else if (kind?.startsWith('articles') && cents[name] !== undefined) {
    reply(response, 200, { name, cents: cents[name] }, 30 + name.length * 8);
  } else {
    reply(response, 404, { error: `no ${name} here` }, 15);
  }
};
