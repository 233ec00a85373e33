/**
 * Every id that the extension shares with package.json. A test compares the two, so that neither has one the other
 * does not know.
 */

export const debugType = 'net-trace';
/** Steps through a saved trace. */
export const replayType = 'net-trace-replay';

export const commands = {
  debug: 'netTrace.debug',
  debugTest: 'netTrace.debugTest',
  attach: 'netTrace.attach',
  detach: 'netTrace.detach',
  replay: 'netTrace.replay',
  save: 'netTrace.save',
  savePackets: 'netTrace.savePackets',
  open: 'netTrace.open',
  openFile: 'netTrace.openFile',
  compare: 'netTrace.compare',
  keepBaseline: 'netTrace.keepBaseline',
  compareBaseline: 'netTrace.compareBaseline',
  clear: 'netTrace.clear',
  undoClear: 'netTrace.undoClear',
  pause: 'netTrace.pause',
  record: 'netTrace.record',
  follow: 'netTrace.follow',
  openInEditor: 'netTrace.openInEditor',
  showPanel: 'netTrace.showPanel',
  showLineRequests: 'netTrace.showLineRequests',
  showRow: 'netTrace.showRow',
  focusFilter: 'netTrace.focusFilter',
  clearFilter: 'netTrace.clearFilter',
  nextFailed: 'netTrace.nextFailed',
  previousFailed: 'netTrace.previousFailed',
  copyAsCurl: 'netTrace.copyAsCurl',
  openRequestBody: 'netTrace.openRequestBody',
  openResponseBody: 'netTrace.openResponseBody',
  formatBody: 'netTrace.formatBody',
  sendAgain: 'netTrace.sendAgain',
  editAndSend: 'netTrace.editAndSend',
  newRequest: 'netTrace.newRequest',
  send: 'netTrace.send',
  copyUrl: 'netTrace.copyUrl',
  copyWiresharkFilter: 'netTrace.copyWiresharkFilter',
  toggleConnections: 'netTrace.toggleConnections',
  groupBy: 'netTrace.groupBy',
  showBreakdown: 'netTrace.showBreakdown',
  showHeaders: 'netTrace.showHeaders',
  showConnection: 'netTrace.showConnection',
  showPackets: 'netTrace.showPackets',
  showCode: 'netTrace.showCode',
  openAsText: 'netTrace.openAsText',
  showLog: 'netTrace.showLog',
  enableKernel: 'netTrace.enableKernel',
  removeKernel: 'netTrace.removeKernel',
  createRule: 'netTrace.rules.create',
  switchRules: 'netTrace.rules.switch',
  deleteRule: 'netTrace.rules.delete',
  copyRuleId: 'netTrace.rules.copyId',
  copyRules: 'netTrace.rules.copy',
  showRuleRows: 'netTrace.rules.show',
  traceAll: 'netTrace.rules.traceAll',
  showOutput: 'netTrace.showOutput',
  addBreakpoint: 'netTrace.breakpoints.add',
  editBreakpoint: 'netTrace.breakpoints.edit',
  removeBreakpoint: 'netTrace.breakpoints.remove',
  disableBreakpoints: 'netTrace.breakpoints.disableAll',
  breakWhenFails: 'netTrace.breakpoints.whenFails',
} as const;

export const views = {
  container: 'netTracePanel',
  panel: 'netTrace.panel',
  /** Beside the debugger's own. */
  rules: 'netTrace.rules',
  breakpoints: 'netTrace.breakpoints',
} as const;

/** Scheme of recorded bodies as files. */
export const bodyScheme = 'nettrace-body';
/** Language of requests to be sent, which other extensions know too. */
export const requestLanguage = 'http';

/** The editor tab with the same page as the panel (made by code, so it is not in package.json's views). */
export const tabType = 'netTrace.tab';

export const customEditor = 'netTrace.trace';
/** The same, for names that are JSON to others too: offered by Open With only. */
export const optionalEditor = 'netTrace.eve';

/** Files dropped onto a page from outside of VS Code: kept in memory, as their paths are not known. */
export const droppedScheme = 'nettrace-dropped';

/** Context keys for `when` clauses. */
export const contextKeys = {
  hasRuns: 'netTrace.hasRuns',
  /** The page that has the keyboard focus: `panel`, `tab`, `file` (an opened trace), or none. */
  focus: 'netTrace.focus',
  /** Recording is paused. */
  paused: 'netTrace.paused',
  /** Rows were cleared that can be brought back. */
  cleared: 'netTrace.cleared',
  /** In this workspace something was traced, or asked to be. */
  used: 'netTrace.used',
} as const;

export const colors = [
  'netTrace.phase.queue',
  'netTrace.phase.dns',
  'netTrace.phase.tcp',
  'netTrace.phase.tls',
  'netTrace.phase.send',
  'netTrace.phase.wait',
  'netTrace.phase.download',
  'netTrace.failed',
  'netTrace.paused',
] as const;
