import { expect, test } from 'vitest';
import { missedBy, shop } from '../../../test/fake-target.ts';
import type { AuditEntry } from '../../model/drill/logs.ts';
import { drill } from './drill.ts';

const HEADER = 'x-request-id';
const subject = {
  id: 'environment/production',
  name: 'production',
  input: {} as never,
  params: {
    deed: { service: 'api', method: 'POST', path: '/admin/denylist', body: '{}' },
    everybody: [],
    requestHeader: HEADER,
    rebuiltWithin: 1,
  },
};

/** What is not as it should be where a customer's attempt is answered with that status, and where it `does` what was asked. */
async function missed(status: number, does: boolean): Promise<string[]> {
  const events: AuditEntry[] = [];
  const record = (actor: string): void =>
    void events.push({
      seq: events.length + 1,
      at: '2026-11-30T04:00:00Z',
      actor,
      action: 'denylist.revoke',
      target: 'token',
      outcome: 'success',
      correlationId: actor,
    });
  const target = {
    people: { names: { admin: 'root', customer: 'alice' }, token: (user: string) => Promise.resolve(user) },
    edge: {
      host: (service: string) => service,
      ask(_host: string, _path: string, { token }: { token: string }) {
        if (token === 'root' || does) record(token);
        return Promise.resolve({ status: token === 'root' ? 201 : status, headers: { [HEADER]: token }, text: '' });
      },
    },
    logs: {
      exportAudit: () => Promise.resolve({ events: [...events], digest: '' }),
      find: () =>
        Promise.resolve([
          { part: 'edge', line: '' },
          { part: 'api-1', line: '' },
        ]),
    },
  };
  const plan = drill.plan({ subjects: [subject], parameters: {}, spec: shop });
  return (await missedBy(plan, target)).map(({ name }) => name);
}

test('a customer is refused, and nothing was done in his name', async () => {
  expect(await missed(403, false)).toEqual([]);
  expect(await missed(404, false)).toEqual([]);
});

test('a customer who may do what administrators do, whatever he is answered', async () => {
  expect(await missed(201, true)).toEqual([
    'customers who may do the same',
    "deeds under the id of the customer's attempt",
  ]);
  expect(await missed(403, true)).toEqual(["deeds under the id of the customer's attempt"]);
});

test('an error refuses nobody', async () => {
  await expect(missed(503, false)).rejects.toThrow('a customer who tries the same is answered 503');
});
