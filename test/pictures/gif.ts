/** Pictures of a window as one animated picture. */
import { createRequire } from 'node:module';

export interface Frame {
  png: Buffer;
  /** How long it is shown. */
  ms: number;
}

interface Sharp {
  gif(options: { delay: number[]; loop: number } & Record<string, number | boolean | number[]>): Sharp;
  toBuffer(): Promise<Buffer>;
}

/**
 * The animation stops at its last frame for as long as that is shown, and begins again.
 *
 * @throws where the packages of this folder are not installed: `npm run pictures` installs them
 */
export async function gifOf(frames: readonly Frame[]): Promise<Buffer> {
  const sharp = createRequire(import.meta.url)('sharp') as (pages: Buffer[], how: object) => Sharp;
  const pages = frames.map((frame) => frame.png);
  const delay = frames.map((frame) => frame.ms);
  // Exact: each picture with its own colours, and nothing left of the one before where they are similar.
  const exact = { reuse: false, colours: 256, dither: 0, interFrameMaxError: 0, interPaletteMaxError: 0 };
  const gif = sharp(pages, { join: { animated: true } }).gif({ delay, loop: 0, effort: 10, ...exact });
  return gif.toBuffer();
}
