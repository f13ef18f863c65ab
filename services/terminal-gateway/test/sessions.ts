/** What the tests of sessions share: a shell that floods, and waiting for the words that begin and end a connection. */
import { createHash } from 'node:crypto';
import { expect } from 'vitest';
import type { Browser } from './browser.ts';
import { until } from './platform.ts';

const COUNT = 300_000;
export const FLOOD = {
  shell: '/bin/bash',
  args: ['-c', `stty raw -echo; exec seq 1 ${COUNT}`],
  home: '/tmp',
  name: 'tester',
};
/** Of all that the flood writes. */
export function floodHash(): string {
  return createHash('sha256')
    .update(Array.from({ length: COUNT }, (_, i) => `${i + 1}\n`).join(''))
    .digest('hex');
}

/** Waits until the session is open. */
export async function ready(browser: Browser): Promise<Browser> {
  await until(() => browser.said('ready') ?? browser.close, 'ready');
  expect(browser.close).toBeUndefined();
  return browser;
}
/** Waits for the close. */
export const closed = (browser: Browser) => until(() => browser.close, 'the close');
