/** The credentials of the reference platform that the lab can rotate, by their names in the spec. */
import type { Credential } from '../../../../../model/drill/credential.ts';
import type { OpenLab } from '../../../../lab/open.ts';
import { openTrust } from '../../../../lab/trust/store.ts';
import type { Use } from '../../../../target.ts';
import { databaseLogin } from './database.ts';
import { natsKey } from './nats.ts';
import { redisPassword } from './redis.ts';
import { ticketKey } from './tickets.ts';
import type { Rotator, Workplace } from './types.ts';
import { webhookSecret } from './webhook.ts';

type Make = (place: Workplace) => Rotator;

const DATABASE = 'DATABASE_PASSWORD';
const REDIS = 'REDIS_PASSWORD';
/** How many of a service's clients follow each: the API has a pool for its deny-list alone, and a connection for its hub. */
const KNOWN: Readonly<Record<string, Make>> = {
  'api-database': (place) => databaseLogin(place, { service: 'api', role: 'api', variable: DATABASE, clients: 2 }),
  'billing-database': (place) =>
    databaseLogin(place, { service: 'billing-worker', role: 'billing', variable: DATABASE, clients: 1 }),
  'relay-database': (place) =>
    databaseLogin(place, { service: 'notification-relay', role: 'relay', variable: DATABASE, clients: 1 }),
  'api-redis': (place) =>
    redisPassword(place, { service: 'api', part: 'redis', user: 'api', variable: REDIS, clients: 2 }),
  'terminal-redis': (place) =>
    redisPassword(place, {
      service: 'terminal-gateway',
      part: 'redis',
      user: 'terminal-gateway',
      variable: REDIS,
      clients: 1,
    }),
  'relay-redis': (place) =>
    redisPassword(place, {
      service: 'notification-relay',
      part: 'redis',
      user: 'notification-relay',
      variable: REDIS,
      clients: 1,
    }),
  'api-cache': (place) =>
    redisPassword(place, { service: 'api', part: 'cache', user: 'api', variable: 'CACHE_PASSWORD', clients: 1 }),
  'api-nats': (place) => natsKey(place, { service: 'api', user: 'api' }),
  'billing-nats': (place) => natsKey(place, { service: 'billing-worker', user: 'billing-worker' }),
  'api-stripe': (place) => webhookSecret(place),
  'terminal-ticket-signer': ticketKey,
};

/** Two names for the two ends of one rotation, which happens once. */
const SAME: Readonly<Record<string, string>> = { 'terminal-ticket-verifier': 'terminal-ticket-signer' };

/** A rotation that is under way. Its next version lives in this process alone: a journal never holds a secret, and what settles needs none. */
interface UnderWay {
  readonly next: string;
  /** Steps that somebody has taken already. */
  readonly taken: Map<string, Promise<void>>;
}

/** By the lab's folder and the credential. */
const underWay = new Map<string, Promise<UnderWay>>();

export function labCredential(open: OpenLab, use: Use, asked: string): Credential | string {
  const name = SAME[asked] ?? asked;
  const make = KNOWN[name];
  if (make === undefined) return 'nothing in the lab holds it';
  const place = async (): Promise<Rotator> =>
    make({ open, trust: await openTrust(open.lab.directory, open.lab.host), signal: use.signal });
  const key = keyOf(open, name);
  const rotation = (): Promise<UnderWay> => {
    const found = underWay.get(key);
    if (found === undefined) throw new TypeError(`${name} has no next version: add one first`);
    return found;
  };
  return {
    holders: async () => (await place()).holders,
    async add() {
      const begun = underWay.get(key) ?? begin();
      underWay.set(key, begun);
      await begun;
    },
    deliver: () => once('deliver', (rotator, next) => rotator.deliver(next)),
    behind: async () => (await place()).behind((await rotation()).next),
    retire: () => once('retire', (rotator, next) => rotator.retire(next)),
    use: async (version) => (await place()).use(version === 'next' ? (await rotation()).next : undefined),
  };

  async function begin(): Promise<UnderWay> {
    await use.undo.before({ kind: 'settle-credential', data: { directory: open.lab.directory, credential: name } });
    const rotator = await place();
    const next = rotator.make();
    await rotator.add(next);
    return { next, taken: new Map() };
  }

  async function once(step: string, take: (rotator: Rotator, next: string) => Promise<void>): Promise<void> {
    const { next, taken } = await rotation();
    const found = taken.get(step) ?? place().then((rotator) => take(rotator, next));
    taken.set(step, found);
    await found;
  }
}

/** Takes a rotation back, wherever it was left. */
export async function settleCredential(open: OpenLab, use: Pick<Use, 'signal'>, name: string): Promise<void> {
  const make = KNOWN[name];
  if (make === undefined) return;
  await make({ open, trust: await openTrust(open.lab.directory, open.lab.host), signal: use.signal }).settle();
  underWay.delete(keyOf(open, name));
}

function keyOf({ lab }: OpenLab, name: string): string {
  return `${lab.directory}/${name}`;
}
