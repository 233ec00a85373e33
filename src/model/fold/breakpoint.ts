/** Hits of network breakpoints: for the host to print and count as they come, no part of the trace. */

import { recordIdOf } from '../base/ids';
import type { LineOf } from '../lines/lines';
import type { BreakpointHit } from '../store/breakpointHit';
import type { Isolate } from './types';

export function hitOf(isolate: Isolate, line: LineOf<'brk'>): BreakpointHit {
  const { k: _, at, request, ...rest } = line;
  return {
    ...rest,
    what: rest.what as BreakpointHit['what'],
    at: at + isolate.offset,
    thread: isolate.thread,
    ...(request === undefined ? {} : { request: recordIdOf(isolate.thread, request) }),
  };
}
