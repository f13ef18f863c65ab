import fc from 'fast-check';
import { expect, test } from 'vitest';
import { createRedactor } from './index.ts';

const redactor = createRedactor();
const S = 'CANARY7x';
const json = (value: unknown): string => JSON.stringify(redactor.value(value));

test('names of secrets at any depth, in any case, with any separator', () => {
  const names = [
    'password',
    'PassWord',
    'API-KEY',
    'apiKey',
    'x-api-key',
    'client_secret',
    'privateKey',
    'refreshToken',
    'Set-Cookie',
    'AWS_SECRET_ACCESS_KEY',
  ];
  const more = [
    'db.password',
    'userPass',
    'ticket',
    'stripe-signature',
    'Sec-WebSocket-Protocol',
    'cvv',
    'ssn',
    'card_number',
    'otp',
    'passphrase',
    'sessionId',
    'pin',
    'proxy-authorization',
    'sid',
    'connect.sid',
    'psk',
    'wpaPsk',
    'keyPem',
    'tls_key',
    'tlsKeyPem',
    'CA_KEY',
    'pássword',
    'pa\u0301ssword',
    'ｐａｓｓｗｏｒｄ',
    'db.bindpw',
  ];
  for (const name of [...names, ...more]) {
    expect(json({ a: [{ b: { [name]: S } }] }), name).not.toContain(S);
    expect(json({ [name]: { inner: S } }), name).not.toContain(S);
    expect(json(new Map([[name, S]])), name).not.toContain(S);
  }
});

test('an identifier that ends like the name of a secret is none', () => {
  for (const id of ['0b6f4b43-9a0e-4a51-8f0e-5d7d1c09e9cc', '4bf92f3577b34da6a3ce929d0e0e47cc']) {
    const event = { id, v: 1, value: 'read', [id]: 'kept' };
    expect(redactor.value(event)).toEqual(event);
  }
  expect(json({ id: 'cc', value: S })).not.toContain(S);
  expect(json({ id: 'primary-cc', value: S })).not.toContain(S);
});

test('harmless neighbours stay', () => {
  const plain = {
    author: 'x',
    max_tokens: 5,
    tokenType: 'Bearer',
    hasPassword: true,
    passed: 'y',
    requestId: 'abc',
    node: 'n',
    keyId: 'k',
    session: 's',
    side: 'a',
    asid: 'a',
    residual: 'b',
    pskIdentity: 'c',
    psketch: 'd',
    tlsKeyFile: '/tls.key',
    publicKeyPem: 'e',
    replicaKey: 'f',
    d: 'g',
    scheme: 'https',
    parameters: ['h'],
    clientKeyboard: 'de',
    serverKeyspace: 'orders',
    session_keyspace: 'a',
    secretariat: 'HR',
    passwordless: 'yes',
    hostKeyChecking: 'no',
    sshKeyFingerprint: 'i',
    cookieConsent: 'all',
    'cookie-name': 'j',
    passRate: '97%',
    pass: 12,
    tag: { Key: 'env', Value: 'prod' },
    patch: { op: 'replace', path: '/name', value: 'k' },
    ports: ['docker', 'run', '-p', '8080:80', '-a', 'stdout'],
    hello: ['HELLO', '3'],
    query: { page: '2', name: 'jane' },
    params: { code: 'de', key: 'orders' },
    statement: { sql: 'SELECT 1 FROM orders WHERE id = $1', values: [1] },
  };
  expect(redactor.value(plain)).toEqual(plain);
});

test('header lists, entries, arguments and name-value records', () => {
  for (const value of [
    ['Host', 'x', 'Authorization', S, 'Cookie', S],
    ['--password', S],
    [['authorization', S]],
    [{ name: 'Authorization', value: S }],
    { key: 'password', value: S },
    [{ name: 'connect.sid', value: S }],
    { scheme: 'Bearer', parameter: S },
    { jwk: { kty: 'RSA', n: 'x', d: S, p: S } },
    { apiVersion: 'v1', kind: 'Secret', data: { plain: S } },
    { kind: 'Secret', stringData: { plain: S } },
    { command: { name: 'AUTH', args: [S] } },
    ['-----BEGIN PRIVATE KEY-----', S, S, '-----END PRIVATE KEY-----'],
    { Key: 'password', Value: S },
    { Name: 'DB_PASSWORD', Value: S },
    { NAME: 'DB_PASSWORD', VALUE: S },
    { id: 'password', value: S },
    { param: 'password', value: S },
    { headerName: 'Authorization', headerValue: S },
    { name: 'DB_PASSWORD', defaultValue: S },
    [{ op: 'replace', path: '/user/password', value: S }],
    ['AUTH', 'default', S],
    ['auth', 'default', S],
    ['HELLO', '3', 'AUTH', 'default', S],
    ['ACL', 'SETUSER', 'x', 'on', `>${S}`],
    ['curl', '-u', `jane:${S}`],
    ['/usr/bin/redis-cli', '-h', 'x', '-a', S],
    ['mysql', `-p${S}`],
    ['sshpass', '-p', S, 'ssh'],
    ['docker', 'login', '-u', 'x', '-p', S],
    ['helm', 'registry', 'login', '-u', 'x', '-p', S],
    new URLSearchParams(`code=${S}&key=${S}`),
    { query: { code: S, state: S } },
    { config: { url: '/oauth', params: { code: S, key: S } } },
    { url: '/x', searchParams: { key: [S] } },
    Object.assign(new Error('duplicate'), {
      query: 'INSERT INTO u (email, token) VALUES ($1, $2)',
      parameters: ['a', S],
    }),
    { sql: '/* app */ UPDATE users SET password = ? WHERE id = ?', bindings: [S, 1] },
    { kind: 'SecretList', items: [{ metadata: { name: 'x' }, data: { plain: S } }] },
    Object.assign(new Error('spawn redis-cli ENOENT'), { path: 'redis-cli', spawnargs: ['-a', S] }),
  ])
    expect(json(value), json(value)).not.toContain(S);
});

