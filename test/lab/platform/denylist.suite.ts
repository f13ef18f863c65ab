/** A revocation on its way through the mirror: the API writes it, gateways without a database follow, and what was open is closed. */
import { expect, test } from 'vitest';
import { nodeId } from '../../../src/drills/lab/parts/postgres.ts';
import { openSession } from '../../../src/drills/terminals/session.ts';
import { knock, takeTicket } from './doors.ts';
import { rent, terminalsOf, until, withEnvironment, type Platform } from './platform.ts';

const LONG = 180_000;
/** `RECHECK` of the gateway: by then an open session is judged again whatever has got lost on the way. And what a loaded machine may add. */
const BOUND = 10_000 + 5000;
/** Of one gateway here, so that a ticket outlives it: tickets live for 30 s. */
const STALENESS = 5000;

export function denylistSuite(platform: () => Platform): void {
  test(
    'who is revoked loses the terminal that is open, within the bound, and gets no other',
    { timeout: LONG },
    async () => {
      const lab = platform();
      const node = nodeId('node-agent-1');
      await rent(lab, await lab.token('alice'), node);
      const user = 'load-950';
      const [session, other] = await Promise.all([
        openSession(terminalsOf(lab), { user, nodeId: node, from: '127.0.9.5', tick: 0.5 }),
        openSession(terminalsOf(lab), { user: 'load-951', nodeId: node, from: '127.0.9.6', tick: 0.5 }),
      ]);
      const ticket = await takeTicket(lab, user, node);
      try {
        const began = performance.now();
        const revoked = await lab.api('/api/v1/admin/denylist', {
          token: await lab.token('root'),
          method: 'POST',
          body: { kind: 'subject', value: user, reason: 'proof' },
        });
        expect(revoked.status, revoked.text).toBe(201);
        await until('the close', () => (session.closes.includes(1008) ? true : undefined));
        expect(performance.now() - began).toBeLessThan(BOUND);
        for (const gateway of lab.open.lab.replicas('terminal-gateway'))
          expect((await knock(lab, gateway, ticket)).status).toBeGreaterThanOrEqual(400);
        const again = await lab.api('/api/v1/terminal/tickets', {
          token: await lab.token(user),
          method: 'POST',
          body: { nodeId: node },
        });
        expect(again.status, again.text).toBe(401);
        expect(other.closes).toEqual([]);
      } finally {
        session.close();
        other.close();
      }
    },
  );

  test('a mirror that nobody feeds opens nothing, though Redis answers', { timeout: LONG }, async () => {
    const lab = platform();
    const gateway = 'terminal-gateway-1';
    const node = nodeId('node-agent-1');
    await rent(lab, await lab.token('alice'), node);
    const impatient = { 'terminal-gateway': { DENYLIST_MAX_STALENESS: `${STALENESS / 1000}s` } };
    await withEnvironment(lab, impatient).restart(gateway);
    const writers = lab.open.lab.replicas('api').map((part) => lab.pid(part));
    try {
      const first = await knock(lab, gateway, await takeTicket(lab, 'alice', node));
      expect(first.status).toBe(101);
      first.close();
      const ticket = await takeTicket(lab, 'alice', node);
      for (const pid of writers) process.kill(pid, 'SIGSTOP');
      await new Promise((resolve) => setTimeout(resolve, STALENESS + 3000));
      expect((await knock(lab, gateway, ticket)).status).toBe(503);
    } finally {
      for (const pid of writers) process.kill(pid, 'SIGCONT');
      await lab.restart(gateway);
    }
    await until('a terminal again', async () => {
      const door = await knock(lab, gateway, await takeTicket(lab, 'alice', node));
      door.close();
      return door.status === 101 ? true : undefined;
    });
  });
}
