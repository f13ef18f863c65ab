/** The lab's NATS, spoken to as one of its users with the lab's own certificate. */
import { connect, nkeyAuthenticator, type NatsConnection } from '@nats-io/transport-node';
import { z } from 'zod';
import { LaunchgateError } from '../../../model/errors.ts';
import type { Listening, MessageConnection, Messages, StreamNumbers } from '../../../model/drill/messages.ts';
import type { Lab } from '../../lab/part.ts';
import type { RunningLab } from '../../lab/restart.ts';
import type { Use } from '../../target.ts';

const OPERATOR = 'lab_monitor';
const TIMEOUT_MS = 3000;

export function labMessages({ lab }: RunningLab, { signal }: Pick<Use, 'signal'>): Messages {
  return {
    async connect(store, as = OPERATOR) {
      if (lab.plan.stores.get(store) !== 'nats')
        throw new LaunchgateError('not-found', `the lab runs no NATS for the store "${store}"`);
      return over(await connectNats(lab, lab.secret(`nats-${as}-nkey`)), signal);
    },
  };
}

/** Rejects with the server's own error, such as `Authorization Violation`. */
export function connectNats(lab: Lab, seed: string): Promise<NatsConnection> {
  return connect({
    servers: `tls://localhost:${lab.port('nats', 'client')}`,
    tls: { caFile: lab.client.ca, certFile: lab.client.cert, keyFile: lab.client.key },
    authenticator: nkeyAuthenticator(new TextEncoder().encode(seed)),
    timeout: TIMEOUT_MS,
    reconnect: false,
    inboxPrefix: '_INBOX',
  });
}

function over(connection: NatsConnection, signal: AbortSignal): MessageConnection {
  const end = () => void connection.close();
  signal.addEventListener('abort', end, { once: true });
  const refusals = followRefusals(connection);
  /** The server answers a PING after all that was said before it, refusals included. */
  async function settle(what: string): Promise<void> {
    await connection.flush();
    const refusal = refusals.take(what);
    if (refusal !== undefined) throw new Error(refusal);
  }
  return {
    async publish(subject, payload) {
      connection.publish(subject, payload);
      await settle(subject);
    },
    async request(subject, payload, timeoutMs = 2000) {
      return (await connection.request(subject, payload, { timeout: timeoutMs })).string();
    },
    async listen(subject): Promise<Listening> {
      const received: string[] = [];
      const subscription = connection.subscribe(subject, {
        callback: (error, message) => void (error === null && received.push(message.string())),
      });
      await settle(subject);
      return { received, stop: () => subscription.unsubscribe() };
    },
    async stream(name) {
      const answer = await connection.request(`$JS.API.STREAM.INFO.${name}`, '', { timeout: 2000 });
      return numbersOf(name, answer.json());
    },
    async close() {
      signal.removeEventListener('abort', end);
      await connection.close();
    },
  };
}

/** Refusals come beside the commands that they refuse, and name the subject. */
function followRefusals(connection: NatsConnection): { take(subject: string): string | undefined } {
  const said: string[] = [];
  void (async () => {
    for await (const status of connection.status()) if (status.type === 'error') said.push(status.error.message);
  })().catch(() => undefined);
  return {
    take(subject) {
      const at = said.findIndex((text) => text.includes(`"${subject}"`));
      return at < 0 ? undefined : said.splice(at, 1)[0];
    },
  };
}

const info = z.object({
  state: z.object({ messages: z.int(), bytes: z.int(), first_seq: z.int(), last_seq: z.int() }),
});

/** `STREAM.INFO` of JetStream's API (docs.nats.io/reference/reference-protocols/nats_api_reference). */
function numbersOf(name: string, answer: unknown): StreamNumbers {
  const parsed = info.safeParse(answer);
  if (!parsed.success) throw new LaunchgateError('not-found', `NATS tells nothing of a stream "${name}"`);
  const { messages, bytes, first_seq: firstSequence, last_seq: lastSequence } = parsed.data.state;
  return { messages, bytes, firstSequence, lastSequence };
}
