import type { World } from './world';

/** What has to hold, in words, and whether it does. */
export type Checks = Readonly<Record<string, boolean>>;

export interface Measured {
  /** Figures of this run, as a sentence. */
  readonly measured: string;
  readonly checks: Checks;
}

/** Why this machine cannot run it. */
export interface NotRun {
  readonly notRun: string;
}

export type Outcome = Measured | NotRun;

export interface Scenario {
  /** Names it on the command line. */
  readonly name: string;
  readonly fault: string;
  readonly promise: string;
  /** Files of tests of `npm test` that run the same, or a part of it; empty: only this command does. */
  readonly tests: readonly string[];
  run(world: World): Promise<Outcome>;
}

/** The checks that do not hold. */
export const broken = ({ checks }: Measured): string[] =>
  Object.entries(checks).flatMap(([words, holds]) => (holds ? [] : [words]));
