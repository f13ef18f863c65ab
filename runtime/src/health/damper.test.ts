import type { Server } from 'node:http';
import { afterEach, describe, expect, test } from 'vitest';
import { listen, until } from '../../test/wire.ts';
import { Damper, judgePeers, type PeerAnswers } from './damper.ts';
import { createHealth, healthServer, peersByDns, type Health } from './index.ts';

const ended: (() => void)[] = [];
afterEach(() => {
  for (const end of ended.splice(0)) end();
});

interface Replica {
  readonly health: Health;
  readonly server: Server;
  broken: boolean;
  /** Each answer of readiness, as a kubelet would see it. */
  readonly seen: boolean[];
}

/** Replicas that find each other as by a headless Service: several addresses, one port. */
async function fleet(size: number): Promise<Replica[]> {
  const addresses = Array.from({ length: size }, (_, index) => `127.0.0.${index + 1}`);
  const replicas: Replica[] = [];
  let port = 0;
  for (const own of addresses) {
    const replica = { broken: false, seen: [] as boolean[] } as unknown as {
      -readonly [K in keyof Replica]: Replica[K];
    };
    const peers = {
      ask: (signal: AbortSignal) =>
        peersByDns({ hostname: 'x', port, own, resolve: async () => addresses }).ask(signal),
    };
    const check = (): Promise<void> => (replica.broken ? Promise.reject(new Error('down')) : Promise.resolve());
    replica.health = createHealth({
      peers,
      dependencies: [
        {
          name: 'store',
          class: 'critical',
          whenDown: 'ask-peers',
          interval: 20,
          timeout: 1_000,
          staleAfter: 60_000,
          failures: 3,
          check,
        },
      ],
    });
    replica.server = healthServer(replica.health);
    if (port === 0) port = await listen(replica.server);
    else await new Promise<void>((done) => replica.server.listen(port, own, done));
    await replica.health.start();
    const watch = setInterval(() => void replica.health.ready().then(({ ready }) => replica.seen.push(ready)), 5);
    ended.push(() => {
      clearInterval(watch);
      replica.health.stop();
      replica.server.closeAllConnections();
      replica.server.close();
    });
    replicas.push(replica);
  }
  return replicas;
}

const damperOf = ({ health }: Replica) => health.status().dependencies['store']?.damper;

describe('the damper', () => {
  test('a store that is down for everybody takes nobody out, and the recovery neither', async () => {
    const replicas = await fleet(3);
    for (const replica of replicas) replica.broken = true;
    await until(() => replicas.every((replica) => damperOf(replica)?.serve === true), 'verdicts');
    expect(damperOf(replicas[0] as Replica)?.because).toBe(
      '2 of 2 other replicas that answered see the same (2 exist)',
    );
    expect(replicas[0]?.health.isUp('store')).toBe(false);
    for (const replica of replicas) replica.broken = false;
    await until(() => replicas.every(({ health }) => health.isUp('store')), 'the recovery');
    expect(replicas.flatMap(({ seen }) => seen)).not.toContain(false);
  });

  test('a replica that alone cannot reach the store goes, and comes back', async () => {
    const [lonely, ...others] = await fleet(3);
    if (lonely === undefined) throw new Error('no replica');
    lonely.broken = true;
    await until(() => lonely.health.status().ready === false, 'its leaving');
    expect(lonely.health.status().because[0]).toBe(
      'store is down; 0 of 2 other replicas that answered see the same (2 exist)',
    );
    expect(others.flatMap(({ seen }) => seen)).not.toContain(false);
    lonely.broken = false;
    await until(() => lonely.health.status().ready, 'its return');
  });

  test('one that is cut off from everything goes; one that is the only replica stays', async () => {
    const [cutOff, ...gone] = await fleet(3);
    if (cutOff === undefined) throw new Error('no replica');
    for (const { server } of gone) {
      server.closeAllConnections();
      server.close();
    }
    cutOff.broken = true;
    await until(() => cutOff.health.status().ready === false, 'its leaving');
    expect(damperOf(cutOff)?.because).toBe('none of 2 other replicas could tell');
    const [only] = await fleet(1);
    if (only === undefined) throw new Error('no replica');
    only.broken = true;
    await until(() => damperOf(only)?.because === 'no other replica exists', 'the verdict');
    expect(only.health.status()).toMatchObject({ ready: true, degraded: true });
  });
});

test.each([
  [2, [], false],
  [2, ['up', 'up'], false],
  [2, ['down', 'up'], true],
  [4, ['down', 'up', 'up'], false],
  [3, ['unwatched', 'down'], true],
  [0, [], true],
] as const)('of %i others, %j answer: serve is %s', (listed, answers, serve) => {
  const reports = answers.map((answer) => ({
    failing: answer === 'down' ? ['store'] : ['other'],
    working: answer === 'up' ? ['store'] : [],
  }));
  expect(judgePeers('store', { listed, reports }).serve).toBe(serve);
});

test('a replica of two addresses is none of its own peers', async () => {
  const resolve = async () => ['fd00::7', '10.0.0.7'];
  const peers = peersByDns({ hostname: 'x', port: 1, own: '10.0.0.7, fd00::7', resolve });
  expect(await peers.ask(AbortSignal.timeout(1_000))).toEqual({ listed: 0, reports: [] });
});

test('what is answered after the dependency is up again says nothing of its next outage', async () => {
  const answer = Promise.withResolvers<PeerAnswers>();
  const damper = new Damper({ ask: () => answer.promise }, 3);
  const asked = damper.ask('store');
  damper.reset();
  answer.resolve({ listed: 1, reports: [{ failing: [], working: ['store'] }] });
  await asked;
  expect(damper.verdict).toBeUndefined();
  await damper.ask('store');
  expect(damper.verdict).toMatchObject({ serve: false });
});
