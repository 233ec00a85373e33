/** A response that came as it was sent, whose body the program could not decode (decompress). */
import { bytesText } from '../../../model/base/text';
import { isUndecodable } from '../../../model/facts/outcome';
import { number, words } from '../../base/draft';
import type { Condition } from './failure';

/** Which streams decode what; where they differ the program took the wrong one. */
const decodersOf: Readonly<Record<string, RegExp>> = {
  gzip: /^(Gunzip|Unzip)$/,
  'x-gzip': /^(Gunzip|Unzip)$/,
  deflate: /^(Inflate|InflateRaw|Unzip)$/,
  br: /^BrotliDecompress$/,
  zstd: /^ZstdDecompress$/,
};

/** What a body of this coding begins with: `curl --raw` shows what came. */
const beginsWith: Readonly<Record<string, string>> = {
  gzip: 'gzip begins with the bytes 1f 8b',
  'x-gzip': 'gzip begins with the bytes 1f 8b',
  deflate: 'deflate should have the header of zlib, 78 in most cases, which some servers leave out',
  zstd: 'zstd begins with the bytes 28 b5 2f fd',
};

export const undecodable: Condition = ({ r }) => {
  const error = r.response?.decodeError;
  if (error === undefined || !isUndecodable(r)) return;
  const coding = r.response?.contentEncoding?.toLowerCase() ?? 'its coding';
  const { code, message, decoder } = error;
  const reason = `${message ?? 'no reason given'} (${code})`;
  const came = r.response?.wireBytes;
  const evidence = [
    words('error', code, r.id, 'response.decodeError.code'),
    words('Content-Encoding', coding, r.id, 'response.contentEncoding'),
    words('decoded by', decoder, r.id, 'response.decodeError.decoder'),
    ...(came === undefined ? [] : [number('body bytes received', came, r.id)]),
  ];
  if (decodersOf[coding]?.test(decoder) === false)
    return {
      rule: 'undecodable',
      fault: 'yourCode',
      certainty: 'likely',
      text: `The body is declared as ${coding}, and the program decoded it with ${decoder}: ${reason}.`,
      evidence,
      advice: 'Take the decoder that the Content-Encoding of the response names.',
    };
  const isWhole = r.outcome === 'complete';
  const size = isWhole && came !== undefined ? ` (${bytesText(came)})` : '';
  const short = code === 'Z_BUF_ERROR';
  return {
    rule: 'undecodable',
    fault: 'server',
    certainty: 'likely',
    text: short
      ? `The body arrived as declared${size}, but its ${coding} data ends too early: ${reason}.`
      : `${isWhole ? 'The body arrived whole' : 'The body arrived'}${size}, but it is not valid ${coding}, which its Content-Encoding declares: ${reason}.`,
    evidence,
    advice: `Check what the server, or a proxy before it, sends (\`curl --raw\`)${beginsWith[coding] === undefined ? '' : `: ${beginsWith[coding]}`}.`,
  };
};
