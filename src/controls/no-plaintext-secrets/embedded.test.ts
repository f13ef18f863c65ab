import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { credentialKind } from './credential.ts';
import { embeddedIn } from './embedded.ts';

const namesIn = (text: string): string[] => [
  ...new Set([...embeddedIn(text)].filter((named) => credentialKind(named) !== undefined).map(({ name }) => name)),
];

describe('embeddedIn', () => {
  it.each([
    ['a single line', 'spring.datasource.password=hunter2hunter', ['spring.datasource.password']],
    ['quotes and a comment', 'db_password = "hunter2hunter" # of the database', ['db_password']],
    ['JSON', '{"db":{"password":"hunter2hunter"}}', ['password']],
    ['pairs in JSON', '[{"environment":[{"name":"DB_PASSWORD","value":"hunter2hunter"}]}]', ['DB_PASSWORD']],
    ['a realm of Keycloak', '{"users":[{"credentials":[{"type":"password","value":"hunter2hunter"}]}]}', ['password']],
    ['a registry login', '{"auths":{"registry.io":{"auth":"Y2k6aHVudGVyMmh1bnRlcg=="}}}', ['registry.io']],
    ['YAML', 'db:\n  password: hunter2hunter', ['password']],
    ['YAML on one line', 'db: { user: app, password: hunter2hunter }', ['password']],
    ['pairs in YAML', 'env:\n  - name: DB_PASSWORD\n    value: hunter2hunter', ['DB_PASSWORD']],
    ['pairs in YAML on one line', 'env: [{ name: DB_PASSWORD, value: hunter2hunter }]', ['DB_PASSWORD']],
    ['a list on one line', 'args: ["--db-password", "hunter2hunter"]', ['db-password']],
    ['XML', '<server><id>x</id><password>hunter2hunter</password></server>', ['password']],
    ['attributes', '<property name="db.password" value="hunter2hunter"/>', ['db.password']],
    ['Redis', 'port 6379\nrequirepass hunter2hunter', ['requirepass']],
    ['an access list of Redis', 'user default off\nuser app on >hunter2hunter ~* +@all', ['user app']],
    ['.netrc', 'machine git.example.com login ci password hunter2hunter', ['password']],
    ['npm, as a login', '//registry.npmjs.org/:_auth=Y2k6aHVudGVyMmh1bnRlcg==', ['_auth']],
    ['nginx', 'set $api_key "9f8e7d6c5b4a";\nproxy_set_header X-Api-Key 9f8e7d6c5b4a;', ['api_key', 'X-Api-Key']],
    ['SQL', "CREATE ROLE app LOGIN PASSWORD 'hunter2hunter';", ['PASSWORD']],
    ['npm', '//registry.npmjs.org/:_authToken=9f8e7d6c-5b4a-3928-1706', ['_authToken']],
    ['a query', 'url: https://hooks.example.com/x?token=9f8e7d6c5b4a', ['token']],
    ['a script', '#!/bin/sh\nexport DB_PASSWORD=hunter2hunter; exec app', ['DB_PASSWORD']],
    ['a continued command', 'pg_dump \\\n  --password=hunter2hunter \\\n  orders', ['password']],
    ['a header', 'curl -H "Authorization: Bearer 9f8e7d6c5b4a" https://x', ['Authorization']],
  ])('reads %s', (_, text, names) => {
    expect(namesIn(text)).toEqual(names);
  });

  it.each([
    ['placeholders', 'password: ${DB_PASSWORD}\ntoken = "{{ .token }}"\nsecret: <secret>'],
    [
      'comments',
      '# password: hunter2hunter\n;secret_key=9f8e7d6c5b4a\n// token=9f8e7d6c5b4a\n<!-- <password>hunter2hunter</password> -->',
    ],
    ['Python', 'password = os.environ["DB_PASSWORD"]\ndb = connect(password=password, token=self.token)'],
    ['arguments on lines', 'db = connect(\n  password=config.password,\n  secret_key=settings.SECRET_KEY)'],
    [
      'JavaScript',
      "const token = req.headers['authorization'];\nx = { password: process.env.PASSWORD, token: token };",
    ],
    ['Java', 'this.password = password;\nString token = request.getToken();'],
    ['a pattern of a log', '<pattern>%d token=%X{token} %msg</pattern>'],
    ['Go', 'token := os.Getenv("TOKEN")\npassword := cfg.Password'],
    ['Lua', 'local token = ngx.var.arg_token\ntoken = string.sub(token, 8)'],
    ['nginx', 'proxy_set_header X-Api-Key $api_key;\nlocation /a { proxy_pass http://api/?token=$arg_token; }'],
    [
      'a script that fetches',
      'TOKEN=$(cat /run/token)\nexport PGPASSWORD="$DB_PASSWORD"\nmysql -p"$MYSQL_ROOT_PASSWORD"',
    ],
    [
      'an access list of hashes',
      'user app on #5e884898da28047151d0e56f8dc6292773603d0d6aabbdd62a11ef721d1542d8 ~* +@all',
    ],
    ['SQL with variables', "ALTER ROLE app PASSWORD :'app_password';\nCREATE TABLE users (password text NOT NULL);"],
    ['references', 'existingSecret: postgres-credentials\nsecretKeys: { adminPasswordKey: postgres-password }'],
    ['options of files', 'exec app --password-file=/run/x --token-file /run/token --tls-private-key /etc/tls.key'],
    ['no document', '{"password": '],
  ])('finds nothing in %s', (_, text) => {
    expect(namesIn(text)).toEqual([]);
  });

  it('answers for any text, in time', () => {
    const word = fc.constantFrom(
      'password',
      '"',
      "'",
      '=',
      ':',
      '{',
      '}',
      '[',
      '(',
      '$',
      '`',
      '\\',
      '\n',
      ' ',
      '-p',
      'x'.repeat(50),
    );
    fc.assert(fc.property(fc.array(word, { maxLength: 200 }), (words) => void [...embeddedIn(words.join(''))]));
    expect(namesIn(`${'password='.repeat(400_000)}`)).toEqual([]);
    expect(namesIn(`password ${'<a>'.repeat(1000)}`)).toEqual([]);
  });
});
