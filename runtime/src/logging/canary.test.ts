/** Secrets through every way into a log, in a real process whose real output is searched. */
import { spawn } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import { checkLine } from './index.ts';

const PROGRAM = fileURLToPath(new URL('canary-program.ts', import.meta.url));
const CANARY = 'CANARYq7Zx81';

/** All that the program wrote to both of its streams, and how it ended. */
function run(...args: string[]): Promise<{ out: string; code: number | null }> {
  const child = spawn(process.execPath, ['--conditions=launchgate-source', PROGRAM, ...args], {
    env: { ...process.env, CANARY, NODE_OPTIONS: '' },
  });
  let out = '';
  for (const stream of [child.stdout, child.stderr]) stream.on('data', (chunk: Buffer) => (out += chunk.toString()));
  return new Promise((resolve, reject) => {
    child.once('error', reject);
    child.once('close', (code) => resolve({ out, code }));
  });
}

test('no secret is in the output, and every line fits the schema', async () => {
  const { out, code } = await run();
  expect(code).toBe(0);
  expect(out).toContain('[redacted]');
  expect(out.includes(CANARY), out.slice(Math.max(0, out.indexOf(CANARY) - 300), out.indexOf(CANARY) + 40)).toBe(false);
  const lines = out.trim().split('\n');
  expect(lines.length).toBeGreaterThan(60);
  expect(lines.flatMap((line) => checkLine(line).map((fault) => `${fault}: ${line.slice(0, 200)}`))).toEqual([]);
  const requests = lines.filter((line) => line.includes('"msg":"request"'));
  expect(requests.flatMap((line) => checkLine(line, 'request'))).toEqual([]);
  expect(requests.map((line) => (JSON.parse(line) as { status: number }).status).sort()).toEqual([200, 404, 500]);
});

test('the canary is seen when redaction is switched off', async () => {
  const { out } = await run('off');
  expect(out).toContain(CANARY);
});
