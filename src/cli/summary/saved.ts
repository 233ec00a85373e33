/** What became of the files that were asked for with -o. */

export interface Saved {
  path: string;
  bytes?: number;
  /** Why it could not be written. */
  error?: string;
}

export interface SaveResult {
  files: Saved[];
  /** Where the whole trace was put instead, if any file could not be written. */
  kept?: string;
}
