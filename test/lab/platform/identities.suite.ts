/** Whose word about a request is taken: the edge's, by its certificate, and no other workload's, though the platform's authority signed it. */
import { randomBytes } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { nodeId } from '../../../src/drills/lab/parts/postgres.ts';
import { askAs, knock, takeTicket } from './doors.ts';
import { rent, until, type Platform } from './platform.ts';

const LONG = 120_000;
const GATEWAY = 'terminal-gateway-1';
const OTHERS = ['billing-worker-1', 'notification-relay-1', 'node-agent-1'];

export function identitiesSuite(platform: () => Platform): void {
  test('the API takes the request id from the edge, and gives its own to any other workload', async () => {
    const said = randomBytes(16).toString('hex');
    const answered = async (peer: string) =>
      (await askAs(platform(), 'api-1', '/api/v1/me', { headers: { 'x-request-id': said } }, peer)).headers[
        'x-request-id'
      ];
    expect(await answered('edge')).toBe(said);
    for (const peer of OTHERS) {
      const given = await answered(peer);
      expect(given, peer).toMatch(/^[0-9a-f-]{32,36}$/);
      expect(given, peer).not.toBe(said);
    }
  });

  test('so does the gateway, in the log of its upgrades', { timeout: LONG }, async () => {
    const lab = platform();
    const node = nodeId('node-agent-1');
    await rent(lab, await lab.token('alice'), node);
    for (const peer of ['edge', ...OTHERS]) {
      const said = randomBytes(16).toString('hex');
      const before = upgrades(lab).length;
      const door = await knock(lab, GATEWAY, await takeTicket(lab, 'alice', node), {
        peer,
        headers: { 'x-request-id': said },
      });
      door.close();
      expect(door.status).toBe(101);
      const [line] = await until(`the upgrade by ${peer}`, () => {
        const since = upgrades(lab).slice(before);
        return since.length > 0 ? since : undefined;
      });
      expect(line).toMatch(/"request_id":"[0-9a-f-]{32,36}"/);
      expect(line?.includes(`"request_id":"${said}"`), `${peer}: ${line}`).toBe(peer === 'edge');
    }
  });

  test('the gateway’s operators are known by certificate, too: the edge is none', async () => {
    for (const peer of ['edge', ...OTHERS])
      expect((await askAs(platform(), GATEWAY, '/admin/sessions', {}, peer)).status, peer).toBe(403);
    expect((await askAs(platform(), GATEWAY, '/admin/sessions', {}, 'api-1')).status).toBe(200);
  });
}

/** The gateway's lines about upgrades. Nobody else opens a terminal while this suite runs. */
function upgrades({ open: { lab } }: Platform): string[] {
  return readFileSync(lab.log(GATEWAY), 'utf8')
    .split('\n')
    .filter((line) => line.includes('"upgrade":true'));
}
