import { expect, test } from 'vitest';
import { createRedactor } from './index.ts';
import { NOTATIONS } from './notations.testkit.ts';
import { S, SECRETS } from './secrets.testkit.ts';

const { text } = createRedactor();

for (const [kind, lines] of Object.entries({ ...SECRETS, ...NOTATIONS })) {
  test(`${kind} are redacted`, () => {
    for (const line of lines) {
      const clean = text(line);
      expect(clean, line).not.toContain(S);
      expect(clean, line).not.toBe(line);
      expect(text(clean), `twice: ${line}`).not.toContain(S);
    }
  });
}

test('numbers of cards, accounts and social security are redacted, other numbers stay', () => {
  for (const line of ['card 4111 1111 1111 1111', 'x4 5500-0000-0000-0004', 'ssn is 123-45-6789'])
    expect(text(line)).toContain('[redacted]');
  for (const mark of ['.', '_', '  ', '\u00a0', '\u2013'])
    for (const groups of [
      ['4111', '1111', '1111', '1111'],
      ['3782', '822463', '10005'],
    ])
      expect(text(`card ${groups.join(mark)} x`), mark).toBe('card [redacted] x');
  expect(text('%B4111111111111111^DOE/JANE^2512')).toBe('%B[redacted]^DOE/JANE^2512');
  for (const account of ['GB29 NWBK 6016 1331 9268 19', 'DE89370400440532013000', 'NL91ABNA0417164300'])
    expect(text(`to ${account}, paid`)).toBe('to [redacted], paid');
  for (const line of ['at 1732777000000', 'order 1732777000000123', '2026-11-28 07:00:00', 'call +49 30 1234567'])
    expect(text(line)).toBe(line);
});

test('what only looks like a secret stays readable', () => {
  const lines = [
    'connected to postgres at 10.0.0.1:5432',
    'GET /api/v1/instances 200 in 12ms',
    'basic authentication required',
    'Bearer token missing',
    'https://example.com/path/@handle?page=2',
    'http://localhost:8080/x',
    'request_id=abcdef0123456789 trace_id=4bf92f3577b34da6a3ce929d0e0e4736',
    'at Object.<anonymous> (/app/node_modules/x/index.js:10:15)',
    'password is required',
    'no token provided: expired',
    'API key provided by the caller',
    'token provided',
    'invalid token',
    'passed 12 tests',
    'compass: north',
    'author: Jane',
    'key: user:1',
    'error: relation "x" does not exist',
    'node_id=9b2f6c1e-7d3a-4c57-9a55-0a3a1f2e4d5c',
    'token_type=Bearer',
    'the bearer of this',
    'bearer\tof',
    'Bearer\nis missing',
    "expected 'Bearer', got 'Basic'",
    'supported: ["Basic","Bearer","Digest","OAuth2"]',
    'plan: "basic", "pro"',
    'basic+training',
    "the \"basic\" 'what' and 'how'",
    'negotiate "terms"',
    'digest sha256:9b2f6c1e7d3a4c579a550a3a1f2e4d5c',
    'digest = none',
    'side',
    'side: left',
    'asid=1',
    'inside=1',
    'residual: 3',
    'psketch=1',
    'task=1 disk=sda risk: high',
    'tls_version=1.3 tls_key_file=/etc/tls/tls.key TLS_CERT_FILE: /etc/tls/tls.crt',
    'public_key_pem: x',
    'monkey: 1 keyboard: de key_id=7',
    'public key: x',
    'status code: 200',
    'no authorization code\n  : none',
    'café: noir, naïve=yes',
    'key: value\nother: thing',
    '| key | value |\n| --- | --- |',
    'status: |\n  all good',
    'run: >-\n  npm ci',
    '"status":\n  "ok"',
    'C:\\users\\u0041bc and \\x41',
    '"na\\u006de":"x"',
    'count=<3 x=<y> level: <none>',
    'foo::bar, std::string',
    '<a href="/cb?code=">next</a>',
    '{"u":"/cb?code=","next":"/x"}',
    '<input name="user" value="jane">',
    'GET /?q=a+b 200',
    'task-scheduler-worker-deployment-7d9f started',
    'risk-assessment-service-production up',
    'flask-application-server-01',
    'at ApiKeyJsonSerializer.write (/app/x.js:1:2)',
    'PublicKeyJwkParser failed',
    'network_test_results_2024.csv',
    'benchmark_test_suite_run',
    'violates constraint pk_live_sessions_id',
    'index "pk_test_users_email_idx"',
    'npm_config_cache_directory npm_lifecycle_script_name',
    'weighs_a_lot_of_kilograms_x',
    'https://auth.eu1.example.com/login',
    'upstream auth.us-east-1.internal:8080',
    'at com.acme.auth.OAuth2AuthenticationProvider.authenticate',
    'TZ=Asia/Tokyo image sha1 3f786850e387550fdab836ed7e6dc881de23001b',
    'laws 3f786850e387550fdab836ed7e6dc881de23001b',
    'aws deploy of 3f786850e387550fdab836ed7e6dc881de23001b',
    'prompt_tokens: 12, max_tokens=100 x-ratelimit-remaining-tokens: 100',
    'tests: pass=12 fail=0',
    '{"prompt_tokens":12,"total_tokens":46,"pass":12}',
    '{"hasPassword":true,"refresh_token":null}',
    'clientKeyboard=de serverKeyspace=orders sessionKeyspace=a secretariat=HR',
    'passwordless: yes, hostKeyChecking=no, sshKeyFingerprint: x, cookieConsent=all, cookieName=a, passRate=97',
    '{"name":"city","value":"Rome"},{"name":"zip","value":"00100"}',
    "allowed: [ 'X-Auth-Token', 'X-Api-Key', 'Cookie' ]",
    'docker run -p 8080:80 x',
    'http://localhost:8080/@handle http://h:80/a@b',
    'postgres://h:5432/db?application_name=a@b',
    'version 4.1.1.1 at 10.100.200.123:4111 and 6011.1111.1111.1118',
    'color=red&size=12',
    'server_name "shop.example"; auth_basic "Restricted";',
    "INSERT INTO orders (id, name) VALUES (1, 'jane')",
    'Key (email)=(jane@shop.example) already exists.',
    'var name string = "jane", count += 1, level ?= debug',
    'app.keystore.file=env/cert.p12 map_key=1',
    'name: string = "jane"',
    'SET CHARACTER FOR x = y',
    'curl -u: http://x',
  ];
  for (const line of lines) expect(text(line)).toBe(line);
});

