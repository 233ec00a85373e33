import { defineConfig } from 'vitest/config';

/** One after the other: they start browsers, servers and many processes of their own. */
const project = (name: string, include: string, timeout: number) => ({
  test: { name, include: [include], testTimeout: timeout, hookTimeout: 300_000, fileParallelism: false },
});

// Unit tests stand beside the source. What needs a built product, other Node versions or a real VS Code has its own
// project below test/, so that each can be run alone: `npx vitest --project unit`.
export default defineConfig({
  test: {
    projects: [
      {
        test: {
          name: 'unit',
          include: ['src/**/*.test.ts', 'webview/**/*.test.{ts,tsx}', 'test/architecture/*.test.ts'],
        },
      },
      project('cases', 'test/cases/**/*.test.ts', 120_000),
      project('matrix', 'test/matrix/**/*.test.ts', 120_000),
      project('webview', 'test/webview/**/*.test.ts', 120_000),
      project('e2e', 'test/e2e/**/*.e2e.ts', 300_000),
      {
        test: {
          name: 'hook',
          include: ['test/{hook,session,cli}/**/*.test.ts'],
          testTimeout: 60_000,
          hookTimeout: 120_000,
        },
      },
    ],
  },
});
