/**
 * Datagrams to one address. The socket is connected, so that the system reports a port on which nobody listens; what was
 * sent may still be lost on the way, which only the receiver can count.
 */
import { createSocket, type Socket } from 'node:dgram';
import type { Address } from './address';
import type { Taken, Target } from './sink';

/**
 * Payload that every path takes in one piece: IPv6 promises 1,280 bytes, of which 48 are headers.
 */
export const maxPayload = 1232;

/** So that a receiver's buffer is not overrun: datagrams a millisecond, and at once after a rest or a busy time. */
const rate = 10;
const burst = 256;
const pauseMs = 5;

/** `datagrams` makes those of a batch, none longer than `maxPayload`; `items` is how many of the batch each one has. */
export async function udpTarget<Item>(
  to: Address & { family: 4 | 6 },
  datagrams: (items: readonly Item[]) => { bytes: Buffer; items: number }[],
  last: () => Buffer | undefined = () => undefined,
): Promise<Target<Item>> {
  const socket = createSocket(to.family === 6 ? 'udp6' : 'udp4');
  await new Promise<void>((resolve, reject) => {
    socket.once('error', reject);
    socket.connect(to.port, to.host, () => {
      socket.off('error', reject);
      resolve();
    });
  });
  // A refusal comes with the next datagram, or by itself; which one it was is not said, so it is taken for the last one.
  let latest = 0;
  let refused = 0;
  socket.on('error', (error: NodeJS.ErrnoException) => {
    if (error.code === 'ECONNREFUSED') refused += latest;
  });
  socket.unref();

  const sent = async (bytes: Buffer, items: number): Promise<string | undefined> => {
    let error = await failureOf(socket, bytes);
    if (error === 'ECONNREFUSED') {
      refused += latest;
      error = await failureOf(socket, bytes);
    }
    latest = error === undefined ? items : 0;
    return error;
  };

  let credit = burst;
  let creditedAt = performance.now();
  const paced = async (datagrams: number): Promise<void> => {
    credit -= datagrams;
    if (credit <= 0) await new Promise((resolve) => setTimeout(resolve, pauseMs));
    const now = performance.now();
    credit = Math.min(burst, credit + (now - creditedAt) * rate);
    creditedAt = now;
  };

  return {
    async take(items) {
      const taken: Taken = { bytes: 0, lost: 0 };
      const all = datagrams(items);
      for (const { bytes, items: count } of all) {
        const error = await sent(bytes, count);
        if (error === undefined) taken.bytes += bytes.length;
        else Object.assign(taken, { lost: taken.lost + count, error });
      }
      await paced(all.length);
      if (refused > 0) Object.assign(taken, { lost: taken.lost + refused, error: 'nobody receives there' });
      refused = 0;
      return taken;
    },
    async close() {
      const bytes = last();
      if (bytes) await sent(bytes, 0);
      socket.close();
    },
  };
}

/** Code of the error that kept it from being sent; undefined: it was sent. */
const failureOf = (socket: Socket, bytes: Buffer): Promise<string | undefined> =>
  new Promise((resolve) =>
    socket.send(bytes, (error) =>
      resolve(error ? ((error as NodeJS.ErrnoException).code ?? error.message) : undefined),
    ),
  );
