/** Whoever writes into a log may not hold it up: text of any kind is read in a time that is linear in its length. */
import { expect, test } from 'vitest';
import { createRedactor } from './index.ts';

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
    '"name":"password","value":\'',
    '"value":"a","name":"password",',
    "'token', ",
    '["AUTH",',
    'sk-',
    'SG.aaaaaaaaaaaa',
    'pk_live_aaaaaaa',
    'auth.a1',
    '$1$a',
    'dp.pt.a-',
    'postgres://u:1/@',
    'postgres://u:1/?a',
    '{"password":12,',
    'key=a&',
    'code=a=',
    "'-a','",
    '4111.',
    'password=%22a',
    'eyA1',
    'private_key "a" ',
    "a'",
    'insert ',
    'insert into t (token) values (',
    "values '",
    'Key (token)=(',
    'Failing row contains (',
    'EAAA/',
    't1.a',
    '-u a":"',
    'token: string ',
    'token string ?',
    'set password for a ',
    '123456789012345|',
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
    '"password":1,\\"',
    '"name":"password"',
    '"value":"',
    "[ 'token', '",
    'AKIA eyJ',
    '$6$a$',
    'postgres://u:1/a@',
    'code=a&',
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
