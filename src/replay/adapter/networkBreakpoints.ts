/** The network breakpoints of a replay: those of its host, or a separate set for a client that has none. */
import type { DebugProtocol } from '@vscode/debugprotocol';
import { breakpointKinds, type NetworkBreakpoint, titleOf } from '../../model/lines/breakpoints';
import { parseQuery } from '../../model/query';

export interface NetworkBreakpoints {
  /** Their entries among the client's exception breakpoints. */
  filters(): DebugProtocol.ExceptionBreakpointsFilter[];
  /** Takes over what the client has switched on, with conditions; an answer for each, in order. */
  set(args: DebugProtocol.SetExceptionBreakpointsArguments): DebugProtocol.Breakpoint[];
  /** Those in force. */
  armed(): readonly NetworkBreakpoint[];
  /** They were changed elsewhere. */
  onDidChange(f: () => void): { dispose(): void };
}

/** One of each kind, its filter named as the kind. */
export class PlainBreakpoints implements NetworkBreakpoints {
  #armed: NetworkBreakpoint[] = [];

  filters(): DebugProtocol.ExceptionBreakpointsFilter[] {
    return breakpointKinds.map((kind) => ({
      filter: kind,
      label: titleOf({ kind }),
      supportsCondition: true,
      conditionDescription: 'A query, such as host:api.example path:/v2/*',
      default: false,
    }));
  }

  set(args: DebugProtocol.SetExceptionBreakpointsArguments): DebugProtocol.Breakpoint[] {
    const asked: DebugProtocol.ExceptionFilterOptions[] = [
      ...args.filters.map((filterId) => ({ filterId })),
      ...(args.filterOptions ?? []),
    ];
    this.#armed = [];
    return asked.map(({ filterId, condition = '' }) => {
      const kind = breakpointKinds.find((k) => k === filterId);
      if (!kind) return { verified: false, message: `there is no network breakpoint ${filterId}` };
      const { error } = parseQuery(condition);
      if (error) return { verified: false, message: error.message };
      this.#armed.push({ id: kind, kind, ...(condition === '' ? {} : { condition }) });
      return { verified: true };
    });
  }

  armed(): readonly NetworkBreakpoint[] {
    return this.#armed;
  }

  onDidChange(): { dispose(): void } {
    return { dispose: () => {} };
  }
}
