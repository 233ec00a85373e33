import { defineConfig } from 'vitest/config';

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
