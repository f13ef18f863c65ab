import { spawnSync } from 'node:child_process';
import { closeSync, mkdtempSync, openSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it } from 'vitest';

const SCRIPT = `
  import { processIo } from ${JSON.stringify(new URL('io.ts', import.meta.url).href)};
  const io = processIo();
  io.out('answer');
  io.note('note');
  setTimeout(() => process.exit(0), 200);`;

/** Where nothing can be written, as on a full disk. */
function run(full: 'stdout' | 'stderr') {
  const device = openSync('/dev/full', 'w');
  const stdio = full === 'stdout' ? (['ignore', device, 'pipe'] as const) : (['ignore', 'pipe', device] as const);
  const { status, stdout, stderr } = spawnSync(process.execPath, ['--input-type=module', '-e', SCRIPT], {
    stdio: [...stdio],
    encoding: 'utf8',
  });
  closeSync(device);
  return { status, stdout, stderr };
}

it('an answer that cannot be written is no answer: exit 2, in a sentence', () => {
  const { status, stderr } = run('stdout');
  expect(status).toBe(2);
  expect(stderr).toContain('launchgate: the answer could not be written: ENOSPC');
  expect(stderr).not.toMatch(/^\s+at /m);
});

it('notes that cannot be written end in exit 2 without more', () => {
  expect(run('stderr')).toMatchObject({ status: 2, stdout: 'answer\n' });
});

it('a working folder that was removed ends in exit 2, in a sentence', () => {
  const folder = mkdtempSync(join(tmpdir(), 'launchgate-gone-'));
  const path = JSON.stringify(folder);
  const leave = `process.chdir(${path}); process.getBuiltinModule('node:fs').rmdirSync(${path});`;
  const script = SCRIPT.replace('const io', `${leave}\n  const io`);
  const { status, stdout, stderr } = spawnSync(process.execPath, ['--input-type=module', '-e', script], {
    encoding: 'utf8',
  });
  expect({ status, stdout }).toEqual({ status: 2, stdout: '' });
  expect(stderr).toContain('launchgate: the working folder is not there any more');
  expect(stderr).not.toMatch(/^\s+at /m);
});

it.each([
  ['120', '120\n'],
  ['0', '80\n'],
  ['-5', '80\n'],
  ['wide', '80\n'],
])('a width of %s columns is taken for what it can be', (columns, width) => {
  const script = SCRIPT.replace("'answer'", 'String(io.columns)');
  const { stdout } = spawnSync(process.execPath, ['--input-type=module', '-e', script], {
    encoding: 'utf8',
    env: { ...process.env, COLUMNS: columns },
  });
  expect(stdout).toBe(width);
});
