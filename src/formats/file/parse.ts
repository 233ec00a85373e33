/** Text to a checked value: what all readers share. Everything that is wrong is a FormatError that names the place. */
import type { TLocalizedValidationError } from 'typebox/error';
import type { Check } from '../../model/base/checks';
import { FormatError } from './error';
import { type PathStep, pathText, placeAt, scanJson } from './scan';

export interface ParseOptions {
  /** What broken JSON is by its beginning, in a sentence, if it is nothing that can be opened. */
  foreign: (text: string) => string | undefined;
  /** The value of a text that was cut off and closed again, if enough of it is there; absent: nothing is recovered. */
  recoverable?: (text: string) => unknown;
  /** Take what is recoverable instead of an error. */
  recover?: boolean;
}

export function parseJson(text: string, options: ParseOptions): { value: unknown; cut: boolean } {
  try {
    return { value: JSON.parse(text), cut: false };
  } catch (cause) {
    const scan = scanJson(text);
    const failure = scan.failure ?? { offset: 0, path: [], atEnd: false, expected: 'JSON' };
    const place = placeAt(text, failure.offset, failure.path);
    const foreign = options.foreign(text);
    if (foreign !== undefined) throw new FormatError('foreign', foreign, { place, cause });
    const whole = scan.whole && options.recoverable?.(`${text.slice(0, scan.whole.end)}${scan.whole.closing}`);
    const keeps = whole === undefined ? undefined : scan.whole?.records;
    if (failure.atEnd && options.recover && whole !== undefined) return { value: whole, cut: true };
    const inside = place.path === '' ? '' : `, in ${place.path}`;
    if (!failure.atEnd) {
      throw new FormatError(
        'syntax',
        `not valid JSON at line ${place.line}, column ${place.column} (byte ${place.byte}${inside}): ` +
          `${failure.expected} was expected. Restore the file from a copy, or save the trace again.`,
        { place, cause },
      );
    }
    const what =
      keeps === undefined
        ? 'Nothing before that can be opened: save the trace again.'
        : `The ${keeps} records before that are whole and can be opened without the rest; else save the trace again.`;
    throw new FormatError(
      'truncated',
      `the file is cut off at byte ${place.byte} (line ${place.line}, column ${place.column}${inside}). ${what}`,
      { place, cause, ...(keeps === undefined ? {} : { keeps }) },
    );
  }
}

/** Throws a FormatError for the first value that is not what the schema says; `text` is where its place is looked for. */
export function expectValid(check: Check, value: unknown, text: string | undefined): void {
  if (check.passes(value)) return;
  const error = check.firstError(value);
  throw invalid(
    error === undefined ? [] : stepsOf(error, value),
    error?.message ?? 'is not what the format says',
    text,
  );
}

/** The error of a value at a path that is not what its format says. */
export function invalid(path: readonly PathStep[], message: string, text: string | undefined): FormatError {
  const at = text === undefined ? undefined : scanJson(text, path).found;
  const place = at === undefined || text === undefined ? undefined : placeAt(text, at, path);
  const where = path.length === 0 ? 'the document' : pathText(path);
  return new FormatError(
    'invalid',
    `${where}${place ? ` (line ${place.line}, column ${place.column})` : ''} ${message}. ` +
      'The file was changed or written by another program: correct the value there, or save the trace again.',
    place ? { place } : {},
  );
}

/** The steps of a JSON pointer; indices of arrays become numbers. */
function stepsOf(error: TLocalizedValidationError, doc: unknown): PathStep[] {
  const steps: PathStep[] = [];
  let value: unknown = doc;
  for (const part of error.instancePath.split('/').slice(1)) {
    const key = part.replaceAll('~1', '/').replaceAll('~0', '~');
    steps.push(Array.isArray(value) ? Number(key) : key);
    value = (value as Record<string, unknown> | undefined)?.[key];
  }
  return steps;
}
