/** Error codes of HTTP/2, by their names in nghttp2. */
import { us } from '../runtime/clock';

const names = [
  'NO_ERROR',
  'PROTOCOL_ERROR',
  'INTERNAL_ERROR',
  'FLOW_CONTROL_ERROR',
  'SETTINGS_TIMEOUT',
  'STREAM_CLOSED',
  'FRAME_SIZE_ERROR',
  'REFUSED_STREAM',
  'CANCEL',
  'COMPRESSION_ERROR',
  'CONNECT_ERROR',
  'ENHANCE_YOUR_CALM',
  'INADEQUATE_SECURITY',
  'HTTP_1_1_REQUIRED',
];
/** `NGHTTP2_REFUSED_STREAM`. */
export const codeName = (code: number): string => (names[code] === undefined ? `${code}` : `NGHTTP2_${names[code]}`);

/** `,"reset":{…}`; nothing for a name that is not known. */
export function resetText(name: string | undefined, by = 'peer'): string {
  const code = name === undefined ? -1 : names.indexOf(name.replace('NGHTTP2_', ''));
  const number = code < 0 ? Number(name) : code;
  return Number.isInteger(number) ? `,"reset":{"code":${number},"name":"${name}","by":"${by}"}` : '';
}

/** GOAWAY as written in the connection's line. */
export const goawayOf = (at: number, code: number, lastStreamId: number): object => ({
  at: us(at),
  code,
  name: codeName(code),
  lastStreamId,
});
