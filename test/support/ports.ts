import { type AddressInfo, createServer } from 'node:net';

/** A port of loopback where nothing listens: one that was free a moment ago. */
export function closedPort(): Promise<number> {
  return new Promise((resolve) => {
    const server = createServer().listen(0, '127.0.0.1', () => {
      const { port } = server.address() as AddressInfo;
      server.close(() => resolve(port));
    });
  });
}
