/** What was recorded of a body. */
import type { Static } from 'typebox';
import { bytes, flag, optional, record, text } from '../base/schema';

export const bodyContent = record(
  {
    text: optional(
      text('The body without its content coding, secrets masked as far as they were known. Absent: see omitted.'),
    ),
    encoding: optional(text('`base64`: bytes that are not text. Absent: plain text.')),
    bytes: bytes('Body bytes seen, before decoding.'),
    truncated: optional(flag('The body was longer than what is recorded of it.')),
    contentType: optional(text('Content-Type, in lower case. Absent: not sent.')),
    contentEncoding: optional(text('Content coding that was undone.')),
    omitted: optional(
      text('Why there is no text: `encoding` (coding not known, or broken), `limit` (too long), `notText`.'),
    ),
  },
  'The recorded body. Absent: bodies are not recorded, or not those of this type.',
);
export type BodyContent = Static<typeof bodyContent>;
