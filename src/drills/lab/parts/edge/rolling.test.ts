/** Restarts of upstreams behind a real nginx, under load that is sent at due times, POST among it, over connections that are kept. */
import type { Agent } from 'node:https';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { needs } from '../../../../../test/need.ts';
import { makeAuthority, type CertificateFiles, type TestAuthority } from '../../../../../test/servers/certificates.ts';
import { edgeControl } from './control.ts';
import { ask, clientOf, startEdge, startUpstream, type TestEdge, type TestUpstream } from './edge.testkit.ts';

/** Milliseconds of the replicas' propagation delay; above the edge's `upstreamIdle` of 600. */
const DELAY = 1000;
const EVERY = 8;

describe.runIf(needs('nginx'))('behind the edge', () => {
  let authority: TestAuthority;
  let files: CertificateFiles;
  let edge: TestEdge;
  let replicas: TestUpstream[];
  const start = (port = 0): Promise<TestUpstream> =>
    startUpstream(
      authority,
      files,
      (incoming, response) => {
        incoming.resume();
        const kept = incoming.method === 'POST' && incoming.socket.localPort === keeping?.port;
        if (kept) keeping?.first();
        else setTimeout(() => response.end('ok'), 100);
      },
      port,
    );
  /** The port of a replica that answers no POST any more, which nginx may not try again elsewhere, and who hears of its first. */
  let keeping: { readonly port: number; readonly first: () => void } | undefined;
  const restart = async (index: number): Promise<void> => {
    const port = Number(replicas[index]?.address.split(':')[1]);
    replicas[index] = await start(port);
  };

  beforeAll(async () => {
    authority = await makeAuthority();
    files = await authority.issue('api', { dns: ['api.platform.svc'] });
    replicas = await Promise.all([start(), start(), start()]);
    edge = await startEdge(authority, {
      upstreams: [
        {
          name: 'api',
          tlsName: 'api.platform.svc',
          affinity: 'none',
          replicas: replicas.map(({ address }) => ({ address, down: false })),
        },
      ],
      routes: [
        {
          host: 'api.localhost',
          path: '/api/v1/*',
          protocol: 'http',
          target: { upstream: 'api' },
          connections: 1000,
          bodyBytes: 4096,
          readTimeout: 5,
        },
      ],
      // What is looked at here is connections.
      waf: { mode: 'off', paranoia: 1, sampling: 100 },
    });
  });
  afterAll(async () => {
    await edge?.stop();
    await Promise.all((replicas ?? []).map((replica) => replica.close()));
  });

  test('a rolling restart without a reload costs nobody anything', { timeout: 60_000 }, async () => {
    const load = openLoop(edge, clientOf(authority));
    for (const index of replicas.keys()) {
      await replicas[index]?.drain(DELAY);
      await restart(index);
    }
    await expect.poll(() => load.sent(), { timeout: 20_000 }).toBeGreaterThan(500);
    const { failures } = await load.stop();
    expect(failures).toEqual([]);
  });

  test('a replica that is killed without notice is noticed', { timeout: 60_000 }, async () => {
    const port = Number(replicas[0]?.address.split(':')[1]);
    const kept = new Promise<void>((first) => (keeping = { port, first }));
    const load = openLoop(edge, clientOf(authority));
    await kept;
    await replicas[0]?.close();
    await sleep(300);
    const { failures } = await load.stop();
    keeping = undefined;
    await restart(0);
    expect(failures.length).toBeGreaterThan(0);
  });

  test('a replica that was taken out may be killed', { timeout: 60_000 }, async () => {
    const control = edgeControl(edge.folder);
    const address = replicas[1]?.address ?? '';
    // New connections only: a reload may reset idle ones.
    const load = openLoop(edge, clientOf(authority, false));
    await sleep(300);
    await control.takeOut('api', address);
    await replicas[1]?.close();
    await sleep(500);
    await restart(1);
    await control.putBack('api', address);
    await sleep(500);
    const { failures, sent } = await load.stop();
    expect(failures).toEqual([]);
    expect(sent).toBeGreaterThan(100);
    expect(control.config().upstreams[0]?.replicas.every(({ down }) => !down)).toBe(true);
  });
});

interface Load {
  sent(): number;
  stop(): Promise<{ failures: string[]; sent: number }>;
}

function openLoop(edge: TestEdge, agent: Agent): Load {
  const failures: string[] = [];
  const pending = new Set<Promise<void>>();
  let sent = 0;
  const url = `https://api.localhost:${edge.config.ports.https}/api/v1/x`;
  const timer = setInterval(() => {
    const method = (sent += 1) % 2 === 0 ? 'POST' : 'GET';
    const one: Promise<void> = ask(agent, url, method === 'POST' ? { method, body: 'x' } : { method })
      .then(({ status }) => void (status === 200 ? undefined : failures.push(`${method} ${status}`)))
      .catch((error: NodeJS.ErrnoException) => void failures.push(`${method} ${error.code ?? error.message}`))
      .finally(() => pending.delete(one));
    pending.add(one);
  }, EVERY);
  return {
    sent: () => sent,
    async stop() {
      clearInterval(timer);
      await Promise.all(pending);
      agent.destroy();
      return { failures, sent };
    },
  };
}
