import { spawn } from 'node:child_process';
import { openSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { descriptor } from './destination.ts';
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

test('a line longer than a batch arrives whole between short ones, whatever its characters', async () => {
  const file = join(folder, 'long.log');
  const out = descriptor(openSync(file, 'w'));
  const lines = ['a', 'é€😀'.repeat(100_000), 'b', 'ü'.repeat(65_536), 'c'].map((text) => `${text}\n`);
  for (const line of lines) out.write(line);
  await new Promise<void>((resolve) => out.flush?.(() => resolve()));
  expect(readFileSync(file, 'utf8') === lines.join('')).toBe(true);
});

test('a line that nothing follows and nobody asks for is written soon', async () => {
  const file = join(folder, 'alone.log');
  descriptor(openSync(file, 'w')).write('alone\n');
  while (readFileSync(file, 'utf8') === '') await new Promise((resolve) => setTimeout(resolve, 10));
  expect(readFileSync(file, 'utf8')).toBe('alone\n');
});

test('a reader that stalled and comes back finds whole lines in order, up to the first that was dropped, and how many were', async () => {
  const child = spawn('cat', { stdio: ['pipe', 'pipe', 'ignore'] });
  child.stdout.pause();
  // oxlint-disable-next-line no-underscore-dangle -- the pipe's descriptor is told nowhere else
  const { fd } = (child.stdin as unknown as { _handle: { fd: number } })._handle;
  const out = descriptor(fd);
  const text = 'x'.repeat(1000);
  for (let index = 0; index < 20_000; index += 1) {
    out.write(`${index} ${text}\n`);
    if (index % 100 === 0) await new Promise((resolve) => setImmediate(resolve));
  }
  let seen = '';
  child.stdout.on('data', (chunk: Buffer) => (seen += chunk.toString()));
  child.stdout.resume();
  await new Promise<void>((resolve) => out.flush?.(() => resolve()));
  for (const line of ['{"msg":"back"}\n', '{"msg":"again"}\n']) out.write(line);
  await new Promise<void>((resolve) => out.flush?.(() => resolve()));
  child.stdin.end();
  await new Promise((resolve) => child.once('close', resolve));
  const lines = seen.split('\n').slice(0, -1);
  const told = lines.splice(-2);
  expect(told).toEqual([`{"lines_dropped":${20_000 - lines.length},"msg":"back"}`, '{"msg":"again"}']);
  expect(lines.filter((line, index) => line !== `${index} ${text}`)).toEqual([]);
  // Eight megabytes wait, and what the pipes hold.
  expect(lines.length).toBeGreaterThan(8000);
  expect(lines.length).toBeLessThan(10_000);
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

test(
  'a reader that takes nothing does not keep the process from ending, by whatever way',
  { timeout: 20_000 },
  async () => {
    const flood = `const flood = setInterval(() => { for (let i = 0; i < 200; i += 1) log.info('x'.repeat(1000)); }, 1);`;
    const ends = ['process.exit(3);', `throw new Error('x');`, 'process.kill(process.pid);', 'clearInterval(flood);'];
    for (const end of ends)
      await program(`process.on('SIGTERM', () => process.exit(0)); ${flood} setTimeout(() => { ${end} }, 300);`, false);
  },
);

test('a reader that is slow gets the last lines whole', async () => {
  const out = await program(`for (let i = 0; i < 3000; i += 1) log.info('x'.repeat(1000)); process.exit(0);`);
  expect(
    out
      .trim()
      .split('\n')
      .map((line) => (JSON.parse(line) as { msg: string }).msg.length),
  ).toEqual(Array(3000).fill(1000));
});

test('a reader that takes nothing does not hold up the process', async () => {
  const code = `for (let i = 0; i < 20000; i += 1) log.info('x'.repeat(100)); setTimeout(() => process.kill(process.pid, 'SIGKILL'), 50);`;
  expect(await program(code, false)).toBe('');
});
