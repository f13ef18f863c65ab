import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Directive } from '../../../model/document.ts';
import { admission, method, type Transport } from './pg-hba.ts';

const databases = ['shop', 'audit', 'other', 'all', 'api', 'worker', 'REPLICATION'] as const;
const users = ['api', 'worker', 'shop', 'audit', 'other', 'all'] as const;
/** One address in every cell that the blocks below cut out of the space. */
const addresses = ['10.0.0.1', '10.0.5.1', '10.9.0.1', '192.168.1.1', '8.8.8.8', '2001:db8::1', 'fe80::1'] as const;
const blocks: Readonly<Record<string, readonly string[]>> = {
  all: addresses,
  '0.0.0.0/0': addresses.slice(0, 5),
  '10.0.0.0/8': addresses.slice(0, 3),
  '10.0.0.0/16': addresses.slice(0, 2),
  '10.0.5.0 255.255.255.0': ['10.0.5.1'],
  '192.168.0.0/16': ['192.168.1.1'],
  '::/0': addresses.slice(5),
  '2001:db8::/32': ['2001:db8::1'],
};

const record = fc.record({
  name: fc.constantFrom('local', 'host', 'hostssl', 'hostnossl', 'hostgssenc', 'hostnogssenc'),
  database: fc.constantFrom(
    'all',
    'shop',
    'audit',
    'shop,audit',
    'sameuser',
    'replication',
    'all,replication',
    '"all"',
  ),
  user: fc.constantFrom('all', 'api', 'worker', 'api,worker', '"all"'),
  address: fc.constantFrom(...Object.keys(blocks)),
  method: fc.constantFrom('reject', 'reject', 'scram-sha-256', 'trust', 'cert'),
});

type Row = { name: string; database: string; user: string; address: string; method: string };

/** The server, one connection at a time: the first record that matches decides. */
function lets(rows: readonly Row[], transport: Transport, database: string, user: string, address: string): boolean {
  for (const row of rows) {
    const types = transport === 'plain' ? ['host', 'hostnossl', 'hostnogssenc'] : ['host', 'hostssl', 'hostnogssenc'];
    if (!types.includes(row.name) || !blocks[row.address]?.includes(address)) continue;
    if (!row.user.split(',').some((entry) => entry === 'all' || entry.replaceAll('"', '') === user)) continue;
    const fits = row.database.split(',').some((entry) => {
      if (database === 'REPLICATION') return entry === 'replication';
      return entry === 'all' || entry.replaceAll('"', '') === database || (entry === 'sameuser' && database === user);
    });
    if (fits) return row.method !== 'reject';
  }
  return false;
}

describe('pg_hba.conf', () => {
  it.each(['plain', 'tls'] as const)('agrees with a server asked about every connection over %s', (transport) => {
    fc.assert(
      fc.property(fc.array(record, { maxLength: 7 }), (rows) => {
        const open = databases.some((database) =>
          users.some((user) => addresses.some((address) => lets(rows, transport, database, user, address))),
        );
        const found = admission(rows.map(directive), transport, () => true);
        expect(found !== undefined).toBe(open);
        if (found !== undefined) expect(found.certain).toBe(true);
      }),
      { numRuns: 10_000 },
    );
  });

  it('names a connection that the server lets in, by the record that does', () => {
    fc.assert(
      fc.property(fc.array(record, { maxLength: 7 }), (rows) => {
        const found = admission(rows.map(directive), 'plain', (one) => method(one) === 'trust');
        if (found === undefined) return;
        expect(method(found.record)).toBe('trust');
      }),
      { numRuns: 2000 },
    );
  });
});

function directive({ name, database, user, address, method: by }: Row): Directive {
  return { name, args: [database, user, name === 'local' ? '' : address, by], origin: { path: 'pg_hba.conf' } };
}
