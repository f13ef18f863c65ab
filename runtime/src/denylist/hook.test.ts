import { createHash } from 'node:crypto';
import { fastify } from 'fastify';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { createDenylist } from './denylist.ts';
import { requireNotRevoked } from './hook.ts';
import { change, HandClock, handSource } from './test-lists.ts';
import type { TokenClaims } from './types.ts';

const SECRET = 'ice-axe-4c1d0f62a7';
const clock = new HandClock();
const opened: { close(): Promise<unknown> }[] = [];
afterEach(async () => {
  for (const app of opened.splice(0)) await app.close();
});

async function service() {
  const source = handSource();
  const denylist = createDenylist({ source, maxStalenessMs: 10_000, clock });
  await denylist.start();
  source.sink().begin().commit({ id: 0, mark: '' });
  source.sink().apply([change(1, 'subject', 'mallory')]);
  source.sink().confirm(clock.now());
  const used = vi.fn();
  const claims = (request: { headers: Record<string, unknown> }) => {
    const given = request.headers['x-claims'];
    return typeof given === 'string' ? (JSON.parse(given) as TokenClaims) : undefined;
  };
  const breakGlass = { sha256: [createHash('sha256').update(SECRET).digest('hex')], used };
  const app = fastify();
  opened.push(app);
  app.get('/admin', { preHandler: requireNotRevoked(denylist, { claims, admin: true, breakGlass }) }, async () => 'ok');
  app.get('/open', { preHandler: requireNotRevoked(denylist, { claims, whenStale: 'open' }) }, async () => 'ok');
  app.get('/closed', { preHandler: requireNotRevoked(denylist, { claims }) }, async () => 'ok');
  const get = async (url: string, claims?: TokenClaims, headers: Record<string, string> = {}) => {
    const given = claims === undefined ? {} : { 'x-claims': JSON.stringify(claims) };
    return app.inject({ url, headers: { ...given, ...headers } });
  };
  return { get, used };
}

const ANA = { jti: 'j', sub: 'ana', iat: 1 };
const MALLORY = { jti: 'j', sub: 'mallory', iat: 1 };

describe('the hook', () => {
  it('lets through what is not revoked and refuses what is, with the challenge of RFC 6750', async () => {
    const { get } = await service();
    expect((await get('/admin', ANA)).statusCode).toBe(200);
    const refused = await get('/admin', MALLORY);
    expect(refused.statusCode).toBe(401);
    expect(refused.headers['www-authenticate']).toContain('error="invalid_token"');
    expect((await get('/open', MALLORY)).statusCode).toBe(401);
  });

  it('refuses a request without verified claims, and an admin token without jti', async () => {
    const { get } = await service();
    expect((await get('/open')).statusCode).toBe(401);
    expect((await get('/admin', { sub: 'ana', iat: 1 })).statusCode).toBe(401);
    expect((await get('/open', { sub: 'ana', iat: 1 })).statusCode).toBe(200);
  });

  it('answers 503 when the list is stale, for admin always, for others by their policy', async () => {
    const { get } = await service();
    clock.pass(10_001);
    const refused = await get('/admin', ANA);
    expect([refused.statusCode, refused.headers['retry-after']]).toEqual([503, '5']);
    expect((await get('/closed', ANA)).statusCode).toBe(503);
    expect((await get('/open', ANA)).statusCode).toBe(200);
    expect((await get('/open', MALLORY)).statusCode).toBe(401);
  });

  it('break-glass overrides staleness only, and is told to somebody', async () => {
    const { get, used } = await service();
    expect((await get('/admin', MALLORY, { 'x-break-glass': SECRET })).statusCode).toBe(401);
    clock.pass(10_001);
    expect((await get('/admin', ANA, { 'x-break-glass': `${SECRET} ` })).statusCode).toBe(503);
    expect((await get('/closed', ANA, { 'x-break-glass': SECRET })).statusCode).toBe(503);
    expect(used).not.toHaveBeenCalled();
    expect((await get('/admin', ANA, { 'x-break-glass': SECRET })).statusCode).toBe(200);
    expect((await get('/admin', MALLORY, { 'x-break-glass': SECRET })).statusCode).toBe(401);
    expect((await get('/admin', { ...ANA, jti: '' }, { 'x-break-glass': SECRET })).statusCode).toBe(401);
    expect(used).toHaveBeenCalledTimes(1);
  });

  it('refuses to be made with a break-glass digest that is none', () => {
    const denylist = createDenylist({ source: handSource(), maxStalenessMs: 1 });
    const breakGlass = { sha256: ['secret'], used: () => undefined };
    expect(() => requireNotRevoked(denylist, { claims: () => undefined, admin: true, breakGlass })).toThrow('64 hex');
  });
});
