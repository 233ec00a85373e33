/** Results on stdout. */

/** As fast as it is read: of a large trace not all is to wait in memory. */
export async function write(pieces: Iterable<string>): Promise<void> {
  for (const piece of pieces) {
    if (process.stdout.write(piece)) continue;
    if (process.stdout.destroyed) return;
    await new Promise<void>((done) => {
      const go = () => {
        process.stdout.off('drain', go).off('close', go);
        done();
      };
      process.stdout.on('drain', go).on('close', go);
    });
  }
}
