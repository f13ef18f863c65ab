/**
 * Runs the test suites and ends with their counts. A suite that lacks a server or tool is counted and named; with
 * REQUIRE_ALL=1 it is an error instead. Arguments go to vitest.
 */
import { spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, relative } from 'node:path';

interface VitestReport {
  readonly numPassedTests: number;
  readonly numFailedTests: number;
  readonly numPendingTests: number;
  readonly testResults: readonly {
    readonly name: string;
    readonly status: string;
    readonly message?: string;
    readonly assertionResults: readonly {
      readonly fullName: string;
      readonly status: string;
      readonly failureMessages?: readonly string[];
    }[];
  }[];
}

const scratch = mkdtempSync(join(tmpdir(), 'launchgate-test-'));
const reportFile = join(scratch, 'report.json');
const lacksFile = join(scratch, 'lacks');
const { status } = spawnSync(
  'vitest',
  ['run', '--silent', '--reporter=json', `--outputFile.json=${reportFile}`, ...process.argv.slice(2)],
  {
    stdio: 'inherit',
    env: { ...process.env, LAUNCHGATE_TEST_LACKS: lacksFile },
  },
);
const lacking = existsSync(lacksFile) ? [...new Set(readFileSync(lacksFile, 'utf8').trim().split('\n'))].sort() : [];
const report = existsSync(reportFile) ? (JSON.parse(readFileSync(reportFile, 'utf8')) as VitestReport) : undefined;
rmSync(scratch, { recursive: true, force: true });

if (report !== undefined) printFailures(report);
if (lacking.length > 0)
  console.log(
    `\n${lacking.length} tools are missing, and the suites that need them did not run in full:\n${lacking.map((lack) => `  ${lack}`).join('\n')}`,
  );
console.log(
  report === undefined
    ? '\nThe test run wrote no report.'
    : `\n${report.numPassedTests} passed, ${report.numFailedTests} failed, ${report.numPendingTests} skipped`,
);
process.exitCode = verdict();

function printFailures({ testResults }: VitestReport): void {
  for (const { name, status: outcome, message, assertionResults } of testResults) {
    const failed = assertionResults.filter((test) => test.status === 'failed');
    if (failed.length === 0 && outcome !== 'failed') continue;
    console.log(`\n${relative(process.cwd(), name)}`);
    if (failed.length === 0 && message !== undefined) console.log(`  ${message}`);
    for (const test of failed)
      console.log(`  ${test.fullName}\n    ${(test.failureMessages ?? []).join('\n').replaceAll('\n', '\n    ')}`);
  }
}

function verdict(): number {
  if (report === undefined || report.numFailedTests > 0) return 1;
  if (process.env['REQUIRE_ALL'] === '1' && lacking.some((lack) => lack.endsWith('tools/setup'))) return 1;
  return status ?? 1;
}
