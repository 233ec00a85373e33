/** Parses an error that a file has as one line into its structure: the reverse of `errorText`. */
import { type ErrorInfo, phaseNames } from '../../model/records';
import { errorText } from './words';

const code =
  /\b(?:E[A-Z]{3,}[A-Z0-9_]*|ERR_[A-Z0-9_]+|UND_ERR_[A-Z0-9_]+|[A-Z]+_[A-Z0-9_]*CERT[A-Z0-9_]*|CERT_[A-Z0-9_]+)\b/;

/** Only what gives the same line again is taken apart; else the line is the message. */
export function errorOfText(text: string): ErrorInfo {
  const parts = /^([a-z]+): (.+)$/s.exec(text);
  const phase = parts && (phaseNames as readonly string[]).includes(parts[1] as string) ? parts[1] : undefined;
  const rest = phase === undefined ? text : (parts?.[2] as string);
  const trailing = /^(.+) \(([A-Z][A-Z0-9_]+)\)$/s.exec(rest);
  const inside = code.exec(rest)?.[0];
  const candidates: ErrorInfo[] = [
    ...(trailing ? [{ ...withPhase(phase), code: trailing[2] as string, message: trailing[1] as string }] : []),
    ...(inside === undefined ? [] : [{ ...withPhase(phase), code: inside, message: rest }]),
    { ...withPhase(phase), message: rest },
  ];
  return candidates.find((e) => errorText(e) === text) ?? { message: text };
}

const withPhase = (phase: string | undefined): Pick<ErrorInfo, 'phase'> => (phase === undefined ? {} : { phase });
