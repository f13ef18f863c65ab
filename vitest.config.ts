import { availableParallelism } from 'node:os';
import { defineConfig } from 'vitest/config';

/** Workspaces are tested from their sources, without a build. */
const SOURCE = 'launchgate-source';

const EXCLUDED = ['**/node_modules/**', '**/fixtures/**', '**/dist/**'];
/** What starts no servers and holds no state: its files share their modules, which else are loaded anew for each, and takes half of the time. */
const PURE = ['controls', 'engine', 'gate', 'import', 'ledger', 'model', 'proofs', 'report'].map(
  (layer) => `src/${layer}/**/*.test.ts`,
);
/** Much of a suite is waiting for servers: on two cores one worker leaves half of them idle. */
const WORKERS = Math.max(2, availableParallelism() - 1);
/** Suites that start a whole platform: one at a time, and after all others, or each would wait for the processes of the other. */
const PLATFORM = ['test/lab/{platform,whole}.test.ts', 'test/services/**/*.test.ts', 'test/drills/**/*.test.ts'];

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
          name: 'pure',
          include: PURE,
          exclude: EXCLUDED,
          isolate: false,
          sequence: { groupOrder: 0 },
          maxWorkers: WORKERS,
        },
      },
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
          exclude: [...EXCLUDED, ...PURE, ...PLATFORM],
          sequence: { groupOrder: 0 },
          maxWorkers: WORKERS,
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
