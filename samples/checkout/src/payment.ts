// Payment goes to the bank by https: a certificate of the bank's own authority, one connection kept for the whole run.
import { readFileSync } from 'node:fs';
import * as https from 'node:https';
import { answer, pause, reasonOf } from './http.js';
import type { Order } from './orders.js';
import { say } from './say.js';

const ca = readFileSync(new URL('../certificates/ca.pem', import.meta.url));
const agent = new https.Agent({ keepAlive: true, ca });

/**
 * Asks the risk service about a customer. Its certificate has expired, so there is no answer to expect: in the trace a
 * TCP connection that succeeds, a TLS handshake that fails, and the certificate with its dates. The shop sells anyway,
 * as shops do.
 */
export async function checkRisk(order: Order, risk: string): Promise<void> {
  try {
    await answer(https.get(`${risk}/customers/${order.customer}`, { ca, agent: false }));
  } catch (error) {
    say(`order ${order.id}: risk check skipped (${reasonOf(error)})`);
  }
}

/** Pays in two steps, as card payments do: an intent, then its confirmation, which the bank takes its time for. */
export async function pay(order: Order, cents: number, bank: string): Promise<string> {
  const intent = `pi_${order.id}`;
  await answer(https.request(`${bank}/v1/intents/${intent}`, { agent, method: 'PUT' }).end(`amount=${cents}`));

  for (let attempt = 1; ; attempt++) {
    // In the trace: nearly all of this request is the server's time. Its connection is the one of the line above.
    const { status } = await answer(
      https.request(`${bank}/v1/intents/${intent}/confirm`, { agent, method: 'POST' }).end(),
    );
    if (status === 201) return intent;
    if (status !== 503 || attempt === 3) throw new Error(`the bank answered ${status}`);
    say(`order ${order.id}: bank is busy (503), trying again`);
    await pause(150);
  }
}
