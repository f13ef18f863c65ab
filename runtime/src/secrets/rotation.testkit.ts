/** What the suites of rotation share: secrets in files that are swapped as a kubelet does, and load that waits for nothing. */
import { mkdtempSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll } from 'vitest';
import { openSecret, type SecretSource } from './index.ts';

let folder: string;
beforeAll(() => (folder = mkdtempSync(join(tmpdir(), 'launchgate-rotation-'))));
afterAll(() => rmSync(folder, { recursive: true }));

export function write(name: string, value: string): void {
  writeFileSync(join(folder, `${name}.new`), value, { mode: 0o600 });
  renameSync(join(folder, `${name}.new`), join(folder, name));
}
export function follow(name: string, value: string): Promise<SecretSource> {
  write(name, value);
  return openSecret(name, { env: { [`${name}_FILE`]: join(folder, name) }, debounceMs: 20 });
}
export async function until(holds: () => boolean | Promise<boolean>): Promise<void> {
  while (!(await holds())) await sleep(10);
}

/** Calls at their due times, whatever becomes of the earlier ones. */
export function load(call: () => Promise<unknown>): { enough(): Promise<void>; stop(): Promise<unknown[]> } {
  const failures: unknown[] = [];
  const running: Promise<unknown>[] = [];
  const timer = setInterval(() => running.push(call().catch((error: unknown) => failures.push(error))), 4);
  return {
    async enough() {
      const before = running.length;
      await until(() => running.length >= before + 50);
    },
    async stop() {
      clearInterval(timer);
      await Promise.all(running);
      return failures;
    },
  };
}
