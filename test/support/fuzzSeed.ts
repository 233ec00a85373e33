/**
 * Property tests run with one fixed seed, so that a run says the same thing twice; FUZZ_SEED=random (or a number)
 * searches elsewhere, and FUZZ_RUNS more often.
 */
import fc from 'fast-check';

const { FUZZ_SEED = '20261121', FUZZ_RUNS } = process.env;
fc.configureGlobal({
  ...(FUZZ_SEED === 'random' ? {} : { seed: Number(FUZZ_SEED) }),
  ...(FUZZ_RUNS ? { numRuns: Number(FUZZ_RUNS) } : {}),
});
