import { expect, test } from 'vitest';
import { createRedactor } from './index.ts';

const { text } = createRedactor();
const S = 'CANARY7x';
const basic = Buffer.from(`user:${S}`).toString('base64');

const SECRETS: Readonly<Record<string, readonly string[]>> = {
  'named values': [
    `password=${S}`,
    `password: ${S}`,
    `"password":"${S}"`,
    `password = "${S} two ${S}"`,
    `PASSWORD='${S}'`,
    `passwd\t=\t${S}`,
    `password="${S}\\" ${S}"`,
    `'password': '${S}'`,
    `:password=>"${S}"`,
    `[password] => ${S}`,
    `{Password:${S} User:x}`,
    `password=${S}, user=x`,
    `"secret" : [ "${S}", "${S}" ]`,
    `tokens: {a: "${S}"}`,
    `passphrase: correct ${S} battery ${S}`,
    `MYSQL_PWD=${S}`,
    `export DB_PASS=${S}`,
    `smtp_pass: ${S}`,
    `client_secret=${S}\nnext`,
    `pass\u200bword=${S}`,
    `ＰＡＳＳＷＯＲＤ=${S}`,
    `\u001b[31mpassword\u001b[0m=${S}`,
    `password[0]=${S}`,
  ],
  'names in other letters and escapes': [
    `pássword=${S}`,
    `pa\u0301ssword: ${S}`,
    `contraseña=${S}`,
    `"pass\\u0077ord":"${S}"`,
    `{"body":"{\\"pass\\\\u0077ord\\":\\"${S}\\"}"}`,
    `'pass\\x77ord': '${S}'`,
    `?token\\u003d${S}\\u0026a=1`,
    `password：${S}`,
    `password\u00a0:\u00a0${S}`,
  ],
  'names of sessions and keys': [
    `sid=${S}`,
    `connect.sid=${S}`,
    `"connect.sid": "s:${S}"`,
    `wpa_psk=${S}`,
    `tls_key=${S}`,
    `keyPem: ${S}`,
    `api key: ${S}`,
    `Private Key = "${S}"`,
    `verification code: ${S}`,
    `LDAP.bindpw=${S}`,
  ],
  'values in other notations': [
    `password:: ${S}`,
    `password == ${S}`,
    `password=<${S}`,
    `password = <${S}>`,
    `password: <Buffer 73 65 ${S}>`,
    `password:${' '.repeat(20)}${S}`,
    `password${' '.repeat(20)}= ${S}`,
    `password: b'${S}'`,
    `password=$'${S}'`,
    `password=Secret("${S}")`,
    `password = """${S}"""`,
    `password='it'${S}`,
    `password='it''s ${S}'`,
    `password="a""${S}"`,
    `""password"":""${S}""`,
    `&quot;password&quot;:&quot;a ${S}&quot;`,
    `rootpw: {SSHA}${S}`,
    `"secret": ["a]", "${S}"]`,
    `'set-cookie': [ 'a=1', 'b=${S}' ]`,
    `Server=x;Password={${S}};`,
    `User=y;Password='a ${S}';`,
    `%22password%22%3A+%22${S}%22`,
    `?token='${S}'`,
    `Stripe-Signature: t=1,v1=${S}`,
    `X-Api-Key : ${S}`,
    `token: Bearer "${S}"`,
    `token: Bearer\t'${S}'`,
    `bearer = "${S}"`,
  ],
  'values on other lines': [
    `"password":\n  "${S}"`,
    `'token' :\r\n\t'a ${S}'`,
    `{\\"token\\":\\n  \\"${S}\\"}`,
    `password: |\n  ${S}`,
    `a:\n  password: >-\n    ${S}\n\n    ${S}\n  user: x`,
    `- passphrase: |2 # two\r\n    ${S}\r\n  user: x`,
    `password: !vault |\n  ${S}`,
    `{"yaml":"password: |\\n  ${S}\\n  ${S}\\nuser: x"}`,
  ],
  'JSON in JSON': [
    `{\\"password\\":\\"${S}\\"}`,
    `{"body":"{\\\\\\"password\\\\\\":\\\\\\"${S}\\\\\\"}"}`,
    `{"name":"Authorization","value":"Token ${S}"}`,
  ],
  headers: [
    `Authorization: Bearer ${S}`,
    `authorization=Bearer ${S} next=1`,
    `Cookie: a=${S}; c=${S}`,
    `Set-Cookie: sid=${S}; Path=/`,
    `Sec-WebSocket-Protocol: launchgate.terminal.v1, ticket.${S}`,
    `-H "Authorization: Bearer ${S}" -H "x: y"`,
    `GET / HTTP/1.1\r\nAuthorization: Digest username="u", response="${S}"\r\nHost: x`,
    `Bearer ${S}`,
    `bearer ${S}`,
    `Basic ${basic}${S}`,
    `Proxy-Authorization: Basic ${S}`,
    `X-Api-Key: ${S}`,
  ],
  'schemes without their header': [
    `Bearer "${S}"`,
    `Bearer '${S}'`,
    `Bearer \\"${S}\\"`,
    `Bearer &quot;${S}&quot;`,
    `Bearer <${S}>`,
    `bearer\t${S}`,
    `bearer\u00a0${S}`,
    `Bearer\\t${S}`,
    `Bearer+${S}`,
    `Bearer%2B${S}`,
    `Bearer%20%22${S}%22`,
    `["Bearer","${S}"]`,
    `[ 'Bearer' , '${S}' ]`,
    `["Basic","${basic}${S}"]`,
    `Negotiate "${S}"`,
  ],
  'parameters of URLs': [
    `https://x/y?token=${S}&a=1`,
    `https%3A%2F%2Fx%3Ftoken%3D${S}%26y%3D1`,
    `https%253A%252F%252Fx%253Fcode%253D${S}%2526y`,
    `/cb?code=${S}&state=${S}`,
    `/cb#access_token=${S}`,
    `user[password]=${S}`,
    `user%5Bpassword%5D=${S}&x=1`,
    `password[]=${S}`,
    `access%5Ftoken=${S}`,
    `?pass%77ord=${S}`,
    `?sig=${S}`,
    `X-Amz-Signature=${S}&x=1`,
    `Referer: https://x/?next=%2Fa%3Ftoken%3D${S}`,
    `token%22%3A%22${S}%22`,
  ],
  'userinfo and DSNs': [
    `postgres://user:${S}@h/db`,
    `postgres://user:${S}/w@h/db`,
    `redis://:${S}@h:6379`,
    `https://${S}@github.com/x`,
    `postgres%3A%2F%2Fuser%3A${S}%40host`,
    `amqp://a:${S}@h1,h2/x`,
    `mongodb+srv://u:${S}?x@h/db`,
    `http://u:${S}%40x@h`,
    `//user:${S}@host/`,
    `http:\\/\\/u:${S}@h`,
    `user:${S}@tcp(h:3306)/db`,
    `jdbc:oracle:thin:scott/${S}@//h:1/x`,
    `Server=x;Password=${S};User Id=y`,
  ],
  'markup, commands, prose': [
    `<password>${S}</password>`,
    `<ns:Password type="x">${S}</ns:Password>`,
    `<secret><![CDATA[${S}]]></secret>`,
    `--password ${S}`,
    `--api-key=${S}`,
    `curl -u user:${S} http://x`,
    `redis-cli -h x -a ${S}`,
    `mysql -p${S}`,
    `password is ${S}`,
    `password '${S}'`,
    `IDENTIFIED BY '${S}'`,
    `AUTH default ${S}`,
    `Content-Disposition: form-data; name="password"\r\n\r\n${S}\r\n--x`,
    `<input type="password" value="${S}">`,
    `<add key='api.secret' value='${S}'/>`,
    `<property name="password">${S}</property>`,
    `--password = ${S}`,
    `ACL SETUSER u on >${S} >${S}`,
    `requirepass ${S}`,
    `docker login -u x -p ${S} h`,
    `aws configure set aws_secret_access_key ${S}`,
    `machine h login u password ${S}`,
  ],
  'keys and tokens by shape': [
    `-----BEGIN PRIVATE KEY-----\n${S}\n-----END PRIVATE KEY-----`,
    `-----BEGIN RSA PRIVATE KEY-----\\n${S}`,
    `sk_live_${S}${S}`,
    `whsec_${S}${S}`,
    `ghp_${S}${S}${S}`,
    `xoxb-${S}-${S}`,
    `eyJ${S}${S}.${S}.${S}`,
    `https://hooks.slack.com/services/T000/B000/${S}`,
    `AKIAIOSFODNN7EXAMPLE wJalrXUtnFEMI/K7MDENG/bPxRfi${S}KEYa`,
    `SUAA${'A2B3'.repeat(13)}${S}`.slice(0, 58),
    `-----begin private key-----\n${S}\n-----end private key-----`,
    `---- BEGIN SSH2 ENCRYPTED PRIVATE KEY ----\n${S}\n---- END SSH2 ENCRYPTED PRIVATE KEY ----`,
    `-----BEGIN%20PRIVATE%20KEY-----%0A${S}`,
    `-----BEGIN\\u0020EC\\u0020PRIVATE\\u0020KEY-----\\n${S}`,
    `{"kty":"EC","crv":"P-256","d":"${S}${S}${S}"}`,
  ],
};

