import { spawnSync } from 'node:child_process';
import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { makePlace } from './place.ts';
import { readState, writeState } from './state.ts';

let folder: string;
beforeEach(() => (folder = mkdtempSync(join(tmpdir(), 'launchgate-state-'))));
afterEach(() => rmSync(folder, { recursive: true, force: true }));

test('a state for which there is no room leaves the one before it, and nothing of itself', () => {
  const state = makePlace(folder, '/launchgate.yaml');
  writeState(folder, state);
  const grown = { ...state, spec: 'x'.repeat(20_000) };
  const said = withoutRoom(
    `const { writeState } = await import(${JSON.stringify(new URL('state.ts', import.meta.url).href)});
     try { writeState(${JSON.stringify(folder)}, ${JSON.stringify(grown)}) } catch (error) { console.log(error.code) }`,
  );
  expect(said).toBe('EFBIG');
  expect(readState(folder)).toEqual(state);
  expect(readdirSync(folder)).toEqual(['state.json']);
});

/** Runs a program whose files may have 16 blocks of 512 bytes. */
function withoutRoom(program: string): string {
  const node = [process.execPath, '--conditions=launchgate-source', '--input-type=module', '-e', program];
  const { stdout, stderr } = spawnSync('sh', ['-c', 'ulimit -f 16; exec "$@"', 'sh', ...node], { encoding: 'utf8' });
  return `${stdout}${stderr}`.trim();
}