test('what follows a secret stays readable', () => {
  expect(text(`https://x/y?token=${S}&page=2`)).toBe('https://x/y?token=[redacted]&page=2');
  expect(text(`password=${S} user=jane`)).toBe('password=[redacted] user=jane');
  expect(text(`{"password":"${S}","user":"jane"}`)).toBe('{"password":"[redacted]","user":"jane"}');
  expect(text(`postgres://app:${S}@db:5432/x`)).toBe('postgres://[redacted]@db:5432/x');
  expect(text(`"token":\n  "${S}",\n  "user": "jane"`)).toBe('"token":\n  "[redacted]",\n  "user": "jane"');
  expect(text(`a:\n  password: |\n    ${S}\n  user: jane`)).toBe('a:\n  password: [redacted]\n  user: jane');
  expect(text(`{"y":"password: |\\n  ${S}","user":1}`)).toBe('{"y":"password: [redacted]","user":1}');
  expect(text(`Bearer "${S}", then`)).toBe('Bearer "[redacted]", then');
  expect(text(`token: Bearer "${S}", user: jane`)).toBe('token: [redacted], user: jane');
  expect(text(`<input name="password" value="${S}" id="x">`)).toBe('<input name="password" value="[redacted]" id="x">');
  expect(text(text(`Bearer ${S} Bearer`))).toBe('Bearer [redacted] Bearer');
});

test('characters that steer a terminal or a reader are shown, not sent', () => {
  expect(text('a\u009d31m b\u2028c\u202ed')).toBe('a\\u009d31m b\\u2028c\\u202ed');
  expect(text('\u001b[2J\u001b]0;title\u0007\u009b31mgone')).toBe('gone');
});

test('long strings are cut, and a secret across the cut does not show its head', () => {
  const line = `${'x '.repeat(4094)}token=${S.repeat(200)}`;
  expect(text(line)).not.toContain(S.slice(0, 4));
  expect(text('y'.repeat(100_000)).length).toBeLessThan(9000);
  // What is redacted makes the rest move up: the end of what was read must not come into sight.
  const moved = `eyJ${'a1'.repeat(3000)} ${'z '.repeat(2099)}postgres://user:${S}${S}${'b'.repeat(60)}@h`;
  expect(text(moved)).not.toContain(S.slice(0, 4));
  expect(text(`${'x '.repeat(100)}token=${S.repeat(2000)}`)).toContain('token=[redacted][cut, 16206 characters]');
});

test('own names, exceptions and patterns', () => {
  const own = createRedactor({ keys: ['tenant-code'], allow: ['token_hint'], patterns: [/LG-\d{6}/] });
  expect(own.text('tenantCode=abc token_hint=abc LG-123456')).toBe('tenantCode=[redacted] token_hint=abc [redacted]');
});
