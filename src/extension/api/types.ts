/**
 * What Net Trace offers to other extensions of VS Code. This file has no imports: copy it into your extension for the
 * types. Described in docs/api.md.
 *
 * ```ts
 * const extension = vscode.extensions.getExtension<NetTraceExports>('nettrace.nettrace');
 * const netTrace = await (await extension?.activate())?.getApi('your-publisher.your-extension');
 * ```
 */

/** What `activate()` of the extension gives. */
export interface NetTraceExports {
  /** Raised when something here changes so that what was written for it would no longer work. */
  readonly apiVersion: 1;
  /**
   * The interface for one extension. What it creates belongs to it: it sees no trace rules and no requests of others.
   * @param owner id of the calling extension, `publisher.name`.
   * @returns rejects with an Error if no extension with this id is installed.
   */
  getApi(owner: string): Promise<NetTraceApi>;
}

export interface NetTraceApi {
  /** Id of the extension for which this is, as it is installed. */
  readonly owner: string;
  readonly traceRules: TraceRules;
  /** @deprecated The former name of `traceRules`. */
  readonly traceRequests: TraceRules;
  /**
   * Requests of the run that was started last, running or ended, oldest first: those that a trace rule of this owner
   * has matched. Empty before the first run. Later changes do not show in what was returned: ask again.
   * @param query in the language of the panel's filter; absent: all.
   * @throws Error that names the column where the query is wrong and what was expected there.
   */
  requests(query?: string): TracedRequest[];
  /** Something has changed in what `requests` returns; at most 20 times a second. */
  readonly onDidChangeRequests: Event<void>;
}

/** The five calls. What they change is kept in the workspace and in force for all its runs, also those going on. */
export interface TraceRules {
  /**
   * Makes a trace rule. It is not enabled: nothing is traced for it before `update(id, { enabled: true })`.
   * @throws Error that names the field that is wrong; of a condition the column and what was expected.
   */
  create(request: NewTraceRule): TraceRule;
  /** Undefined: there is none of this owner with this id. */
  get(id: string): TraceRule | undefined;
  /** Those of this owner, oldest first. */
  list(): TraceRule[];
  /**
   * Switches it on or off. Every other field may be given only as it is.
   * @throws Error that names the field that differs, or says that there is none with this id.
   */
  update(id: string, change: { enabled: boolean } & Partial<TraceRule>): TraceRule;
  /** False: there was none of this owner with this id. */
  delete(id: string): boolean;
  /** A trace rule of this owner was created, switched or deleted, by the extension or by the user. */
  readonly onDidChange: Event<void>;
}

export interface NewTraceRule {
  /** In the language of the panel's filter, `status:>=500 path:/api/*`. Empty: every request. */
  condition: string;
  /** For people. */
  description?: string;
  /** Most requests traced for it in each process, from 1; absent: no limit. */
  limit?: number;
  /** One in so many is traced in detail, the others are counted; absent: all in detail. */
  sample?: number;
}

export interface TraceRule extends Readonly<NewTraceRule> {
  /** UUID. */
  readonly id: string;
  /** RFC 3339. */
  readonly createdTime: string;
  readonly enabled: boolean;
  /** `limitReached`: in the run that was started last, in some process of it. */
  readonly state: 'created' | 'enabled' | 'disabled' | 'limitReached';
}

/** One request that the program made. Absent: not known, or not so; never 0 for what was not measured. */
export interface TracedRequest {
  /** Unique among the runs shown. */
  readonly id: string;
  readonly method: string;
  /** Secrets in it are masked. */
  readonly url: string;
  /** Of the response; absent: none came. */
  readonly status?: number;
  /** For people: `200`, `DNS not found`, `waiting…`. */
  readonly state: string;
  /** Absent: it succeeded, or goes on. */
  readonly error?: { readonly code?: string; readonly message?: string; readonly phase?: string };
  /** RFC 3339, by the wall clock at the run's begin and the monotonic clock since. */
  readonly startedAt?: string;
  /** From the call to its end; absent while it goes on. */
  readonly durationMs?: number;
  /** By name of the phase: `queue`, `dns`, `tcp`, `proxy`, `tls`, `send`, `wait`, `download`. Only those that were. */
  readonly phasesMs: { readonly [phase: string]: number };
  /**
   * The line that made it: path, or URL, of the file with line and column, from 1. They are absent where a loader has
   * transformed the code and its source map is not known.
   */
  readonly callSite?: {
    readonly file: string;
    readonly line?: number;
    readonly column?: number;
    readonly function?: string;
    /** The line is of this package, as none of the program's own was seen. Absent: it is the program's own. */
    readonly package?: string;
  };
  /** Number of its connection in the run, and whether an earlier request had used it. */
  readonly connection?: { readonly number: number; readonly reused: boolean };
  /** `http/1.1`, `h2`. */
  readonly protocol?: string;
  /** Address and port of the other end. */
  readonly remote?: string;
  /** Bytes on the wire. */
  readonly bytesSent?: number;
  readonly bytesReceived?: number;
  readonly pid: number;
  /** 0: the main thread. */
  readonly threadId: number;
  /** Ids of the trace rules that matched it; in the API those of the owner only. */
  readonly traceRules?: readonly string[];
  /** @deprecated The former name of `traceRules`. */
  readonly traceRequests?: readonly string[];
}

/** As vscode.Event. */
export type Event<T> = (listener: (value: T) => unknown) => { dispose(): void };
