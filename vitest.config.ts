import { availableParallelism } from 'node:os';
import { defineConfig } from 'vitest/config';

/** Workspaces are tested from their sources, without a build. */
const SOURCE = 'launchgate-source';

const EXCLUDED = ['**/node_modules/**', '**/fixtures/**', '**/dist/**'];
/** Suites that start a whole platform: one at a time, and after all others, or each would wait for the processes of the other. */
const PLATFORM = ['test/lab/**/*.test.ts', 'test/services/**/*.test.ts', 'test/drills/**/*.test.ts'];

export default defineConfig({
  ssr: {
    resolve: { conditions: [SOURCE, 'module', 'node', 'development|production'], externalConditions: [SOURCE, 'node'] },
  },
  test: {
    execArgv: [`--conditions=${SOURCE}`],
    testTimeout: 60_000,
    hookTimeout: 120_000,
    projects: [
      {
        extends: true,
        test: {
          name: 'parts',
          include: [
            'src/**/*.test.ts',
            'runtime/**/*.test.ts',
            'services/**/*.test.ts',
            'test/**/*.test.ts',
            'tools/**/*.test.ts',
          ],
          exclude: [...EXCLUDED, ...PLATFORM],
          sequence: { groupOrder: 0 },
          // Much of a suite is waiting for servers: on two cores one worker leaves half of them idle.
          maxWorkers: Math.max(2, availableParallelism() - 1),
        },
      },
      {
        extends: true,
        test: {
          name: 'platform',
          include: PLATFORM,
          exclude: EXCLUDED,
          fileParallelism: false,
          sequence: { groupOrder: 1 },
        },
      },
    ],
  },
});
