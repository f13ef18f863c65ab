/** The secret that webhooks are signed with. The API takes two while one follows the other; who sends is the drill. */
import { randomBytes } from 'node:crypto';
import { signature } from '../../../../lab/desk/stripe/deliver.ts';
import { postReplica } from '../../replica.ts';
import { holdersOf, mountSecret, waitUntil } from './mount.ts';
import type { Rotator, Workplace } from './types.ts';

const SECRET = 'stripe-webhook';
const PATH = '/webhooks/stripe';
const SETTLE_MS = 15_000;

export function webhookSecret(place: Workplace): Rotator {
  const { lab } = place.open;
  const holders = holdersOf(place, 'api', SECRET);
  const present = () => place.trust.secret(SECRET);
  return {
    holders,
    make: () => randomBytes(24).toString('base64url'),
    async add(next) {
      mountSecret(place, holders, SECRET, `${present()} ${next}`);
    },
    deliver: () => Promise.resolve(),
    async behind(next) {
      const taken = await takenBy(next);
      return holders.filter((_, at) => !taken[at]);
    },
    async retire(next) {
      mountSecret(place, holders, SECRET, next);
    },
    /** The next one must be taken by all replicas, the present one be refused by all. */
    async use(version) {
      const taken = await takenBy(version ?? present());
      return (version === undefined ? taken.some(Boolean) : taken.every(Boolean)) ? 'accepted' : 'refused';
    },
    async settle() {
      mountSecret(place, holders, SECRET);
      await waitUntil(async () => (await takenBy(present())).every(Boolean), SETTLE_MS);
    },
  };

  function takenBy(secret: string): Promise<boolean[]> {
    return Promise.all(holders.map((part) => isTaken(part, secret)));
  }

  /** An event of a type that nobody handles: it is verified, noted, and changes nothing. */
  async function isTaken(part: string, secret: string): Promise<boolean> {
    const now = Math.floor(Date.now() / 1000);
    const id = `evt_drill_${randomBytes(8).toString('hex')}`;
    const body = JSON.stringify({
      id,
      object: 'event',
      api_version: '2025-09-30',
      created: now,
      type: 'launchgate.drill',
      livemode: false,
      data: { object: { id: 'drill' } },
    });
    const headers = { 'content-type': 'application/json', 'stripe-signature': signature(body, secret, now) };
    const { status } = await postReplica(lab, part, { path: PATH, body, headers, signal: place.signal });
    return status >= 200 && status < 300;
  }
}