for (const [kind, lines] of Object.entries(SECRETS)) {
  test(`${kind} are redacted`, () => {
    for (const line of lines) {
      const clean = text(line);
      expect(clean, line).not.toContain(S);
      expect(clean, line).not.toBe(line);
      expect(text(clean), `twice: ${line}`).not.toContain(S);
    }
  });
}

test('card and social security numbers are redacted, other numbers stay', () => {
  for (const line of ['card 4111 1111 1111 1111', 'x4 5500-0000-0000-0004', 'ssn is 123-45-6789'])
    expect(text(line)).toContain('[redacted]');
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
  expect(text('a\u009b31m b\u2028c\u202ed')).toBe('a\\u009b31m b\\u2028c\\u202ed');
  expect(text('\u001b[2J\u001b]0;title\u0007gone')).toBe('gone');
});

test('long strings are cut, and a secret across the cut does not show its head', () => {
  const line = `${'x '.repeat(4094)}token=${S.repeat(200)}`;
  expect(text(line)).not.toContain(S.slice(0, 4));
  expect(text('y'.repeat(100_000)).length).toBeLessThan(9000);
});

test('hostile repetitions end', () => {
  const parts = [
    'a',
    '=',
    'password=',
    'password="',
    '\\',
    '%3D',
    ' ',
    '//',
    '//a:b',
    '4',
    '4 ',
    '-',
    '-----BEGIN PRIVATE KEY-----',
    '<a>',
    'eyJ',
  ];
  const more = [
    'eyJaaaaaaaa.',
    'a@',
    'a:',
    'name="password"',
    '--password ',
    'password=[',
    'A1b2',
    'bearer ',
    ')',
    '_',
    'ticket.',
    "'",
    'password is ',
    '$a$',
  ];
  const open = createRedactor({ maxString: 1 << 20 });
  for (const part of [...parts, ...more])
    expect(open.text(part.repeat(Math.ceil(60_000 / part.length)))).toBeTypeOf('string');
});

