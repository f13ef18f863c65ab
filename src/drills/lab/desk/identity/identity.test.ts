import { createRemoteJWKSet, customFetch, jwtVerify, type JWTPayload } from 'jose';
import { mkdtempSync, readFileSync, rmSync, statSync } from 'node:fs';
import { request } from 'node:https';
import type { IncomingHttpHeaders } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createHash, randomBytes } from 'node:crypto';
import { text } from 'node:stream/consumers';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { makeAuthority, type TestAuthority } from '../../../../../test/servers/certificates.ts';
import { freePort } from '../../../../../test/servers/process.ts';
import type { Served } from '../http.ts';
import { TEST_LOGIN } from './configuration.ts';
import { startIdentity, type IdentityServerOptions } from './server.ts';

interface Answer {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  readonly body: string;
}

const CONSOLE = 'https://console.localhost:9443';
const folder = mkdtempSync(join(tmpdir(), 'launchgate-identity-'));
let authority: TestAuthority;
let options: IdentityServerOptions;
let served: Served;

beforeAll(async () => {
  authority = await makeAuthority();
  const port = await freePort();
  options = {
    address: `127.0.0.1:${port}`,
    issuer: `https://localhost:${port}`,
    audience: 'gpucloud-api',
    console: CONSOLE,
    tls: await authority.issue('identity'),
    keyFile: join(folder, 'keys.json'),
    secrets: { api: 'a'.repeat(32), drills: 'd'.repeat(32) },
    token: 'admin-token',
    accessTokenTtl: 300,
  };
  served = await startIdentity(options);
});
afterAll(async () => {
  await served?.close();
  rmSync(folder, { recursive: true, force: true });
});

function ask(
  path: string,
  {
    method = 'GET',
    headers = {},
    body,
  }: { method?: string; headers?: Record<string, string>; body?: URLSearchParams } = {},
): Promise<Answer> {
  const url = new URL(path, options.issuer);
  const form = body === undefined ? {} : { 'content-type': 'application/x-www-form-urlencoded' };
  return new Promise((resolve, reject) => {
    request(
      url,
      {
        method,
        ca: readFileSync(authority.ca),
        agent: false,
        host: '127.0.0.1',
        servername: 'localhost',
        headers: { host: url.host, ...headers, ...form },
      },
      (response) => {
        text(response).then(
          (received) => resolve({ status: response.statusCode ?? 0, headers: response.headers, body: received }),
          reject,
        );
      },
    )
      .on('error', reject)
      .end(body?.toString());
  });
}

async function token(form: Record<string, string>, client = 'drills', secret = 'd'.repeat(32)): Promise<Answer> {
  const authorization = `Basic ${Buffer.from(`${client}:${secret}`).toString('base64')}`;
  return ask('/token', { method: 'POST', headers: { authorization }, body: new URLSearchParams(form) });
}

/** As the services do it: keys from the provider, issuer and audience checked. */
async function verified(answer: Answer): Promise<JWTPayload & Record<string, unknown>> {
  const fetched = async (url: string): Promise<Response> => new Response((await ask(new URL(url).pathname)).body);
  const keys = createRemoteJWKSet(new URL('/jwks', options.issuer), { [customFetch]: fetched });
  if (answer.status !== 200) throw new Error(answer.body);
  const { access_token: value } = JSON.parse(answer.body) as { access_token: string };
  return (await jwtVerify(value, keys, { issuer: options.issuer, audience: 'gpucloud-api' })).payload;
}

test('a drill gets tokens of users with every claim that the services read', async () => {
  const alice = await verified(await token({ grant_type: TEST_LOGIN, user: 'alice', sid: 'session-1' }));
  expect(alice).toMatchObject({ sub: 'alice', tenant: 'acme', roles: ['user'], sid: 'session-1' });
  expect(alice.jti).toBeTypeOf('string');
  expect((alice.exp ?? 0) - (alice.iat ?? 0)).toBe(300);
  expect(await verified(await token({ grant_type: TEST_LOGIN, user: 'root' }))).toMatchObject({
    sub: 'root',
    roles: ['admin'],
  });
  expect((await token({ grant_type: TEST_LOGIN, user: 'mallory' })).status).toBe(400);
});

test('machines get tokens by their secret; nobody else logs in as a user without a browser', async () => {
  expect(await verified(await token({ grant_type: 'client_credentials' }))).toMatchObject({ sub: 'drills', roles: [] });
  expect((await token({ grant_type: 'client_credentials' }, 'drills', 'wrong')).status).toBe(401);
  expect((await token({ grant_type: TEST_LOGIN, user: 'root' }, 'api', 'a'.repeat(32))).status).toBe(400);
  expect((await token({ grant_type: 'client_credentials', resource: 'urn:other' })).status).toBe(400);
});

