/**
 * Runs the test suites and ends with their counts. A suite that lacks a server or tool is counted and named; with
 * REQUIRE_ALL=1 it is an error instead. Arguments go to vitest.
 *
 * Suites with real servers run beside each other. Where few fail, their files run once more, alone: what then passes is no
 * failure, and is named as unsteady, with what it failed of at first.
 */
import { spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, relative } from 'node:path';

/** Files that may be asked again. More at once is no accident. */
const FEW = 3;

interface Run {
  readonly status: number | null;
  readonly report: VitestReport | undefined;
  /** Errors that no test awaited. */
  readonly unhandled: string;
}

interface VitestReport {
  readonly numPassedTests: number;
  readonly numFailedTests: number;
  readonly numPendingTests: number;
  readonly testResults: readonly FileResult[];
}

interface FileResult {
  readonly name: string;
  readonly status: string;
  readonly message?: string;
  readonly assertionResults: readonly {
    readonly fullName: string;
    readonly status: string;
    readonly failureMessages?: readonly string[];
  }[];
}

const scratch = mkdtempSync(join(tmpdir(), 'launchgate-test-'));
const lacksFile = join(scratch, 'lacks');
const all = runSuites(process.argv.slice(2));
const failed = failuresOf(all);
const alone = all.unhandled === '' && failed.length > 0 && failed.length <= FEW ? runAlone(failed) : undefined;
const lacking = existsSync(lacksFile) ? [...new Set(readFileSync(lacksFile, 'utf8').trim().split('\n'))].sort() : [];
rmSync(scratch, { recursive: true, force: true });
printSummary();
process.exitCode = holds() ? 0 : 1;

function runSuites(args: readonly string[]): Run {
  const folder = mkdtempSync(join(scratch, 'run-'));
  const [reportFile, unhandledFile] = [join(folder, 'report.json'), join(folder, 'unhandled')];
  const { status } = spawnSync(
    'vitest',
    [
      'run',
      '--silent',
      '--reporter=json',
      `--outputFile.json=${reportFile}`,
      `--reporter=${join(import.meta.dirname, 'unhandled.ts')}`,
      ...args,
    ],
    {
      stdio: 'inherit',
      env: { ...process.env, LAUNCHGATE_TEST_LACKS: lacksFile, LAUNCHGATE_TEST_UNHANDLED: unhandledFile },
    },
  );
  return {
    status,
    report: existsSync(reportFile) ? (JSON.parse(readFileSync(reportFile, 'utf8')) as VitestReport) : undefined,
    unhandled: existsSync(unhandledFile) ? readFileSync(unhandledFile, 'utf8') : '',
  };
}

function runAlone(files: readonly FileResult[]): Run {
  const names = files.map(({ name }) => relative(process.cwd(), name));
  console.log(`\nOnce more, alone: ${names.join(', ')}`);
  return runSuites(['--no-file-parallelism', ...names]);
}

function printSummary(): void {
  if (alone !== undefined) console.log('\nAt first, beside other suites:');
  printFailures(failed);
  if (alone !== undefined) {
    console.log(passes(alone) ? '\nAlone they pass.' : '\nAlone:');
    printFailures(failuresOf(alone));
  }
  const unhandled = `${all.unhandled}${alone?.unhandled ?? ''}`;
  if (unhandled !== '') console.log(`\nErrors that no test awaited:\n${unhandled}`);
  if (lacking.length > 0)
    console.log(
      `\n${lacking.length} tools are missing, and the suites that need them did not run in full:\n${lacking.map((lack) => `  ${lack}`).join('\n')}`,
    );
  console.log(all.report === undefined ? '\nThe test run wrote no report.' : `\n${counts(all.report)}`);
}

function failuresOf({ report }: Run): readonly FileResult[] {
  return report?.testResults.filter(({ status }) => status === 'failed') ?? [];
}

function printFailures(files: readonly FileResult[]): void {
  for (const { name, message, assertionResults } of files) {
    const tests = assertionResults.filter(({ status }) => status === 'failed');
    console.log(`\n${relative(process.cwd(), name)}`);
    if (tests.length === 0 && message !== undefined) console.log(`  ${message}`);
    for (const { fullName, failureMessages = [] } of tests)
      console.log(`  ${fullName}\n    ${failureMessages.join('\n').replaceAll('\n', '\n    ')}`);
  }
}

function counts({ numPassedTests, numFailedTests, numPendingTests }: VitestReport): string {
  const unsteady = alone !== undefined && passes(alone) ? ' (unsteady: alone they pass)' : '';
  return `${numPassedTests} passed, ${numFailedTests} failed${unsteady}, ${numPendingTests} skipped`;
}

function holds(): boolean {
  if (process.env['REQUIRE_ALL'] === '1' && lacking.some((lack) => lack.endsWith('tools/setup'))) return false;
  return passes(alone ?? all);
}

/** Whether a run came to its end with nothing failed, neither tests nor hooks nor files that do not load, and something passed. */
function passes(run: Run): boolean {
  return run.status === 0 && (run.report?.numPassedTests ?? 0) > 0 && failuresOf(run).length === 0;
}
