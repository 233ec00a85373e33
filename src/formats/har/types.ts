/**
 * HAR 1.2 as this program writes it (http://www.softwareishard.com/blog/har-12-spec/): times in ms, -1 = does not apply
 * or not known, `_` before a name = not in the specification. Among those, the ones that Chrome reads are first.
 */

export interface HarHeader {
  name: string;
  /** Empty where only names or lengths are recorded. */
  value: string;
  /** Characters of the value; only where the value itself is not recorded. */
  _length?: number;
}

export interface HarTimings {
  blocked: number;
  dns: number;
  /** Contains ssl. */
  connect: number;
  /** Never added to the sum: it is part of connect. */
  ssl: number;
  send: number;
  wait: number;
  receive: number;
}

export interface HarFrame {
  functionName: string;
  scriptId: string;
  /** `file:` URL, or the name as the runtime gave it. */
  url: string;
  /** From 0, as Chrome counts. Absent, as is the column: not known. */
  lineNumber?: number;
  columnNumber?: number;
}

export interface HarEntry {
  pageref?: string;
  startedDateTime: string;
  /** Sum of the timings that are not -1, ssl not added. */
  time: number;
  request: {
    method: string;
    url: string;
    httpVersion: string;
    cookies: never[];
    headers: HarHeader[];
    queryString: { name: string; value: string }[];
    postData?: { mimeType: string; text: string; _base64?: string; _truncated?: true };
    headersSize: number;
    bodySize: number;
  };
  response: {
    /** 0: there was no response. */
    status: number;
    statusText: string;
    httpVersion: string;
    cookies: never[];
    headers: HarHeader[];
    content: {
      size: number;
      compression?: number;
      mimeType: string;
      text?: string;
      encoding?: string;
      _truncated?: true;
    };
    redirectURL: string;
    headersSize: number;
    bodySize: number;
    /** Bytes of the response on the connection, head included; Chrome's field. */
    _transferSize?: number;
    /** Chrome's field. */
    _error?: string;
  };
  cache: Record<string, never>;
  timings: HarTimings;
  serverIPAddress?: string;
  connection?: string;
  _connectionId?: string;
  _resourceType: string;
  /** Chrome's field. */
  _priority?: string;
  _initiator?: {
    /** script, or what else Chrome names: parser, preload … */
    type: string;
    url?: string;
    lineNumber?: number;
    columnNumber?: number;
    stack?: { callFrames: HarFrame[] };
  };
  _error?: string;
  _errorPhase?: string;
  /** State of the request in one word: done, failed, notRead … */
  _state: string;
  /** Entry that made it: http, https, fetch, undici, http2. */
  _api?: string;
  /** Thread: process id and thread number. */
  _process: string;
  /** Id of the request in the native file. */
  _id: string;
  _operation?: string;
  _redirectOf?: string;
  _retryOf?: string;
  /** The user's context label. */
  _label?: string;
  /** URL of the proxy. */
  _proxy?: string;
  /** 1xx responses, in ms since the begin of the entry. */
  _informational?: { status: number; time: number }[];
  /** Protocol that the connection was switched to. */
  _upgrade?: string;
  /** Timer that ended it. */
  _timeout?: string;
  /** It was answered inside the program, with no connection. */
  _mocked?: true;
  /** HTTP/2 stream. */
  _streamId?: number;
  /** Of send, wait, receive those that did not happen: the specification wants a number there, so they say 0. */
  _absentTimings?: Record<string, string>;
  /** ms of the timings that the program stood in the debugger. */
  _pausedTime?: number;
}

export interface HarPage {
  startedDateTime: string;
  id: string;
  title: string;
  pageTimings: { onContentLoad: -1; onLoad: -1 };
}

export interface Har {
  log: {
    version: '1.2';
    creator: { name: string; version: string };
    browser?: { name: string; version: string };
    pages: HarPage[];
    entries: HarEntry[];
    comment?: string;
    /** Whence it comes, and which sources were not on; all else is in the native file. */
    _nettrace: { version: string; id: string; missing: string[] };
  };
}
