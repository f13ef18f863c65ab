/** An NKey of NATS: the server knows public keys, and takes a second one for the same rights when it is told to read its configuration again. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { isDeepStrictEqual } from 'node:util';
import { createUser, fromSeed } from '@nats-io/nkeys';
import { z } from 'zod';
import { connectNats } from '../../messages.ts';
import { signalPart } from '../reload.ts';
import { holdersOf, mountSecret, waitUntil } from './mount.ts';
import type { Rotator, Workplace } from './types.ts';

export interface NatsCredential {
  readonly service: string;
  readonly user: string;
}

const SETTLE_MS = 15_000;
const PART = 'nats';
const FILE = 'nats.conf';
const user = z.looseObject({ nkey: z.string() });
type User = z.infer<typeof user>;
const configuration = z.looseObject({ accounts: z.looseObject({ APP: z.looseObject({ users: z.array(user) }) }) });
const connz = z.object({ connections: z.array(z.object({ authorized_user: z.string().optional() })).nullish() });

export function natsKey(place: Workplace, { service, user: name }: NatsCredential): Rotator {
  const { lab, parts } = place.open;
  const secret = `nats-${name}-nkey`;
  const holders = holdersOf(place, service, secret);
  const present = () => place.trust.secret(secret);

  return {
    holders,
    make: () => new TextDecoder().decode(createUser().getSeed()),
    add: (next) => configure((users) => withKeys(users, publicOf(present()), [publicOf(present()), publicOf(next)])),
    async deliver(next) {
      mountSecret(place, holders, secret, next);
    },
    async behind(next) {
      const keys = await connected();
      const changed = keys.filter((key) => key === publicOf(next)).length;
      return changed >= holders.length && !keys.includes(publicOf(present())) ? [] : holders.slice(changed);
    },
    // The server closes what a key had opened that it knows no more.
    retire: (next) => configure((users) => withKeys(users, publicOf(present()), [publicOf(next)])),
    async use(version) {
      try {
        await (await connectNats(lab, version ?? present())).close();
        return 'accepted';
      } catch (error) {
        if (/authorization/i.test(String(error))) return 'refused';
        throw error;
      }
    },
    async settle() {
      const before = read().accounts.APP.users;
      await parts.find((part) => part.name === PART)?.prepare?.(lab, place.signal);
      const known = read().accounts.APP.users;
      const own = known.find(({ nkey }) => nkey === publicOf(present()));
      const strange = before.filter(({ nkey }) => !known.some((one) => one.nkey === nkey));
      // Who holds a next version still is served until he has changed, and those of other rotations beyond that.
      await configure(() => [...known, ...strange]);
      mountSecret(place, holders, secret);
      await waitUntil(
        async () => (await connected()).filter((key) => key === own?.nkey).length >= holders.length,
        SETTLE_MS,
      );
      await configure((users) =>
        users.filter((one) => known.some(({ nkey }) => nkey === one.nkey) || !isAlike(one, own)),
      );
    },
  };

  async function configure(change: (users: readonly User[]) => User[]): Promise<void> {
    const whole = read();
    const { accounts } = whole;
    const app = { ...accounts.APP, users: change(accounts.APP.users) };
    lab.write(PART, FILE, `${JSON.stringify({ ...whole, accounts: { ...accounts, APP: app } }, undefined, 2)}\n`);
    signalPart(lab.directory, PART, 'SIGHUP');
  }

  function read(): z.infer<typeof configuration> {
    return configuration.parse(JSON.parse(readFileSync(join(lab.folder(PART), FILE), 'utf8')));
  }

  /** Public keys of all connections: NATS 2.9 tells them as the name of the user. */
  async function connected(): Promise<string[]> {
    const url = `http://127.0.0.1:${lab.port(PART, 'monitor')}/connz?auth=1&limit=1000`;
    const answer = await fetch(url, { signal: place.signal });
    return (connz.parse(await answer.json()).connections ?? []).flatMap((one) => one.authorized_user ?? []);
  }
}

/** Whether both have the same rights: two versions of one credential. */
function isAlike(one: User, other: User | undefined): boolean {
  return other !== undefined && isDeepStrictEqual({ ...one, nkey: '' }, { ...other, nkey: '' });
}

/** In place of the entry of a key, one for each of these, with its rights. */
function withKeys<U extends { nkey: string }>(users: readonly U[], of: string, keys: readonly string[]): U[] {
  return users.flatMap((one) => (one.nkey === of ? keys.map((nkey) => ({ ...one, nkey })) : [one]));
}

function publicOf(seed: string): string {
  return fromSeed(new TextEncoder().encode(seed)).getPublicKey();
}
