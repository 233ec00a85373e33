/**
 * `--log-file`: lines to a file, or to a pipe (mkfifo) that somebody reads. A reader that stops reading holds nothing but
 * the lines: those that wait are bounded, and the file is never waited for at the end.
 */
import { constants } from 'node:fs';
import { type FileHandle, open } from 'node:fs/promises';
import { UsageError } from '../terminal/say';
import type { Taken, Target } from './sink';

const { O_APPEND, O_CREAT, O_NONBLOCK, O_WRONLY } = constants;
/** Between two tries to write to a full pipe. */
const retryMs = 20;

/** Opened before the program starts. Throws UsageError. */
export async function logFile(path: string): Promise<Target<string>> {
  let file: FileHandle;
  try {
    // Not blocking: a pipe without a reader would hold us here. Windows has no such flag.
    file = await open(path, O_APPEND | O_CREAT | O_WRONLY | (O_NONBLOCK ?? 0), 0o600);
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException;
    const why = code === 'ENXIO' ? 'nobody reads from this pipe; start the reader first' : message;
    throw new UsageError(`--log-file: ${path} cannot be written: ${why}.`);
  }
  let over = false;

  const write = async (bytes: Buffer): Promise<void> => {
    for (let from = 0; from < bytes.length && !over; ) {
      try {
        from += (await file.write(bytes, from)).bytesWritten;
      } catch (error) {
        if ((error as NodeJS.ErrnoException).code !== 'EAGAIN') throw error;
        await new Promise((resolve) => setTimeout(resolve, retryMs));
      }
    }
  };

  return {
    async take(lines): Promise<Taken> {
      const bytes = Buffer.from(`${lines.join('\n')}\n`);
      await write(bytes);
      return { bytes: bytes.length, lost: 0 };
    },
    close() {
      over = true;
      return file.close();
    },
  };
}