test('time is linear in the text', () => {
  const heads = ['', 'password=', '"password":\n', 'password: |\n', 'token: Bearer ', '<a ', '?token="'];
  const parts = [
    'password',
    '"',
    "'",
    ' ',
    '\n ',
    '\\',
    '\\"',
    '&quot;',
    'password="',
    "password='\\\\",
    'password: |\n ',
    'password=<',
    'password={"',
    '：a',
    '%22password%22%3A%22x',
    'Bearer "',
    'Bearer","',
    '\\u0022',
    '-----BEGIN PRIVATE KEY',
    '<a name="password" value="',
    'setuser >',
  ];
  const open = createRedactor({ maxString: 1 << 20 });
  for (const head of heads)
    for (const part of parts) {
      const long = head + part.repeat(Math.ceil(100_000 / part.length));
      const before = process.cpuUsage();
      open.text(long);
      const { user } = process.cpuUsage(before);
      expect(user / 1000, `ms of ${JSON.stringify(head + part)}`).toBeLessThan(2000);
    }
});

test('own names, exceptions and patterns', () => {
  const own = createRedactor({ keys: ['tenant-code'], allow: ['token_hint'], patterns: [/LG-\d{6}/] });
  expect(own.text('tenantCode=abc token_hint=abc LG-123456')).toBe('tenantCode=[redacted] token_hint=abc [redacted]');
});