test('two keys are published; after a turn the other one signs and old tokens still verify', async () => {
  const before = await token({ grant_type: 'client_credentials' });
  const published = async (): Promise<string[]> =>
    (JSON.parse((await ask('/jwks')).body) as { keys: { kid: string }[] }).keys.map(({ kid }) => kid);
  const [signing, next] = await published();
  expect((await ask('/lab/keys/rotate', { method: 'POST' })).status).toBe(401);
  expect(
    (await ask('/lab/keys/rotate', { method: 'POST', headers: { authorization: 'Bearer admin-token' } })).status,
  ).toBe(200);
  expect((await published())[0]).toBe(next);
  expect(await published()).toContain(signing);
  const after = await token({ grant_type: 'client_credentials' });
  const kid = (answer: Answer): unknown =>
    (
      JSON.parse(
        Buffer.from(
          (JSON.parse(answer.body) as { access_token: string }).access_token.split('.')[0] ?? '',
          'base64url',
        ).toString(),
      ) as { kid: string }
    ).kid;
  expect([kid(before), kid(after)]).toEqual([signing, next]);
  await verified(before);
  await verified(after);
});

test('keys outlive a restart, in a file of their own mode', async () => {
  const before = await token({ grant_type: 'client_credentials' });
  expect(statSync(options.keyFile).mode & 0o777).toBe(0o600);
  await served.close();
  served = await startIdentity(options);
  await verified(before);
});

test('the console logs a user in with code and PKCE, and refreshes', async () => {
  const verifier = randomBytes(32).toString('base64url');
  const challenge = createHash('sha256').update(verifier).digest('base64url');
  const cookies = new Map<string, string>();
  const browse = async (path: string): Promise<Answer> => {
    const answer = await ask(path, {
      headers: { cookie: [...cookies].map(([name, value]) => `${name}=${value}`).join('; ') },
    });
    for (const line of answer.headers['set-cookie'] ?? []) {
      const [name = '', value = ''] = (line.split(';')[0] ?? '').split('=');
      cookies.set(name, value);
    }
    return answer;
  };
  const query = new URLSearchParams({
    client_id: 'console',
    response_type: 'code',
    redirect_uri: `${CONSOLE}/`,
    scope: 'openid offline_access',
    prompt: 'consent',
    resource: 'urn:gpucloud-api',
    state: 's',
    code_challenge: challenge,
    code_challenge_method: 'S256',
  });
  let answer = await browse(`/auth?${query}`);
  expect(answer.headers.location).toContain('/interaction/');
  const page = await browse(answer.headers.location ?? '');
  expect(page.body).toContain('Log in as alice');
  answer = await browse(`${answer.headers.location}?user=bob`);
  for (let hops = 0; hops < 6 && !(answer.headers.location ?? CONSOLE).startsWith(CONSOLE); hops += 1)
    answer = await browse(answer.headers.location ?? '');
  const back = new URL(answer.headers.location ?? '');
  expect(back.searchParams.get('state')).toBe('s');
  const exchange = (form: Record<string, string>): Promise<Answer> =>
    ask('/token', {
      method: 'POST',
      headers: { origin: CONSOLE },
      body: new URLSearchParams({ client_id: 'console', resource: 'urn:gpucloud-api', ...form }),
    });
  const code = {
    grant_type: 'authorization_code',
    code: back.searchParams.get('code') ?? '',
    redirect_uri: `${CONSOLE}/`,
  };
  expect((await exchange({ ...code, code_verifier: 'wrong'.repeat(10) })).status).toBe(400);
  answer = await browse(`/auth?${query}`);
  for (let hops = 0; hops < 6 && !(answer.headers.location ?? CONSOLE).startsWith(CONSOLE); hops += 1)
    answer = await browse(answer.headers.location ?? '');
  const again = new URL(answer.headers.location ?? '').searchParams.get('code') ?? '';
  const tokens = await exchange({ ...code, code: again, code_verifier: verifier });
  expect(tokens.headers['access-control-allow-origin']).toBe(CONSOLE);
  expect(await verified(tokens)).toMatchObject({ sub: 'bob', tenant: 'globex' });
  const { refresh_token: refresh } = JSON.parse(tokens.body) as { refresh_token: string };
  expect(await verified(await exchange({ grant_type: 'refresh_token', refresh_token: refresh }))).toMatchObject({
    sub: 'bob',
  });
});
