/** How a request failed, as debuggers show an exception. */
import type { DebugProtocol } from '@vscode/debugprotocol';
import { deepest } from '../../model/facts/outcome';
import type { ErrorInfo, Request } from '../../model/records';
import type { Frame } from '../position/stacks';
import { failureText, requestText } from '../position/words';

export function exceptionOf(r: Request, frames: readonly Frame[]): DebugProtocol.ExceptionInfoResponse['body'] {
  const code = r.error?.code ?? deepest(r.error)?.code ?? r.error?.name ?? r.outcome ?? 'failed';
  const message = r.error?.message ?? deepest(r.error)?.message;
  return {
    exceptionId: code,
    description: `${requestText(r)}: ${failureText(r)}${message === undefined ? '' : `\n${message}`}`,
    breakMode: 'always',
    details: {
      ...detailsOf(r.error),
      stackTrace: frames
        .map((f) => `    at ${f.function ?? '(anonymous)'} (${f.file}:${f.line}:${f.column})`)
        .join('\n'),
    },
  };
}

function detailsOf(e: ErrorInfo | undefined): DebugProtocol.ExceptionDetails {
  return {
    ...(e?.message === undefined ? {} : { message: e.message }),
    typeName: e?.name ?? 'Error',
    ...(e?.causes ? { innerException: e.causes.map(detailsOf) } : {}),
  };
}
