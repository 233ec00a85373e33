/** What a comparison of two sets of runs says. Times in µs; what is absent was not measured. */
import type { PhaseName } from '../../model/records';

/** A figure of both sides. */
export interface Pair<T> {
  before: T;
  after: T;
}

export interface SideFacts {
  /** Names of the traces, as they were given. */
  runs: string[];
  /** Requests of each run. */
  requests: number[];
  failed: number[];
  connections: number[];
  lookups: number[];
}

/** How often a group, a host or a finding was there: one figure a run. */
export type CountResult = 'added' | 'removed' | 'more' | 'fewer' | 'same';

export interface CountComparison extends Pair<number[]> {
  result: CountResult;
  /** The runs of one side differ among themselves. */
  varies?: true;
}

export interface TimeFigures {
  /** Requests with this time. */
  requests: number;
  /** Runs that have any. */
  runs: number;
  median?: number;
  /** From 60 requests on each side. */
  p95?: number;
}

export interface TimeComparison extends Pair<TimeFigures> {
  of: 'total' | PhaseName;
  /** `differs`: in these two traces; nothing is said of the code, as a run is one sample of its noise. */
  result: 'slower' | 'faster' | 'differs' | 'same' | 'tooFew';
  /** What the statement rests on: medians of runs, or the requests of one run each. Absent: too few for one. */
  basis?: 'runs' | 'requests';
  /** Hodges-Lehmann estimate of what each got longer by. */
  shift?: number;
  /** That shift's confidence interval, at the level of the test. */
  interval?: [number, number];
  /** Two-sided p-value of the Mann-Whitney test. */
  p?: number;
  /** The phases that explain a difference of the total. */
  phases?: TimeComparison[];
}

/** Requests from one place of the code to one kind of URL. */
export interface GroupComparison {
  key: string;
  method: string;
  host: string;
  /** `/users/{id}?page`. */
  template: string;
  /** `cart.ts:31` of the later side that has it; absent: no call site. */
  callSite?: string;
  file?: string;
  line?: number;
  function?: string;
  /** Its place before, where the same request is made elsewhere now. */
  movedFrom?: string;
  count: CountComparison;
  /** How many of each answer: `200`, `failed ECONNREFUSED`. */
  answers: Pair<Record<string, number>> & { differ?: true };
  bytesReceived?: Pair<number>;
  /** Requests on a reused connection, and on a new one. */
  times: { reused?: TimeComparison; new?: TimeComparison };
  /** Ids of the first requests of each side. */
  examples: Pair<string[]>;
}

export interface HostComparison {
  host: string;
  requests: CountComparison;
  /** Connections that carried its requests, by run. */
  connections: Pair<number[]>;
  lookups: Pair<number[]>;
  /** Packages whose own requests went there, the program's own code left out. */
  packages: string[];
}

export interface FindingComparison {
  rule: string;
  severity: string;
  title: string;
  text: string;
  /**
   * `notExercised`: gone, but what it was about hardly ran. `notMeasured`: gone, with what would see it. `unclear`: it differs, but
   * its cause is not clear, and too few runs, or not all of a side, have it.
   */
  result: 'new' | 'gone' | 'notExercised' | 'notMeasured' | 'unclear' | 'worse' | 'better' | 'same';
  /** Runs that have it. */
  runs: Pair<number>;
  /** Records it is about, the most of one run. */
  subjects: Pair<number>;
  /** What they cost together, µs: the median of the runs that have it. Absent: not measured on both sides. */
  cost?: Pair<number>;
  /** Ids of the side that has it, the later first. */
  examples: string[];
}

export interface Comparison {
  before: SideFacts;
  after: SideFacts;
  /** What else differs between the sides, or bounds what can be said; to be read first. */
  notes: string[];
  groups: GroupComparison[];
  hosts: HostComparison[];
  findings: FindingComparison[];
  /** Groups whose times were tested. */
  tested: number;
}
