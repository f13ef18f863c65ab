import { createSecretKey, generateKeyPairSync } from 'node:crypto';
import { SignJWT } from 'jose';
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import { AUDIENCE, startProvider, type TestProvider } from '../../test-support/provider.ts';
import { discoverKeys } from './discovery.ts';
import { createKeySet, type KeySetOptions } from './keys.ts';
import { bearerToken, createVerifier, type Verify } from './token.ts';

let provider: TestProvider;
const CLAIMS = { alice: { tenant: 'acme', roles: ['admin'], sid: 'session-1' }, nobody: {} };

beforeAll(async () => {
  provider = await startProvider(CLAIMS);
});
afterAll(() => provider?.down());

function verifier(options: Partial<KeySetOptions> = {}, of = provider): Verify {
  const keys = createKeySet({ load: discoverKeys(of.issuer, fetch), cooldownMs: 0, ...options });
  return createVerifier({ keys, issuer: of.issuer, audience: AUDIENCE });
}

const now = () => Math.floor(Date.now() / 1000);
const unauthorized = { status: 401 };

describe('what the provider signs', () => {
  test('becomes a principal', async () => {
    const principal = await verifier()(await provider.token('alice'));
    expect(principal).toMatchObject({ sub: 'alice', tenant: 'acme', roles: ['admin'], sid: 'session-1' });
    expect(principal.jti).toMatch(/./);
    expect(principal.kid).toMatch(/^key-/);
  });

  test('is refused without a tenant', async () => {
    await expect(verifier()(await provider.token('nobody'))).rejects.toMatchObject({
      ...unauthorized,
      message: /tenant/,
    });
  });

  test('is fetched once for many tokens', async () => {
    const verify = verifier({ cooldownMs: 30_000 });
    const before = provider.fetched();
    const token = await provider.token('alice');
    await Promise.all(Array.from({ length: 20 }, () => verify(token)));
    expect(provider.fetched()).toBe(before + 1);
  });
});

