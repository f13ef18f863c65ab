/** A log whose readers find "[redacted]" where the fault was is of no use: what only stands beside the name of a secret stays. */
import { expect, test } from 'vitest';
import { createRedactor } from './index.ts';
import { S } from './secrets.testkit.ts';

const { text } = createRedactor();

const LINES: Readonly<Record<string, readonly string[]>> = {
  'what is said of a secret': [
    'token is about to expire',
    'secret was rotated by jane',
    'set password to expire in 90 days',
    'password for user jane is expired',
    'Failed password for root from 10.0.0.1 port 22 ssh2',
    'password authentication failed for user "app"',
    "Access denied for user 'app'@'10.0.0.1' (using password: YES)",
    'password: must be at least 12 characters',
    'token -> expired',
    'vault login succeeded',
    'X-Api-Key header missing, API_TOKEN not set',
    'primary key is id2024, exit code is 137',
  ],
  'what a parser stumbled upon': [
    `SyntaxError: Unexpected token '<', "<!DOCTYPE "... is not valid JSON`,
    "SyntaxError: Unexpected token 'export'",
    'next token ","',
    'const f = (token) => token.length',
    '#0 /app/Token.php(12): App\\Auth\\Token->validate()',
  ],
  'what is told of a thing that was made': [
    'INFO secret created: default/my-secret',
    'Token created: 2026-12-01T10:00:00Z',
    'token issued: 2026-12-01, expires in 3600',
    'Host key generated: SHA256:nThbg6kXUpJWGl7E1IGOCspRomTxdCARLviKw6E5SY8',
    'SSH key generated: /etc/ssh/ssh_host_ed25519_key',
    'session key generated: id=42',
    'API key created: prod-frontend',
    'service account key created: deploy@prod.iam.gserviceaccount.com',
    'secret generated: 3 keys',
    'secret for prod/db: synced, token for ci/runner: registered',
  ],
  'where credentials come from': [
    'AssumeRole credentials arn:aws:iam::123456789012:role/deploy-v2',
    'loading credentials file:config2.yaml',
    'credentials expires_at:2026-12-01T10:00:00Z',
    'Refreshing credentials 10.0.0.5:8443/v1',
  ],
  'a token of a parser or a model, a pin of a board': [
    'set max token to 4096',
    'Updated refresh token to rotate every 30d',
    'changed lexer token to IDENTIFIER2',
    'set gpio pin to 17',
    'PBKDF2 password 600000 rounds',
    'check_token_scope("read:users") encodeTokenClaims("exp") checkPasswordStrength("weak")',
    'variable "token_ttl" { default = 3600 } {"name":"TOKEN_TTL","value":"3600"}',
  ],
  'users, and paths behind an @, that no database has': [
    'slack: user alice on #ops-alerts posted a message',
    'github: user octocat on #1234 commented',
    'uprobe:malloc@/lib/x86_64-linux-gnu/libc.so.6',
    'Cloning ssh://git@github.com:org/repo@v1.2.3',
    'ssh://git@github.com:22/org/repo.git ssh://git@github.com:org/repo.git',
    '{"path":"/oauth/token","value":"200","op":"GET"}',
  ],
  'members, and what is said in several words': [
    '$user->password->hash()',
    'Attempt to read property user->password->sha256 on null',
    'if (pw->password->len2 > 0)',
    'password->validate',
    'password is correct welcome back',
    'passphrase is incorrect please try again',
    'your password is too short please choose another one',
  ],
  'what has as many colons as a line of .pgpass': [
    'src/parse.ts:1234:56:error:unexpected',
    'main.go:5432:7:warn:shadowed',
    'tenant:42:orders:user:7',
    'arn:aws:logs:eu-west-1:123456789012:log-group:api',
    'arn:*:iam:role:x',
    'cpe:2.3:a:postgresql:postgresql:17.2:*:*:*:*:*:*:*',
    '2001:5432:85a3:1234:8a2e:370:7334:1',
    'fe80::5432:85a3:1234:8a2e',
    'hostname:port:database:username:password',
    'listening on db.internal:5432: ready: yes: now: 1',
    'upstream 10.0.0.1:8443:a:b:c is gone',
    '2026-01-02T03:04:05:5432:1:2:3',
  ],
  'what Kubernetes and clouds say of a secret by its name': [
    'failed to list *v1.Secret: secrets is forbidden: User "jane" cannot list resource "secrets"',
    'failed to create secret: secrets "db-creds" already exists',
    'SetUp failed for volume "db-creds" : secret "db-creds" not found',
    'secret "db-creds" is used by 3 pods, secret "tls" does not exist',
    'arn:aws:secretsmanager:eu-west-1:123456789012:secret:shop/db-AbCdEf',
    'not authorized to perform: secretsmanager:GetSecretValue on resource: x',
    'secretKeyRef: {name: db-creds, key: password}, imagePullSecrets: [{name: regcred}]',
    'ExternalSecret db-creds: could not get secret data from provider',
    'auth: user jane logged in via oidc provider=google',
    'LLM_SECRET_NAME = "NEXUS-GPT4" access_token_url=https://github.com/login/oauth/access_token',
    'TOKEN_AUDIENCE=25872395-ed3a-4703-b647-22ec53f3683c credentialsId=ff083f76-7804-4ef1-80e4-fe975bb9141b',
    'passwordSecretRef={"name":"db"} signature_version=v4 Secrets: 3 created, 1 updated',
    'tokens_per_second=45.6 x-ratelimit-reset-tokens: 6ms api_key_id=12',
  ],
  'octets and calls': [
    'link/ether cc:dd:ee:ff:00:11 mac=aa:bb:cc:dd:ee:ff ip=fe80::cc:1ff:fe23:4567',
    'X509v3 Subject Key Identifier: 4F:06:AA:11:CC:22:CC:33:DD:44:EE:55:FF:66',
    'File "/app/auth.py", line 12, in login\n    password = get_password(user)\nKeyError: 1',
    'token = self.tokens.parse(line, strict)',
  ],
  'what no account has for a number': ['GB29NWBK60161331926818', 'DE00 1234 5678 9012 3456 78', 'AB12CD34EF56GH78'],
  'places in files, paths and images': [
    'at com.x.Token.parse(Token.java:12)',
    'at validate (/app/src/token.ts:12:5)',
    'file token.go:12',
    'open /run/secrets/token: no such file or directory',
    'stat /etc/ssl/private/key.pem: permission denied',
    'image registry/x/token-api:1.2.3',
    'invalid token:\n    at parse (/app/x.js:1:2)',
  ],
  'what says that there is none': [
    'token=null password=undefined hasToken: false secret: none',
    '"password": null,',
    'password_changed_at: 2026-01-01',
  ],
  'objects of Kubernetes': [
    'secret "db-creds" not found',
    'kind: ConfigMap\ndata:\n  a: b',
    'kind: SecretStore\ndata:\n  a: b',
    'kind: ExternalSecret\ndata:\n  a: b',
    'NAME          TYPE     DATA   AGE\ndb-password   Opaque   1      5d',
    'kubectl create secret generic db --from-file=x',
  ],
  'names and values that are members of their own': [
    '- name: LOG_LEVEL\n  value: info\n- name: DB_PASSWORD\n  valueFrom:\n    secretKeyRef:\n      name: db',
    '- name: token-exchange-7d9c\n  value: ready',
    '<input name="user" value="jane"><b id="token">',
    'OTP is required, pwd is wrong',
    'error codes: E1 E2, a phrase: hello',
  ],
  'tables and commands without one': [
    'tests  12\npass   12',
    '| user | role |\n|---|---|\n| jane | admin |',
    'id,name\n1,jane',
    'cat token.txt | base64 -d',
    'curl -fsSL -k https://x/y.sh -o z',
    'openssl s_client -connect h:443',
    "SELECT id, password FROM users WHERE name IN ('a','b')",
    'GET / HTTP/1.1 200; path=/x',
  ],
};