test('errors with causes, aggregates, properties and broken stacks', () => {
  const inner = new Error(`postgres://u:${S}@h`);
  const error = Object.assign(
    new AggregateError([new Error(`password=${S}`), inner], `Bearer ${S}`, { cause: inner }),
    {
      config: { headers: { Authorization: `Token ${S}` } },
      command: { name: 'auth', args: ['default', S] },
    },
  );
  const text = json(error);
  expect(text).not.toContain(S);
  expect(text).toContain('AggregateError');
  const broken = new Error('boom');
  Object.defineProperty(broken, 'stack', { get: () => fail() });
  expect(redactor.value(broken)).toEqual({ type: 'Error', message: 'boom' });
});

function fail(): never {
  throw new Error(S);
}

test('hostile objects are survived', () => {
  const cycle: Record<string, unknown> = { a: 1 };
  cycle['self'] = cycle;
  const revoked = Proxy.revocable({}, {});
  revoked.revoke();
  const trap = new Proxy({}, { get: fail, ownKeys: fail, has: fail, getPrototypeOf: fail });
  expect(redactor.value(cycle)).toEqual({ a: 1, self: '[circular]' });
  expect(redactor.value({ x: revoked.proxy, y: trap })).toEqual({ x: '[unreadable]', y: '[unreadable]' });
  expect(
    redactor.value({
      get x() {
        return fail();
      },
      y: 1,
    }),
  ).toEqual({ x: '[unreadable]', y: 1 });
  expect(json({ toJSON: () => ({ password: S, ok: 1 }) })).toBe('{"password":"[redacted]","ok":1}');
  expect(json(JSON.parse(`{"__proto__":{"token":"${S}"}}`))).not.toContain(S);
  expect(redactor.value(Object.create(null))).toEqual({});
});

test('bytes, collections, dates, addresses and odd primitives', () => {
  const value = {
    b: Buffer.from(S),
    t: new Uint8Array(3),
    d: Buffer.from(S).toJSON(),
    s: new Set([`token=${S}`]),
    u: new URL(`https://u:${S}@h/?token=${S}`),
  };
  expect(json(value)).not.toContain(S);
  expect(redactor.value({ big: 10n, nan: NaN, sym: Symbol('x'), date: new Date(0), fn: () => S, re: /x/ })).toEqual({
    big: '10',
    nan: 'NaN',
    sym: 'Symbol(x)',
    date: '1970-01-01T00:00:00.000Z',
    re: '/x/',
  });
  expect(json({ h: new Headers({ authorization: S }), p: new URLSearchParams({ token: S }) })).not.toContain(S);
  expect(json({ [`Bearer ${S}${S}`]: 1 })).not.toContain(S);
  expect(json({ 'a\u202eb': 1 })).toBe('{"a\\\\u202eb":1}');
});

test('depth, breadth and total are bounded', () => {
  let deep: object = { password: S };
  for (let level = 0; level < 50_000; level += 1) deep = { deep };
  expect(json(deep)).toContain('[deep]');
  expect(json(Array.from({ length: 100_000 }, () => ({ password: S }))).length).toBeLessThan(100_000);
  expect(
    json(Array.from({ length: 190 }, () => Array.from({ length: 190 }, () => 'x'.repeat(8000)))).length,
  ).toBeLessThan(3_000_000);
});

test('anything at all is copied without a throw', () => {
  fc.assert(
    fc.property(
      fc.anything({
        withMap: true,
        withSet: true,
        withBigInt: true,
        withDate: true,
        withTypedArray: true,
        withNullPrototype: true,
      }),
      (value) => {
        expect(() => JSON.stringify(redactor.value(value))).not.toThrow();
      },
    ),
  );
});

test('trails of changes, rows beside their columns, and arguments of commands', () => {
  const { value } = createRedactor();
  expect(value({ field: 'password', old: 'a1', new: 'b2', by: 'jane' })).toEqual({
    field: 'password',
    old: '[redacted]',
    new: '[redacted]',
    by: 'jane',
  });
  expect(value({ field: 'name', old: 'a1', new: 'b2' })).toEqual({ field: 'name', old: 'a1', new: 'b2' });
  expect(value({ columns: ['user', 'token'], rows: [['jane', 'a1']] })).toEqual({
    columns: ['user', 'token'],
    rows: [['jane', '[redacted]']],
  });
  expect(value({ fields: ['user', 'token'], values: ['jane', 'a1'] })).toMatchObject({
    values: ['jane', '[redacted]'],
  });
  expect(value({ command: 'AUTH', args: ['a1'] })).toEqual({ command: 'AUTH', args: '[redacted]' });
  for (const command of [
    ['/usr/bin/sqlcmd', '-U', 'sa', '-P'],
    ['curl', '-su'],
    ['vault', 'login'],
    ['rabbitmqctl', 'add_user', 'jane'],
    ['ssh-keygen', '-f', 'x', '-N'],
  ])
    expect(value([...command, 'jane:a1', 'x']), command.join(' ')).toEqual([...command, '[redacted]', 'x']);
  const harmless = ['curl', '-fsSL', 'https://x/y.sh', '-o', 'z', 'kubectl', 'get', 'pods'];
  expect(value(harmless)).toEqual(harmless);
});
