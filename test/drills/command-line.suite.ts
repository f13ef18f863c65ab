/** `launchgate drill` as a person types it, on the lab: run, evidence, report, gate, a drill in a file, Ctrl-C. */
import { execFile, execFileSync, spawn } from 'node:child_process';
import { cpSync, existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { DrillReport } from '../../src/model/drill/report.ts';
import type { Decision } from '../../src/model/report.ts';
import { SPEC } from '../lab/platform/platform.ts';
import type { DrillLab } from './drill-lab.ts';

const LONG = 180_000;
const COMMAND = join(import.meta.dirname, '..', 'lab', 'command.ts');
const CONDITIONS = '--conditions=launchgate-source';

interface Said {
  readonly code: number;
  readonly out: string;
  readonly err: string;
}

export function suite(lab: () => DrillLab): void {
  let base = '';
  let root = '';
  const env = (): NodeJS.ProcessEnv => ({ ...process.env, LAUNCHGATE_HOME: join(base, 'home'), NO_COLOR: '1' });
  const argvOf = (args: readonly string[]): string[] => [CONDITIONS, COMMAND, ...args];
  const launchgate = (...args: string[]): Promise<Said> =>
    new Promise((resolve) => {
      execFile(
        process.execPath,
        argvOf(args),
        { cwd: root, env: env(), maxBuffer: 64 * 1024 * 1024 },
        (error, out, err) => resolve({ code: error === null ? 0 : Number(error.code), out, err }),
      );
    });
  const on = (): string[] => ['--directory', lab().platform.open.lab.directory, '--no-render'];

  beforeAll(() => {
    base = mkdtempSync(join(tmpdir(), 'launchgate-drill-cli-'));
    root = join(base, 'gpu-cloud');
    cpSync(dirname(SPEC), root, { recursive: true, filter: (path) => !path.endsWith('/.launchgate') });
    const git = (...args: string[]): void =>
      void execFileSync('git', ['-c', 'user.name=Dev', '-c', 'user.email=dev@example.com', ...args], { cwd: root });
    git('init', '-q', '-b', 'main');
    git('add', '-A');
    git('commit', '-q', '-m', 'The platform');
  }, LONG);
  afterAll(() => rmSync(base, { recursive: true, force: true }));

  describe('drill run', () => {
    test(
      'starts a policy where nobody has, records evidence for each subject, and the gate of the lab takes it',
      async () => {
        const { code, out, err } = await launchgate('drill', 'run', 'edge-limits', ...on(), '-f', 'json');
        const report = JSON.parse(out) as DrillReport;
        expect(report.outcome, err).toBe('pass');
        expect(code).toBe(0);
        expect(err).toMatch(/Nobody had started a policy here.*\n {2}policy version 1: owner \S+, key sha256:/);
        expect(report.target).toEqual({ environment: 'lab', identity: lab().target.identity });
        const verdicts = report.drills[0]!.verdicts;
        expect(verdicts.length).toBeGreaterThan(0);
        for (const { evidence } of verdicts) expect(evidence).toMatch(/^sha256:/);
        const gate = await launchgate('gate', 'lab-rehearsal', '--no-render', '--trust-pins', '-f', 'json');
        const decision = JSON.parse(gate.out) as Decision;
        const own = decision.requirements.filter(({ control }) => control === 'edge-limits');
        expect(own.map(({ state }) => state)).toEqual(verdicts.map(() => 'satisfied'));
        // What was not drilled is missing, and says so.
        expect(decision.verdict).toBe('NO-GO');
        expect(decision.requirements.some(({ state }) => state === 'missing')).toBe(true);
      },
      LONG,
    );

    test(
      'writes the page with its time line',
      async () => {
        const page = join(base, 'drills.html');
        const { code } = await launchgate('drill', 'run', 'edge-limits', ...on(), '-f', 'html', '--output', page);
        expect(code).toBe(0);
        expect(readFileSync(page, 'utf8')).toContain('class="timeline"');
      },
      LONG,
    );
  });

  describe('a drill in a file', () => {
    const drill = (most: number): string => `apiVersion: launchgate/v1
kind: Drill
name: api-frozen
title: A frozen replica
summary: Freezes one replica of the API.
blastRadius: One replica of the API.
hypothesis:
  - { name: the edge answers, http: { service: api, path: /api/v1/nodes }, atLeast: 200, atMost: 499 }
steps:
  - { name: freeze a replica, process: { part: api-1, do: freeze } }
  - { name: wait, pause: 500ms }
  - { name: time of the console, http: { service: console, path: /, value: ms }, measure: { unit: ms, atMost: ${most} } }
`;

    test.each([
      [30_000, 'pass', 0],
      [0, 'fail', 1],
    ])(
      'with at most %i ms it is a %s',
      async (most, outcome, status) => {
        const file = join(base, 'mine.yaml');
        writeFileSync(file, drill(most));
        const { code, out, err } = await launchgate('drill', 'run', '--file', file, ...on(), '-f', 'json');
        const report = JSON.parse(out) as DrillReport;
        expect(report.outcome, `${err}${report.drills[0]?.because}`).toBe(outcome);
        expect(code).toBe(status);
        expect(report.drills[0]?.verdicts).toMatchObject([{ subject: 'drill/api-frozen' }]);
        expect(report.drills[0]?.verdicts[0]?.evidence).toBeUndefined();
      },
      LONG,
    );

    test(
      'that is interrupted takes everything back, and is no pass',
      async () => {
        const file = join(base, 'long.yaml');
        writeFileSync(file, drill(30_000).replace('pause: 500ms', 'pause: 60s'));
        const child = spawn(process.execPath, argvOf(['drill', 'run', '--file', file, ...on(), '-f', 'json']), {
          cwd: root,
          env: env(),
        });
        let out = '';
        child.stdout.on('data', (chunk: Buffer) => (out += chunk.toString()));
        const ended = new Promise((resolve) => child.once('close', resolve));
        await until(() =>
          journals(root).some((journal) => journal.includes('"thaw"') && !journal.includes('"closed"')),
        );
        child.kill('SIGINT');
        const code = await ended;
        expect(code).toBe(2);
        const report = JSON.parse(out) as DrillReport;
        expect(report.drills[0]?.runs[0]?.halted).toMatchObject({ name: 'interrupted' });
        expect(report.drills[0]?.runs[0]?.faults.every(({ undoneMs }) => undoneMs !== undefined)).toBe(true);
        expect((await launchgate('drill', 'cleanup')).err).toContain('Nothing was left');
      },
      LONG,
    );
  });
}

/** The undo journals of all runs. */
function journals(root: string): string[] {
  const runs = join(root, '.launchgate', 'drills');
  return readdirSync(runs).flatMap((run) => {
    const file = join(runs, run, 'journal.jsonl');
    return existsSync(file) ? [readFileSync(file, 'utf8')] : [];
  });
}

async function until(holds: () => boolean): Promise<void> {
  while (!holds()) await sleep(100);
}