describe('forged tokens', () => {
  const { privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  const good = () => ({
    iss: provider.issuer,
    aud: AUDIENCE,
    sub: 'alice',
    tenant: 'acme',
    iat: now(),
    exp: now() + 60,
  });

  test('another key under a known or unknown name', async () => {
    const kid = (await verifier()(await provider.token('alice'))).kid ?? '';
    for (const name of [kid, 'other'])
      await expect(
        verifier()(await new SignJWT(good()).setProtectedHeader({ alg: 'ES256', kid: name }).sign(privateKey)),
      ).rejects.toMatchObject(unauthorized);
  });

  test('no algorithm, and one where the verifier could sign', async () => {
    const encode = (value: object) => Buffer.from(JSON.stringify(value)).toString('base64url');
    const none = `${encode({ alg: 'none' })}.${encode(good())}.`;
    const hmac = await new SignJWT(good()).setProtectedHeader({ alg: 'HS256' }).sign(createSecretKey(Buffer.alloc(32)));
    for (const token of [none, hmac, 'x', '', 'a.b.c', `${'a'.repeat(20_000)}.b.c`])
      await expect(verifier()(token)).rejects.toMatchObject(unauthorized);
  });

  test('one that does not name its key, which is then revoked by no name', async () => {
    const pair = generateKeyPairSync('ec', { namedCurve: 'P-256' });
    const jwk = { ...pair.publicKey.export({ format: 'jwk' }), kid: 'mine', alg: 'ES256', use: 'sig' };
    const verify = verifier({ load: async () => ({ keys: [jwk as never] }) });
    const sign = (header: object) =>
      new SignJWT(good()).setProtectedHeader({ alg: 'ES256', ...header }).sign(pair.privateKey);
    await expect(verify(await sign({ kid: 'mine' }))).resolves.toMatchObject({ kid: 'mine' });
    for (const header of [{}, { kid: 7 }, { kid: null }])
      await expect(verify(await sign(header)), JSON.stringify(header)).rejects.toMatchObject(unauthorized);
  });

  test('issuer, audience, time: each has to fit', async () => {
    const pair = generateKeyPairSync('ec', { namedCurve: 'P-256' });
    const jwk = { ...pair.publicKey.export({ format: 'jwk' }), kid: 'mine', alg: 'ES256', use: 'sig' };
    const verify = verifier({ load: async () => ({ keys: [jwk as never] }) });
    const sign = (claims: object) =>
      new SignJWT({ ...good(), ...claims }).setProtectedHeader({ alg: 'ES256', kid: 'mine' }).sign(pair.privateKey);
    await expect(verify(await sign({}))).resolves.toMatchObject({ sub: 'alice' });
    await expect(verify(await sign({ exp: now() - 3 }))).resolves.toMatchObject({ sub: 'alice' });
    const bad = [
      { iss: 'https://other' },
      { aud: 'other' },
      { exp: now() - 10 },
      { iat: now() + 60 },
      { nbf: now() + 60 },
      { sub: undefined },
      { iat: undefined },
      { exp: undefined },
      { sub: 'a b' },
      { tenant: '../x' },
      { roles: 'admin' },
      { jti: 7 },
    ];
    for (const claims of bad)
      await expect(verify(await sign(claims)), JSON.stringify(claims)).rejects.toMatchObject(unauthorized);
  });
});

describe('rotation and failure', () => {
  test('a new key is taken up at once, a dropped one is refused after a refresh', async () => {
    const own = await startProvider(CLAIMS);
    const verify = verifier({}, own);
    const old = await own.token('alice');
    await verify(old);
    own.rotate({ keepOld: true });
    await expect(verify(await own.token('alice'))).resolves.toMatchObject({ sub: 'alice' });
    await expect(verify(old)).resolves.toMatchObject({ sub: 'alice' });
    own.rotate();
    await verify(await own.token('alice'));
    await expect(verify(old)).rejects.toMatchObject(unauthorized);
    await own.down();
  });

  test('a new key is taken up although the clock was set back', async () => {
    const own = await startProvider(CLAIMS);
    const verify = verifier({}, own);
    await verify(await own.token('alice'));
    own.rotate({ keepOld: true });
    const token = await own.token('alice');
    // Not so far that the token would be one of the future.
    const clock = vi.spyOn(Date, 'now').mockReturnValue(Date.now() - 3000);
    try {
      await expect(verify(token)).resolves.toMatchObject({ sub: 'alice' });
    } finally {
      clock.mockRestore();
    }
    await own.down();
  });

  test('unknown key names fetch no more often than the cooldown allows', async () => {
    const verify = verifier({ cooldownMs: 60_000 });
    await verify(await provider.token('alice'));
    const before = provider.fetched();
    const { privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
    for (let round = 0; round < 20; round++) {
      const token = await new SignJWT({}).setProtectedHeader({ alg: 'ES256', kid: `none-${round}` }).sign(privateKey);
      await expect(verify(token)).rejects.toMatchObject(unauthorized);
    }
    expect(provider.fetched()).toBe(before);
  });

  test('the provider is down: known keys serve until they are too old, then tokens cannot be judged', async () => {
    const own = await startProvider(CLAIMS);
    let time = 1_000_000;
    const verify = verifier({ now: () => time, freshMs: 1000, staleMs: 10_000 }, own);
    const token = await own.token('alice');
    await verify(token);
    await own.down();
    time += 5000;
    await expect(verify(token)).resolves.toMatchObject({ sub: 'alice' });
    time += 10_000;
    await expect(verify(token)).rejects.toMatchObject({ status: 503 });
    await own.up();
    time += 60_000;
    await expect(verify(token)).resolves.toMatchObject({ sub: 'alice' });
    await own.down();
  });

  test('a provider that hangs is given up after its deadline', async () => {
    const never = (signal: AbortSignal) =>
      new Promise<never>((_, reject) => signal.addEventListener('abort', () => reject(new Error('aborted'))));
    await expect(verifier({ load: never, timeoutMs: 50 })(await provider.token('alice'))).rejects.toMatchObject({
      status: 503,
    });
  });

  test('a document of another issuer, and endless answers, are refused', async () => {
    const answer = (body: string) => async () => ({ status: 200, body: new Response(body).body });
    const signal = AbortSignal.timeout(5000);
    const other = JSON.stringify({ issuer: 'https://evil', jwks_uri: 'https://evil/jwks' });
    await expect(discoverKeys('https://good', answer(other))(signal)).rejects.toThrow(/calls itself/);
    const elsewhere = JSON.stringify({ issuer: 'https://good', jwks_uri: 'https://evil/jwks' });
    await expect(discoverKeys('https://good', answer(elsewhere))(signal)).rejects.toThrow(/not the issuer's host/);
    await expect(discoverKeys('https://good', answer(' '.repeat(300_000)))(signal)).rejects.toThrow(/more than/);
  });
});

test('only a bearer token is one', () => {
  expect(bearerToken('Bearer abc.def')).toBe('abc.def');
  expect(bearerToken('bearer  x')).toBe('x');
  for (const header of [undefined, '', 'Basic abc', 'Bearer', 'Bearer a b', 'Bearer ü'])
    expect(() => bearerToken(header)).toThrow(/bearer/);
});
