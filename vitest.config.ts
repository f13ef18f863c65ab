import { defineConfig } from 'vitest/config';

/** Workspaces are tested from their sources, without a build. */
const SOURCE = 'launchgate-source';

export default defineConfig({
  ssr: {
    resolve: { conditions: [SOURCE, 'module', 'node', 'development|production'], externalConditions: [SOURCE, 'node'] },
  },
  test: {
    include: [
      'src/**/*.test.ts',
      'runtime/**/*.test.ts',
      'services/**/*.test.ts',
      'test/**/*.test.ts',
      'tools/**/*.test.ts',
    ],
    exclude: ['**/node_modules/**', '**/fixtures/**', '**/dist/**'],
    execArgv: [`--conditions=${SOURCE}`],
    testTimeout: 30_000,
    hookTimeout: 60_000,
  },
});
