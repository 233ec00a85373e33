import { randomUUID } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { connect } from 'node:net';
import { until } from './clock';

/**
 * The file that a capture of loopback writes has all that passed so far: a text that is sent now is in it. Something
 * listens on this port, and the capture's filter takes it.
 */
export async function written(file: string, port: number): Promise<void> {
  const mark = `mark ${randomUUID()}`;
  const socket = connect(port, '127.0.0.1').on('error', () => {});
  socket.end(mark);
  await until('a mark in the file of the capture', () => readFileSync(file).includes(mark));
  socket.destroy();
}
