/** An NKey of NATS: the server knows public keys, and takes a second one for the same rights when it is told to read its configuration again. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
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
const user = z.looseObject({ nkey: z.string() });
const configuration = z.looseObject({ accounts: z.looseObject({ APP: z.looseObject({ users: z.array(user) }) }) });
const connz = z.object({ connections: z.array(z.object({ nkey: z.string().optional() })).nullish() });

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
      const own = publicOf(present());
      await configure((users) =>
        users.some(({ nkey }) => nkey === own) ? [...users] : [...users, ...likeService(users, own)],
      );
      mountSecret(place, holders, secret);
      await waitUntil(async () => (await connected()).filter((key) => key === own).length >= holders.length, SETTLE_MS);
      await parts.find((part) => part.name === PART)?.prepare?.(lab, place.signal);
      signalPart(lab.directory, PART, 'SIGHUP');
    },
  };

  type User = z.infer<typeof user>;

  /** The present key was taken away: its rights are those of the entry that follows the users whom the lab knows. */
  function likeService(users: readonly User[], own: string): User[] {
    const known = new Set(
      ['api', 'billing-worker', 'billing-streams', 'backup', 'lab_monitor'].map((one) =>
        publicOf(place.trust.secret(`nats-${one}-nkey`)),
      ),
    );
    const strange = users.find(({ nkey }) => !known.has(nkey));
    return strange === undefined ? [] : [{ ...strange, nkey: own }];
  }

  async function configure(change: (users: readonly User[]) => User[]): Promise<void> {
    const path = join(lab.folder(PART), 'nats.conf');
    const read = configuration.parse(JSON.parse(readFileSync(path, 'utf8')));
    const { accounts } = read;
    const app = { ...accounts.APP, users: change(accounts.APP.users) };
    lab.write(PART, 'nats.conf', `${JSON.stringify({ ...read, accounts: { ...accounts, APP: app } }, undefined, 2)}\n`);
    signalPart(lab.directory, PART, 'SIGHUP');
  }

  /** Public keys of all connections. */
  async function connected(): Promise<string[]> {
    const url = `http://127.0.0.1:${lab.port(PART, 'monitor')}/connz?auth=1&limit=1000`;
    const answer = await fetch(url, { signal: place.signal });
    return (connz.parse(await answer.json()).connections ?? []).flatMap(({ nkey }) => nkey ?? []);
  }
}

/** In place of the entry of a key, one for each of these, with its rights. */
function withKeys<U extends { nkey: string }>(users: readonly U[], of: string, keys: readonly string[]): U[] {
  return users.flatMap((one) => (one.nkey === of ? keys.map((nkey) => ({ ...one, nkey })) : [one]));
}

function publicOf(seed: string): string {
  return fromSeed(new TextEncoder().encode(seed)).getPublicKey();
}
