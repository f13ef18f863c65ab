/** A Redis user, who may have several passwords at once. */
import { randomBytes } from 'node:crypto';
import { connectRedis } from '../../redis.ts';
import { holdersOf, mountSecret, waitUntil } from './mount.ts';
import type { Rotator, Workplace } from './types.ts';

export interface RedisCredential {
  readonly service: string;
  readonly part: 'redis' | 'cache';
  readonly user: string;
}

const SETTLE_MS = 15_000;

/** When the next version was delivered, by user: what is connected since then has used it. */
const delivered = new Map<string, number>();

export function redisPassword(place: Workplace, { service, part, user }: RedisCredential): Rotator {
  const { lab } = place.open;
  const secret = `${part}-${user}`;
  const mark = `${lab.id}/${secret}`;
  const holders = holdersOf(place, service, secret);
  const present = () => place.trust.secret(secret);

  return {
    holders,
    make: () => randomBytes(24).toString('base64url'),
    async add(next) {
      await operate(['ACL', 'SETUSER', user, `>${next}`]);
    },
    async deliver(next) {
      delivered.set(mark, Date.now());
      mountSecret(place, holders, secret, next);
    },
    async behind() {
      return (await oldConnections(delivered.get(mark) ?? Date.now())) === 0 ? [] : holders;
    },
    async retire() {
      await operate(['ACL', 'SETUSER', user, `<${present()}`]);
      // A password that is taken away ends no connection. Who has changed has none left that is older.
      for (const { id } of await olderThan(delivered.get(mark) ?? Date.now()))
        await operate(['CLIENT', 'KILL', 'ID', id]);
    },
    async use(version) {
      try {
        const connection = await connectRedis(lab, { part, user, password: version ?? present() });
        await connection.close();
        return 'accepted';
      } catch (error) {
        if (/WRONGPASS/.test(String(error))) return 'refused';
        throw error;
      }
    },
    async settle() {
      const since = Date.now();
      await operate(['ACL', 'SETUSER', user, `>${present()}`]);
      mountSecret(place, holders, secret);
      if (delivered.has(mark)) await waitUntil(async () => (await oldConnections(since)) === 0, SETTLE_MS);
      await operate(['ACL', 'SETUSER', user, 'resetpass', `>${present()}`]);
      delivered.delete(mark);
    },
  };

  async function oldConnections(since: number): Promise<number> {
    return (await olderThan(since)).length;
  }

  /** Connections of the user that were made before that moment. Redis tells their age in whole seconds. */
  async function olderThan(since: number): Promise<{ id: string }[]> {
    const listing = await operate(['CLIENT', 'LIST']);
    const seconds = (Date.now() - since) / 1000 + 1;
    return String(listing)
      .split('\n')
      .map((line) => ({ id: valueIn(line, 'id'), user: valueIn(line, 'user'), age: Number(valueIn(line, 'age')) }))
      .filter((client) => client.user === user && client.age > seconds);
  }

  async function operate([command = '', ...args]: readonly string[]): Promise<unknown> {
    const operator = await connectRedis(lab, { part, user: 'lab_operator', signal: place.signal });
    try {
      return await operator.call(command, ...args);
    } finally {
      await operator.close();
    }
  }
}

function valueIn(line: string, name: string): string {
  return new RegExp(`(?:^| )${name}=(\\S*)`).exec(line)?.[1] ?? '';
}
