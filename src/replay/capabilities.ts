/** What a client may ask of a replay. */
import type { DebugProtocol } from '@vscode/debugprotocol';
import { breakpointKinds, titleOf } from '../model/breakpoints';

export const capabilities: DebugProtocol.Capabilities = {
  supportsConfigurationDoneRequest: true,
  supportsStepBack: true,
  supportsRestartRequest: true,
  supportsRestartFrame: true,
  supportsGotoTargetsRequest: true,
  supportsConditionalBreakpoints: true,
  supportsHitConditionalBreakpoints: true,
  supportsLogPoints: true,
  supportsExceptionInfoRequest: true,
  supportsExceptionFilterOptions: true,
  supportsEvaluateForHovers: true,
  supportsCompletionsRequest: true,
  completionTriggerCharacters: [':', ' ', '('],
  supportsLoadedSourcesRequest: true,
  supportsTerminateRequest: true,
  supportsDelayedStackTraceLoading: true,
  // Names as of the network breakpoints of a running program, so that a client keeps one list of both.
  exceptionBreakpointFilters: breakpointKinds.map((kind) => ({
    filter: kind,
    label: titleOf({ kind }),
    supportsCondition: true,
    conditionDescription: 'A query, such as host:api.example path:/v2/*',
    default: false,
  })),
};
