/**
 * What the extension needs once there is work: recording, files, schemas. A bundle of its own (dist/work.cjs), loaded
 * at the first use: VS Code starts the extension with each Node debug session, traced or not, and that must cost nothing.
 */
export { formatOf, parseTrace, readTrace, suffixes, writePackets, writeTrace } from '../formats';
export { TraceRequests } from '../model/traceRequests';
export { TraceSession } from '../session/session';
export { isPageMessage } from './panel/messages';
export { FileView } from './trace/fileView';
