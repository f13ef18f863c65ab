import { spawnSync } from 'node:child_process';
import { chmodSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeEach, describe, expect, test } from 'vitest';
import { parse } from 'yaml';
import { z } from 'zod';

const read = (file: string): unknown => parse(readFileSync(new URL(`../../${file}`, import.meta.url), 'utf8'));
const step = z.looseObject({
  name: z.string(),
  id: z.string().optional(),
  uses: z.string().optional(),
  run: z.string().optional(),
});
const action = z
  .looseObject({
    inputs: z.record(z.string(), z.looseObject({ description: z.string() })),
    runs: z.looseObject({ steps: z.array(step) }),
  })
  .parse(read('action.yml'));

describe('action.yml', () => {
  test('every action it uses is pinned by a full commit', () => {
    const uses = action.runs.steps.flatMap((each) => each.uses ?? []);
    expect(uses.length).toBeGreaterThan(0);
    for (const reference of uses) expect(reference).toMatch(/^[\w-]+(?:\/[\w-]+)+@[0-9a-f]{40}$/);
  });

  test('no input becomes text of a script', () => {
    for (const { run } of action.runs.steps) expect(run ?? '').not.toContain('${{');
  });
});

describe('the check step', () => {
  const home = mkdtempSync(join(tmpdir(), 'launchgate-action-'));
  afterAll(() => rmSync(home, { recursive: true, force: true }));
  const script = action.runs.steps.find((each) => each.id === 'check')?.run ?? '';
  const file = (name: string): string => join(home, name);

  beforeEach(() => {
    mkdirSync(file('node_modules/.bin'), { recursive: true });
    for (const name of ['output', 'summary', 'calls']) writeFileSync(file(name), '');
  });

  /** Runs the script with a stand-in for Launchgate that notes its arguments, one call a line, and ends with a status. */
  function runStep(status: number, inputs: Record<string, string> = {}) {
    const standIn = `#!/bin/sh
shift
printf '[%s]' "$@" >> "${file('calls')}"; echo >> "${file('calls')}"
for one in "$@"; do case "$one" in sarif=*|markdown=*|html=*) echo report > "\${one#*=}";; esac; done
echo report
exit ${status}
`;
    writeFileSync(file('node_modules/.bin/node'), standIn);
    chmodSync(file('node_modules/.bin/node'), 0o755);
    const env = {
      PATH: process.env['PATH'],
      LAUNCHGATE_ROOT: home,
      RUNNER_TEMP: home,
      GITHUB_OUTPUT: file('output'),
      GITHUB_STEP_SUMMARY: file('summary'),
      CHECK_PATH: '.',
      CHECK_ENVIRONMENT: '',
      CHECK_FAIL_ON: 'low',
      CHECK_FORMAT: 'html',
      ...inputs,
    };
    const { status: exit, stdout: said } = spawnSync(
      'bash',
      ['--noprofile', '--norc', '-eo', 'pipefail', '-c', script],
      {
        env,
        encoding: 'utf8',
      },
    );
    return {
      exit,
      said,
      output: readFileSync(file('output'), 'utf8'),
      calls: readFileSync(file('calls'), 'utf8').trim().split('\n'),
    };
  }

  test.each([0, 1, 2])('keeps exit status %i and writes every report of one check', (status) => {
    const { exit, output, calls } = runStep(status);
    expect(exit).toBe(0);
    expect(calls).toHaveLength(1);
    expect(output).toContain(`exit-code=${status}\n`);
    expect(output).toContain('sarif=');
    const [, named = 'none'] = /^report=(.*)$/m.exec(output) ?? [];
    expect(named).toMatch(/\/launchgate-[^/]+\/launchgate\.html$/);
    expect(readFileSync(named, 'utf8')).toBe('report\n');
    expect(readFileSync(file('summary'), 'utf8')).toBe('report\n');
  });

  test('passes inputs as they are', () => {
    const hostile = '--platform=$(touch pwned) "; x';
    const { calls } = runStep(0, { CHECK_PATH: hostile, CHECK_ENVIRONMENT: 'a b', CHECK_FAIL_ON: 'high' });
    const reports = calls[0]?.replaceAll(/\[--report\]\[\w+=[^\]]*\]/g, '');
    expect(reports).toBe(`[check][--fail-on][high][--environment][a b][--][${hostile}]`);
  });

  test('an unknown format fails the step before anything is checked, and nothing of it is repeated', () => {
    const { exit, calls, said } = runStep(0, { CHECK_FORMAT: 'pdf\n::error::x' });
    expect({ exit, calls }).toEqual({ exit: 2, calls: [''] });
    expect(said.trim().split('\n')).toHaveLength(1);
  });

  test('two uses in one job keep their reports apart', () => {
    runStep(0);
    const named = [...runStep(0).output.matchAll(/^report=(.*)$/gm)].map(([, path]) => path);
    expect(new Set(named).size).toBe(2);
  });

  test('nothing that the repository says is a command to the runner', () => {
    const { said } = runStep(0, { CHECK_FORMAT: 'none' });
    const [, token = 'none'] = /^::stop-commands::([0-9a-f]{32})\n/.exec(said) ?? [];
    expect(said).toBe(`::stop-commands::${token}\nreport\n::${token}::\n`);
  });
});

test('.pre-commit-hooks.yaml runs for what Launchgate reads', () => {
  const [hook] = z
    .array(z.looseObject({ id: z.string(), files: z.string(), entry: z.string() }))
    .parse(read('.pre-commit-hooks.yaml'));
  const files = new RegExp((hook?.files ?? '').replace('(?x)', '').replaceAll(/\s/g, ''));
  for (const path of [
    'a/deploy.yaml',
    'main.tf',
    '.github/CODEOWNERS',
    'api/Dockerfile.prod',
    'redis.conf',
    'docs/runbook.md',
  ])
    expect(path).toMatch(files);
  for (const path of ['src/main.go', 'logo.png', 'Dockerfiles/readme.txt']) expect(path).not.toMatch(files);
});
