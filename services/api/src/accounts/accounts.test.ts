import { expect, test, vi } from 'vitest';
import type { Database } from '../stores/database.ts';
import type { Principal } from '../identity/token.ts';
import { createAccounts } from './accounts.ts';

const PRINCIPAL = { sub: 'alice', tenant: 'acme' } as Principal;

test('an account that was suspended is out within half a minute, though somebody sets the clock back', async () => {
  let status = 'active';
  const db = { query: async () => ({ rows: [{ status }] }) } as unknown as Database;
  const steady = vi.spyOn(performance, 'now').mockReturnValue(1000);
  const wall = vi.spyOn(Date, 'now').mockReturnValue(9 * 3_600_000);
  try {
    const accounts = createAccounts(db);
    await accounts.admit(PRINCIPAL);
    status = 'suspended';
    await accounts.admit(PRINCIPAL);
    wall.mockReturnValue(0);
    steady.mockReturnValue(32_000);
    await expect(accounts.admit(PRINCIPAL)).rejects.toMatchObject({ status: 403 });
  } finally {
    wall.mockRestore();
    steady.mockRestore();
  }
});
