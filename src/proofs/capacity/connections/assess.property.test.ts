import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { assessConnections } from './assess.ts';
import { playWorstMoment } from './simulation.ts';
import type { Client, ConnectionInput, Pooler } from './types.ts';

const params = { skew: 1.5 };
const small = fc.integer({ min: 0, max: 6 });
const pods = fc.record({
  replicas: small,
  surge: fc.integer({ min: 0, max: 3 }),
  fewest: fc.constant(1),
  from: fc.constant('replicas'),
});
const client = (users: readonly string[]): fc.Arbitrary<Client> =>
  fc.record({
    id: fc.constantFrom('Deployment shop/a', 'Deployment shop/b'),
    pods,
    pool: fc.record({ value: fc.integer({ min: 0, max: 8 }), from: fc.constant('POOL') }),
    processes: fc.integer({ min: 1, max: 3 }),
    user: fc.constantFrom(...users),
  });
const pooler: fc.Arbitrary<Pooler> = fc.record(
  {
    id: fc.constant('Deployment shop/pgbouncer'),
    mode: fc.constantFrom('session', 'transaction'),
    pods,
    databases: fc.array(
      fc.record(
        {
          name: fc.constantFrom('a', 'b'),
          poolSize: fc.integer({ min: 1, max: 6 }),
          reserve: fc.integer({ min: 0, max: 2 }),
          most: fc.integer({ min: 1, max: 12 }),
          forcedUser: fc.constant('app'),
        },
        { requiredKeys: ['name', 'poolSize', 'reserve'] },
      ),
      { minLength: 1, maxLength: 2 },
    ),
    authUser: fc.constant('lookup'),
    mostPerUser: fc.integer({ min: 1, max: 6 }),
    maxClients: fc.record({ value: fc.integer({ min: 1, max: 100 }), from: fc.constant('max_client_conn') }),
    processes: fc.integer({ min: 1, max: 2 }),
    clients: fc.array(client(['x', 'y', 'z']), { maxLength: 3 }),
  },
  { requiredKeys: ['id', 'mode', 'pods', 'databases', 'maxClients', 'processes', 'clients'] },
);
const input: fc.Arbitrary<ConnectionInput> = fc.record({
  store: fc.constant('store/orders'),
  limit: fc.record({ value: fc.integer({ min: 1, max: 200 }), from: fc.constant('max_connections') }),
  reserved: fc.array(fc.record({ value: fc.integer({ min: 0, max: 5 }), from: fc.constant('reserved') }), {
    maxLength: 2,
  }),
  others: fc.array(fc.record({ name: fc.constant('monitoring'), connections: small }), { maxLength: 2 }),
  servers: fc.constant(1),
  clients: fc.array(client(['x']), { maxLength: 3 }),
  poolers: fc.array(pooler, { maxLength: 2 }),
  proxies: fc.constant([]),
});

describe('the budget of connections', () => {
  test('is exceeded exactly when the worst moment, played in any order, has a connection refused', () => {
    fc.assert(
      fc.property(input, fc.infiniteStream(fc.nat()), (given, stream) => {
        const { open, refused } = playWorstMoment(given, (among) => (stream.next().value as number) % among);
        const { server } = assessConnections(given, params);
        expect(server.answer).toBe(refused > 0 ? 'exceeds' : 'fits');
        if (server.answer !== 'unknown') expect(server.sum).toBe(open + refused);
      }),
      { numRuns: 3000 },
    );
  });

  test('never shrinks when anything grows, and never fits again when the limit falls', () => {
    fc.assert(
      fc.property(input, fc.nat({ max: 50 }), (given, less) => {
        const before = assessConnections(given, params).server;
        const wider = { ...given, clients: given.clients.map((one) => ({ ...one, processes: one.processes + 1 })) };
        const after = assessConnections(wider, params).server;
        if (before.answer !== 'unknown' && after.answer !== 'unknown')
          expect(after.sum).toBeGreaterThanOrEqual(before.sum);
        const lower = assessConnections(
          { ...given, limit: { value: Math.max(0, 200 - less), from: '' } },
          params,
        ).server;
        const lowest = assessConnections(
          { ...given, limit: { value: Math.max(0, 199 - less), from: '' } },
          params,
        ).server;
        if (lower.answer === 'exceeds') expect(lowest.answer).toBe('exceeds');
      }),
      { numRuns: 3000 },
    );
  });

  test('an unknown number never makes it fit, and never hides that the known ones exceed', () => {
    fc.assert(
      fc.property(input, (given) => {
        const open = {
          id: 'Deployment shop/c',
          pods: { replicas: 1, surge: 0, fewest: 1, from: '' },
          pool: { unknown: 'its pool', declare: 'Declare it' },
          processes: 1,
        };
        const before = assessConnections(given, params).server.answer;
        const after = assessConnections({ ...given, clients: [...given.clients, open] }, params).server.answer;
        expect(after).toBe(before === 'exceeds' ? 'exceeds' : 'unknown');
      }),
      { numRuns: 2000 },
    );
  });
});
