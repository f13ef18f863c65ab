/**
 * Runs the test suites and ends with their counts. A suite that lacks a server or tool is counted and named; with
 * REQUIRE_ALL=1 it is an error instead. Arguments go to vitest.
 */
import { spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

interface VitestReport {
  readonly numPassedTests: number;
  readonly numFailedTests: number;
  readonly numPendingTests: number;
  readonly numFailedTestSuites: number;
}

const scratch = mkdtempSync(join(tmpdir(), 'launchgate-test-'));
const report = join(scratch, 'report.json');
const lacks = join(scratch, 'lacks');
const { status } = spawnSync(
  'vitest',
  ['run', '--reporter=dot', '--reporter=json', `--outputFile.json=${report}`, ...process.argv.slice(2)],
  {
    stdio: 'inherit',
    env: { ...process.env, LAUNCHGATE_TEST_LACKS: lacks },
  },
);

const lacking = existsSync(lacks) ? [...new Set(readFileSync(lacks, 'utf8').trim().split('\n'))].sort() : [];
if (lacking.length > 0)
  console.log(
    `\n${lacking.length} suites lack something and did not run in full:\n${lacking.map((lack) => `  ${lack}`).join('\n')}`,
  );

const counts = existsSync(report) ? (JSON.parse(readFileSync(report, 'utf8')) as VitestReport) : undefined;
rmSync(scratch, { recursive: true, force: true });
if (counts === undefined) console.log('\nThe test run wrote no report.');
else
  console.log(`\n${counts.numPassedTests} passed, ${counts.numFailedTests} failed, ${counts.numPendingTests} skipped`);

const strict = process.env['REQUIRE_ALL'] === '1' && lacking.some((lack) => lack.endsWith('tools/setup'));
process.exitCode = counts === undefined || counts.numFailedTests > 0 || strict ? 1 : (status ?? 1);
