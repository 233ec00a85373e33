/** Whether an error says that what came is not valid HTTP. */
import type { ErrorInfo } from '../../model/records';

/** The response's head is longer than the client takes: it may be valid HTTP. The parser's code, and undici's. */
export const isHeadTooLong = (error: ErrorInfo | undefined): boolean =>
  error?.code === 'HPE_HEADER_OVERFLOW' || error?.code === 'UND_ERR_HEADERS_OVERFLOW';

/** Some versions of undici give the parser's error no code. */
export const isInvalidResponse = (error: ErrorInfo | undefined): boolean =>
  error?.code?.startsWith('HPE_') === true ||
  error?.code === 'UND_ERR_RES_CONTENT_LENGTH_MISMATCH' ||
  error?.name === 'HTTPParserError';
