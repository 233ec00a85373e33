/**
 * What the extension needs once there is work: recording, files, schemas. A separate bundle (dist/work.cjs), loaded
 * at the first use: VS Code starts the extension with each Node debug session, traced or not, and that must cost nothing.
 */
export { changesOf } from '../analysis/compare/changes';
export { compare } from '../analysis/compare/compare';
export { comparisonMarkdown } from '../analysis/compare/markdown';
export { findingsOf } from '../analysis/document';
export { UsageError } from '../answers/base/usageError';
export { assistantTools } from '../answers/tools/ofRuns';
export { toolPrefix } from '../answers/tools/published';
export { viewOf } from '../answers/tools/view';
export {
  formatOf,
  isLossless,
  keepEvicted,
  parseTrace,
  readTrace,
  suffixes,
  textOf,
  writePackets,
  writeTrace,
} from '../formats';
export { harEntry } from '../formats/har/write';
export { abilitiesHere } from '../helper/abilities';
export { bundledHelper, installText, isInstalled, isOnPath } from '../helper/permission';
export { Store } from '../model/store/store';
export { TraceRules } from '../model/traceRules';
export { recoverTrace } from '../session/recover';
export { TraceSession } from '../session/session';
export { apiFor } from './api/api';
export { requestText } from './compare/requestText';
export { storedRecorder } from './kept/storedRecorder';
export { disablePlan, enablePlan, planWithout } from './kernel/plan';
export { isPageMessage } from './panel/messages';
export { FileView } from './trace/fileView';
