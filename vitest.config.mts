import { defineConfig } from 'vitest/config';

interface Options {
  timeoutMs?: number;
  /** Files at a time; each has servers and programs of its own. */
  workers?: number;
  /** Modules are loaded again for each file; else once a worker, which takes half of the time where files are small. */
  isolate?: boolean;
}

const project = (
  name: string,
  include: string[],
  { timeoutMs = 60_000, workers = 2, isolate = true }: Options = {},
) => ({
  test: {
    name,
    include,
    globalSetup: ['test/support/scratch.ts'],
    setupFiles: ['test/support/fuzzSeed.ts'],
    testTimeout: timeoutMs,
    hookTimeout: 300_000,
    // A state is waited for as long as a busy machine needs.
    expect: { poll: { timeout: 20_000 } },
    // The one line of a failure in the last lines of `npm test` shows what differs.
    chaiConfig: { truncateThreshold: 400 },
    isolate,
    fileParallelism: workers > 1,
    maxWorkers: workers,
  },
});

// Unit tests stand beside the source. What needs the built product, other Node versions or a real VS Code has its own
// project below test/, so that each can be run alone: `npx vitest run --project unit`.
export default defineConfig({
  test: {
    projects: [
      project(
        'unit',
        ['src/**/*.test.ts', 'webview/**/*.test.{ts,tsx}', 'scripts/**/*.test.mjs', 'test/architecture/*.test.ts'],
        { isolate: false },
      ),
      project('hook', ['test/{hook,session,cli,samples}/**/*.test.ts'], { isolate: false, workers: 3 }),
      // One file at a time: its figures are compared with the server's own within 25 ms.
      project('cases', ['test/cases/**/*.test.ts'], { timeoutMs: 120_000, workers: 1, isolate: false }),
      project('matrix', ['test/matrix/**/*.test.ts'], { timeoutMs: 120_000, isolate: false }),
      // One file at a time: they count what the whole machine does.
      project('native', ['test/native/**/*.test.ts'], { workers: 1, isolate: false }),
      project('webview', ['test/webview/**/*.test.ts'], { timeoutMs: 120_000, workers: 1, isolate: false }),
      // One worker, which builds the packages once for all files.
      project('package', ['test/package/*.test.ts'], { timeoutMs: 120_000, workers: 1, isolate: false }),
      // One worker, as wine's first start is shared.
      project('windows', ['test/windows/*.test.ts'], { timeoutMs: 120_000, workers: 1, isolate: false }),
      // Not of `npm test`: times, which say something on a quiet machine only.
      project('bench', ['test/bench/*.bench.ts'], { timeoutMs: 300_000, workers: 1 }),
      // Not of `npm test` either: `npm run coverage` installs its packages first.
      project('coverage', ['test/coverage/*.coverage.ts'], { timeoutMs: 120_000, workers: 1 }),
      // Nor this: `npm run pictures` makes those of the docs.
      project('pictures', ['test/pictures/*.pictures.ts'], { timeoutMs: 300_000, workers: 1 }),
      project('e2e', ['test/e2e/**/*.e2e.ts'], { timeoutMs: 300_000, workers: 1 }),
    ],
  },
});
