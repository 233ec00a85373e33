/** Whether an error says that what came is not valid HTTP. */
import type { ErrorInfo } from '../../model/records';

/** Some versions of undici give the parser's error no code. */
export const isInvalidResponse = (error: ErrorInfo | undefined): boolean =>
  error?.code?.startsWith('HPE_') === true ||
  error?.code === 'UND_ERR_RES_CONTENT_LENGTH_MISMATCH' ||
  error?.name === 'HTTPParserError';
