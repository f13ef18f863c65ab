/** The secret that webhooks are signed with. The API takes two while one follows the other; who sends is the drill. */
import { randomBytes } from 'node:crypto';
import { signature } from '../../../../lab/desk/stripe/deliver.ts';
import { postReplica } from '../../replica.ts';
import { holdersOf, mountSecret, waitUntil } from './mount.ts';
import type { Rotator, Workplace } from './types.ts';

const SECRET = 'stripe-webhook';
const PATH = '/webhooks/stripe';
const SETTLE_MS = 15_000;
const REFUSALS = [400, 401, 403];

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
      const answers = await answersTo(next);
      return holders.filter((_, at) => answers[at] !== 'taken');
    },
    async retire(next) {
      mountSecret(place, holders, SECRET, next);
    },
    /** The next one must be taken by all replicas, the present one be refused by all. */
    async use(version) {
      const answers = await answersTo(version ?? present());
      const [every, some] = [
        (wanted: string) => answers.every((answer) => answer === wanted),
        (wanted: string) => answers.includes(wanted),
      ];
      const isNext = version !== undefined;
      if (isNext ? every('taken') : some('taken')) return 'accepted';
      if (isNext ? some('refused') : every('refused')) return 'refused';
      throw new Error(answers.filter((answer) => answer !== 'taken' && answer !== 'refused').join(', '));
    },
    async settle() {
      mountSecret(place, holders, SECRET);
      await waitUntil(async () => (await answersTo(present())).every((answer) => answer === 'taken'), SETTLE_MS);
    },
  };

  function answersTo(secret: string): Promise<string[]> {
    return Promise.all(holders.map((part) => answerOf(part, secret)));
  }

  /**
   * `taken`, `refused`, or what else the replica answers, which tells nothing of the secret. The event is of a type that nobody handles: it is
   * verified, noted, and changes nothing.
   */
  async function answerOf(part: string, secret: string): Promise<string> {
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
    if (status >= 200 && status < 300) return 'taken';
    return REFUSALS.includes(status) ? 'refused' : `${part} answers ${status}`;
  }
}
