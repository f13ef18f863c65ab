/** The command where an older Node comes first on the PATH than the one that the checkout brings along. */
import { spawn } from 'node:child_process';
import { cpSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, onTestFinished, test } from 'vitest';

/** A checkout whose command runs `main`, and a module that makes the process that loads it, and none that it starts, an older Node. */
function checkout(main: string): { readonly command: string; readonly older: string } {
  const root = mkdtempSync(join(tmpdir(), 'launchgate-older-'));
  onTestFinished(() => rmSync(root, { recursive: true, force: true }));
  const folder = join(root, 'node_modules/node/bin');
  mkdirSync(folder, { recursive: true });
  symlinkSync(process.execPath, join(folder, 'node'));
  const command = join(root, 'bin/launchgate.js');
  cpSync(fileURLToPath(new URL('../../bin/launchgate.js', import.meta.url)), command);
  writeFileSync(join(root, 'package.json'), '{ "type": "module" }');
  const chunks = `class Chunks { load() { return { main: ${main} }; } keep() {} }\nmodule.exports = { Chunks };\n`;
  writeFileSync(join(root, 'bin/chunks.cjs'), chunks);
  const older = join(root, 'older.cjs');
  const versions = `Object.defineProperty(process, 'versions', { value: { ...process.versions, node: '20.0.0' } });`;
  writeFileSync(older, `delete process.env.NODE_OPTIONS;\n${versions}\n`);
  return { command, older };
}

/** Runs it with what it is told as soon as it says something; answers how it ended and what it had said by then. */
function run(
  main: string,
  told?: NodeJS.Signals,
): Promise<{ code: number | null; signal: string | null; out: string }> {
  const { command, older } = checkout(main);
  const child = spawn(process.execPath, [command, 'verb'], {
    env: { ...process.env, NODE_OPTIONS: `--require ${older}` },
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  let out = '';
  child.stdout.on('data', (text: Buffer) => {
    if (out === '' && told !== undefined) child.kill(told);
    out += text.toString();
  });
  return new Promise((resolve) => child.once('close', (code, signal) => resolve({ code, signal, out })));
}

test('it answers as the newer Node does', async () => {
  const main = 'async ([verb]) => { console.log(verb, process.versions.node.split(".")[0] >= 24); return 1; }';
  expect(await run(main)).toEqual({ code: 1, signal: null, out: 'verb true\n' });
});

test.each(['SIGINT', 'SIGTERM', 'SIGHUP'] as const)(
  '%s reaches what does the work, and is waited for',
  async (told) => {
    const main = `() => new Promise((resolve) => {
    const open = setInterval(() => undefined, 1000);
    process.once('${told}', () => setTimeout(() => { clearInterval(open); console.log('taken back'); resolve(2); }, 200));
    console.log('at work');
  })`;
    expect(await run(main, told)).toEqual({ code: 2, signal: null, out: 'at work\ntaken back\n' });
  },
);

test('what ends by a signal is told as such', async () => {
  const main = '() => { console.log("at work"); return new Promise((resolve) => setTimeout(resolve, 60_000)); }';
  expect(await run(main, 'SIGTERM')).toEqual({ code: null, signal: 'SIGTERM', out: 'at work\n' });
});
