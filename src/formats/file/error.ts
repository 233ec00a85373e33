/**
 * What a user is shown when a file cannot be read or written. The message is whole sentences for a person: it names the
 * file, the place in it if there is one, and what to do. `code` is for programs and stays the same over versions.
 */

export type FormatErrorCode =
  /** The name's suffix is none of the formats. */
  | 'suffix'
  /** The file system said no; `cause` is its error. */
  | 'file'
  /** More bytes than can be opened safely. */
  | 'tooLarge'
  /** Not JSON, or broken JSON. */
  | 'syntax'
  /** The JSON ends in the middle; `keeps` says how many records can be opened all the same. */
  | 'truncated'
  /** A file of another kind (HAR, EVE, spool, packet capture …). */
  | 'foreign'
  /** A trace of a major version that this program does not read. */
  | 'version'
  /** JSON with the marks of a trace, but a value in it is not what the format says. */
  | 'invalid'
  /** This Node lacks what the format needs. */
  | 'engine';

/** Where in a file something is wrong. Lines and columns count from 1, columns in UTF-16 units as editors do. */
export interface Place {
  /** Bytes before the place, in the file as it was read. */
  byte: number;
  line: number;
  column: number;
  /** JSON path, `requests[3].createdAt`; empty at the top. */
  path: string;
}

export interface FormatErrorDetails {
  /** Absent when the text did not come from a file. */
  file?: string;
  place?: Place;
  /** Records that `readTrace(path, { recover: true })` keeps; absent when nothing can be recovered. */
  keeps?: number;
  cause?: unknown;
}

export class FormatError extends Error {
  override readonly name = 'FormatError';
  readonly file: string | undefined;
  readonly place: Place | undefined;
  readonly keeps: number | undefined;

  constructor(
    readonly code: FormatErrorCode,
    /** The message without the file's name, so that it can be said again with one. */
    readonly text: string,
    details: FormatErrorDetails = {},
  ) {
    super(details.file === undefined ? text : `${details.file}: ${text}`, { cause: details.cause });
    this.file = details.file;
    this.place = details.place;
    this.keeps = details.keeps;
  }

  /** The same error, said of this file. */
  of(file: string): FormatError {
    const details: FormatErrorDetails = { file, cause: this.cause };
    if (this.place) details.place = this.place;
    if (this.keeps !== undefined) details.keeps = this.keeps;
    return new FormatError(this.code, this.text, details);
  }
}
