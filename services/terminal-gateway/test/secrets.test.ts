/** What operators prove themselves with, from a variable or a file. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { SILENT } from '@launchgate/runtime/logging';
import { expect, it, onTestFinished } from 'vitest';
import { openSecrets } from '../src/secrets.ts';

const KEYS = { TERMINAL_TICKET_PUBLIC_KEY: 'any' };

it('takes no admin token that can be guessed, whether it stands in a variable or in a file', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'launchgate-token-'));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  const file = join(folder, 'token');
  writeFileSync(file, 'short');
  for (const env of [{ ADMIN_TOKEN: 'short' }, { ADMIN_TOKEN_FILE: file }])
    await expect(openSecrets(SILENT, { ...KEYS, ...env })).rejects.toThrow('ADMIN_TOKEN has less than 32 characters');
  writeFileSync(file, 'x'.repeat(32));
  const secrets = await openSecrets(SILENT, { ...KEYS, ADMIN_TOKEN_FILE: file });
  onTestFinished(() => secrets.close());
  expect(secrets.adminToken()).toBe('x'.repeat(32));
  writeFileSync(file, 'short');
  await expect.poll(() => secrets.adminToken(), { timeout: 5000 }).toBeUndefined();
});

it('lets nobody in by a token where none is given', async () => {
  const secrets = await openSecrets(SILENT, KEYS);
  expect(secrets.adminToken()).toBeUndefined();
});
