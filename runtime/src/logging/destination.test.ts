import { spawn } from 'node:child_process';
import { openSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { createLogger, flushLogger } from './index.ts';

const folder = mkdtempSync(join(tmpdir(), 'launchgate-log-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

test('every line arrives once and in order, also across batches', async () => {
  const file = join(folder, 'lines.log');
  const log = createLogger({ service: 'test', destination: { fd: openSync(file, 'w') } });
  for (let index = 0; index < 5000; index += 1) {
    log.info({ index }, 'line');
    if (index % 1000 === 0) await new Promise((resolve) => setImmediate(resolve));
  }
  await flushLogger(log, 10_000);
  const seen = readFileSync(file, 'utf8')
    .trim()
    .split('\n')
    .map((line) => (JSON.parse(line) as { index: number }).index);
  expect(seen).toEqual(Array.from({ length: 5000 }, (_, index) => index));
});

const INDEX = new URL('index.ts', import.meta.url).href;

/** Runs a program with `log`; `read: false` leaves its output unread. */
async function program(code: string, read = true): Promise<string> {
  const text = `import { createLogger } from ${JSON.stringify(INDEX)};\nconst log = createLogger({ service: 'test' });\n${code}`;
  const child = spawn(process.execPath, ['--conditions=launchgate-source', '--input-type=module', '-e', text], {
    stdio: ['ignore', 'pipe', 'ignore'],
  });
  let out = '';
  if (read) child.stdout.on('data', (chunk: Buffer) => (out += chunk.toString()));
  await new Promise((resolve) => child.once(read ? 'close' : 'exit', resolve));
  return out;
}

test('the last lines of a process that exits or crashes are written', async () => {
  expect(await program(`log.info('bye'); process.exit(3);`)).toContain('"msg":"bye"');
  expect(await program(`log.fatal('dead'); throw new Error('x');`)).toContain('"msg":"dead"');
  expect(await program(`log.info('end');`)).toContain('"msg":"end"');
});

test('a reader that takes nothing does not hold up the process', async () => {
  const code = `for (let i = 0; i < 20000; i += 1) log.info('x'.repeat(100)); setTimeout(() => process.kill(process.pid, 'SIGKILL'), 50);`;
  expect(await program(code, false)).toBe('');
});
