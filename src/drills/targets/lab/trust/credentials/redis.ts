/** A Redis user, who may have several passwords at once. */
import { randomBytes } from 'node:crypto';
import { connectRedis } from '../../redis.ts';
import { holdersOf, holdersWith, mountSecret, waitUntil } from './mount.ts';
import type { Rotator, Workplace } from './types.ts';
import { handedOutAt, noteHandedOut, silentOf, type Followers } from './word.ts';

export interface RedisCredential extends Followers {
  readonly service: string;
  readonly part: 'redis' | 'cache';
  readonly user: string;
}

const SETTLE_MS = 15_000;

export function redisPassword(place: Workplace, { service, part, user, ...followers }: RedisCredential): Rotator {
  const { lab } = place.open;
  const secret = `${part}-${user}`;
  const holders = holdersOf(place, service, secret);
  const present = () => place.trust.secret(secret);

  return {
    holders,
    make: () => randomBytes(24).toString('base64url'),
    async add(next) {
      await operate(['ACL', 'SETUSER', user, `>${next}`]);
    },
    async deliver(next) {
      noteHandedOut(lab, secret, holders);
      mountSecret(place, holders, secret, next);
    },
    behind: () => Promise.resolve(silentOf(lab, holders, secret, followers)),
    async retire() {
      await operate(['ACL', 'SETUSER', user, `<${present()}`]);
      // A password that is taken away ends no connection, and nothing tells with which of them one was made.
      for (const id of await olderThan(handedOutAt(lab, secret))) await operate(['CLIENT', 'KILL', 'ID', id]);
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
      const held = holdersWith(place, holders, secret, present());
      await operate(['ACL', 'SETUSER', user, `>${present()}`]);
      noteHandedOut(lab, secret, holders);
      mountSecret(place, holders, secret);
      const changing = holders.filter((part) => !held.includes(part));
      await waitUntil(() => Promise.resolve(silentOf(lab, changing, secret, followers).length === 0), SETTLE_MS);
      await operate(['ACL', 'SETUSER', user, 'resetpass', `>${present()}`]);
    },
  };

  /** Ids of the user's connections that were made before that moment. Redis tells their age in whole seconds. */
  async function olderThan(since: number): Promise<string[]> {
    const listing = await operate(['CLIENT', 'LIST']);
    const seconds = Math.floor((Date.now() - since) / 1000);
    return String(listing)
      .split('\n')
      .filter((line) => valueIn(line, 'user') === user && Number(valueIn(line, 'age')) >= seconds)
      .map((line) => valueIn(line, 'id'));
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
