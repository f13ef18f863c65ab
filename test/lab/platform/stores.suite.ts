/** Stores that hang, which is worse than being gone: a connection that is open and never answers. */
import { readFileSync, readdirSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterEach, expect, test } from 'vitest';
import { nodeId } from '../../../src/drills/lab/parts/postgres.ts';
import { rent, until, type Answer, type Platform } from './platform.ts';

const LONG = 180_000;
/** What a loaded machine may add to each deadline. */
const SLACK = 3000;
/** Of the API, in milliseconds: the rate limit's question and one command of Redis; connecting, a statement and a transaction of PostgreSQL. */
const REDIS_DEADLINE = 50 + 500;
const DATABASE_DEADLINE = 2000 + 8000;
/** `ADMIN_DENYLIST_MAX_STALENESS`. */
const STALENESS = 10_000;
/** Milliseconds between two rounds of questions: under the edge's rate, however fast all of them are refused. */
const PACE = 250;

export function storesSuite(platform: () => Platform): void {
  // Also after a test that failed: what comes next is not about stores that hang.
  afterEach(() => recovered(platform()), LONG);

  test(
    'Redis hangs: tickets are refused within their deadline, and what needs no Redis goes on',
    { timeout: LONG },
    async () => {
      const lab = platform();
      const node = nodeId('node-agent-1');
      const alice = await lab.token('alice');
      await rent(lab, alice, node);
      const ticket = () =>
        lab.api('/api/v1/terminal/tickets', { token: alice, method: 'POST', body: { nodeId: node } });
      await frozen([lab.pid('redis')], async () => {
        for (let round = 0; round < 8; round += 1) {
          const [refused, read] = await Promise.all([ticket(), lab.api('/api/v1/instances', { token: alice })]);
          expect(refused.status, refused.text).toBe(503);
          expect(read.status, read.text).toBe(200);
          expect(Math.max(refused.ms, read.ms)).toBeLessThan(REDIS_DEADLINE + SLACK);
        }
      });
      await recovered(lab);
      expect((await ticket()).status).toBe(201);
    },
  );

  test(
    'PostgreSQL hangs: all are refused within their deadline, admins once the deny-list is too old',
    { timeout: LONG },
    async () => {
      const lab = platform();
      const [alice, root] = await Promise.all([lab.token('alice'), lab.token('root')]);
      const admin = () => lab.api('/api/v1/admin/denylist', { token: root });
      const user = () => lab.api('/api/v1/instances', { token: alice });
      expect((await admin()).status).toBe(200);
      await frozen(family(lab.pid('postgres')), async () => {
        const began = performance.now();
        const answers: Answer[] = [];
        while (performance.now() - began < STALENESS + 2000) {
          answers.push(...(await Promise.all([admin(), user()])));
          await sleep(PACE);
        }
        for (const { status, text, ms } of answers) {
          expect(status, text).toBe(503);
          expect(ms).toBeLessThan(DATABASE_DEADLINE + SLACK);
        }
        const late = await admin();
        expect(late.text).toMatch(/deny-list|revo/i);
        expect(late.ms).toBeLessThan(SLACK);
      });
      for (const ask of [admin, user])
        await until('an answer again', async () => {
          await sleep(PACE);
          return (await ask()).status === 200 ? true : undefined;
        });
    },
  );
}

/** Each replica finds out by itself that a store is back, and says so at its readiness probe. */
async function recovered({ open: { lab } }: Platform): Promise<void> {
  for (const replica of ['api', 'billing-worker', 'notification-relay', 'terminal-gateway'].flatMap(lab.replicas))
    await until(`${replica} to find all stores`, async () => {
      const answer = await fetch(`http://127.0.0.1:${lab.port(replica, 'health')}/readyz`);
      const { degraded } = (await answer.json()) as { degraded: boolean };
      return answer.ok && !degraded ? true : undefined;
    });
}

/** Stops the processes for the time of `work`. */
async function frozen(pids: readonly number[], work: () => Promise<void>): Promise<void> {
  const signal = (name: NodeJS.Signals) => {
    for (const pid of pids) process.kill(pid, name);
  };
  signal('SIGSTOP');
  try {
    await work();
  } finally {
    signal('SIGCONT');
  }
}

/** The process and its children: each connection of PostgreSQL has one, in a session of its own. */
function family(parent: number): number[] {
  const children = readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .filter((name) => parentOf(name) === parent);
  return [parent, ...children.map(Number)];
}

function parentOf(pid: string): number | undefined {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
    return Number(stat.slice(stat.lastIndexOf(')') + 2).split(' ')[1]);
  } catch {
    return undefined;
  }
}
