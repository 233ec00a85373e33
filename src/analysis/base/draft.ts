/** Findings while they are made. */
import type { Evidence, Finding } from '../../model/records';
import { longest, maxSubjects } from './limits';
import { clip } from './places';

/** A finding before it has its id. */
export type Draft = Omit<Finding, 'id' | 'analysisVersion'>;

export interface Said {
  rule: string;
  severity: 'info' | 'warning' | 'error';
  title: string;
  text: string;
  fault: Finding['fault'];
  certainty: 'sure' | 'likely' | 'unclear';
  subjects: readonly string[];
  evidence: Evidence[];
  advice?: string;
}

export function draft({ subjects, advice, text, ...said }: Said): Draft {
  return {
    ...said,
    text: clip(text),
    subjects: subjects.slice(0, maxSubjects),
    ...(subjects.length > maxSubjects ? { subjectCount: subjects.length } : {}),
    ...(advice === undefined ? {} : { advice: clip(advice, longest.advice) }),
  };
}

/** A duration of a record, as evidence. */
export const time = (what: string, value: number, ref?: string, field?: string): Evidence => ({
  ...(ref === undefined ? {} : { ref }),
  ...(field === undefined ? {} : { field }),
  what,
  value,
  unit: 'us',
});
/** Figures that are what all subjects of a finding cost together: by them it is compared between runs. */
export const costs = ['total setup', 'total time', 'total wait', 'time lost', 'wait for a thread'] as const;

export const costTime = (what: (typeof costs)[number], value: number, ref?: string, field?: string): Evidence =>
  time(what, value, ref, field);

export const number = (what: string, value: number, ref?: string): Evidence => ({
  ...(ref === undefined ? {} : { ref }),
  what,
  value,
  unit: 'count',
});
export const words = (what: string, value: string, ref?: string, field?: string): Evidence => ({
  ...(ref === undefined ? {} : { ref }),
  ...(field === undefined ? {} : { field }),
  what,
  value,
});