for (const [kind, lines] of Object.entries(LINES))
  test(`${kind} stays readable`, () => {
    for (const line of lines) expect(text(line)).toBe(line);
  });

test('a password of several words goes whole, and what a sentence goes on with stays', () => {
  expect(text('password: walnut tram ladder fog')).toBe('password: [redacted]');
  expect(text('the password is walnut tram ladder fog.')).toBe('the password is [redacted].');
  expect(text('Passphrase for jane was walnut tram ladder fog\nnext line')).toBe(
    'Passphrase for jane was [redacted]\nnext line',
  );
  expect(text('set password to walnut tram ladder')).toBe('set password to [redacted]');
  expect(text(`password: ${S} login was rejected`)).toBe('password: [redacted] login was rejected');
  expect(text(`password is ${S} and user is jane`)).toBe('password is [redacted] and user is jane');
  expect(text(`password=${S} retrying over there`)).toBe('password=[redacted] retrying over there');
});

test('what stands around a secret stays readable', () => {
  expect(text(`| user | password | role |\n|---|---|---|\n| jane | ${S} | x |`)).toBe(
    '| user | password | role |\n|---|---|---|\n| jane | [redacted] | x |',
  );
  expect(text(`user,password,role\njane,${S},x`)).toBe('user,password,role\njane,[redacted],x');
  expect(text(`tokens:\n  - ${S}\n  - b\nuser: x`)).toBe('tokens:\n  [redacted]\nuser: x');
  expect(text(`kind: Secret\ndata:\n  a: ${S}\ntype: Opaque\n---\nkind: ConfigMap\ndata:\n  a: b`)).toBe(
    'kind: Secret\ndata:\n  a: [redacted]\ntype: Opaque\n---\nkind: ConfigMap\ndata:\n  a: b',
  );
  expect(text(`password = <<EOT\n${S}\nEOT\nuser = x`)).toBe('password = [redacted]\nEOT\nuser = x');
  expect(text(`ALTER ROLE app PASSWORD $$${S}$$ VALID UNTIL 'x'`)).toBe(
    "ALTER ROLE app PASSWORD [redacted] VALID UNTIL 'x'",
  );
  expect(text(`curl -su jane:${S} https://h/x`)).toBe('curl -su [redacted] https://h/x');
});
