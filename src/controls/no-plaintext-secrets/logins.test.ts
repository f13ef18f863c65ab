import { describe, expect, it } from 'vitest';
import { credentialKind } from './credential.ts';
import { loginsIn } from './logins.ts';

const passwordsIn = (text: string, name = ''): string[] =>
  [...loginsIn(text, name)].filter((named) => credentialKind(named) !== undefined).map(({ value }) => value);

describe('loginsIn', () => {
  it.each([
    ['.pgpass', '# host:5432:db:user:password\ndb.example.com:5432:orders:app:hunter2hunter', ['hunter2hunter']],
    ['pgpass', '*:*:*:app:hunter2hunter\ndb:5432:orders:ops:hunter3hunter', ['hunter2hunter', 'hunter3hunter']],
    ['PGPASS_CONTENT', String.raw`fd00\:\:1:5432:orders:app:hunter2hunter`, ['hunter2hunter']],
    ['.pgpass', '${DB_HOST:-db}:5432:{{ .Values.db }}:app:hunter2hunter', ['hunter2hunter']],
    ['', 'echo "$DB_HOST:5432:*:app:hunter2hunter" > ~/.pgpass', ['hunter2hunter']],
    ['', String.raw`printf 'db:5432:*:app:hunter2hunter\n' > "$PGPASSFILE"`, ['hunter2hunter']],
    ['', 'cat > ~/.pgpass <<EOF\ndb:5432:*:app:hunter2hunter\nEOF', ['hunter2hunter']],
    ['.netrc', 'machine git.example.com\n  login ci\n  password hunter2hunter\n', ['hunter2hunter']],
    [
      '_netrc',
      'machine a login b password hunter2hunter\ndefault login c password hunter3hunter',
      ['hunter2hunter', 'hunter3hunter'],
    ],
    ['', 'echo "machine git.example.com login ci password hunter2hunter" > ~/.netrc', ['hunter2hunter']],
    ['', 'echo "machine git.example.com\nlogin ci\npassword hunter2hunter" > ~/.netrc', ['hunter2hunter']],
    [
      '',
      String.raw`echo -e "machine git.example.com\nlogin ci\npassword hunter2hunter\n" > ~/.netrc`,
      ['hunter2hunter'],
    ],
  ])('%s: %s', (name, text, passwords) => {
    expect(passwordsIn(text, name)).toEqual(passwords);
  });

  it.each([
    ['.pgpass', '#db.example.com:5432:orders:app:hunter2hunter'],
    ['.pgpass', 'db:5432:orders:app:$DB_PASSWORD\ndb:5432:orders:app:${DB_PASSWORD}\ndb:5432:orders:app:*'],
    ['.pgpass', 'db:5432:orders:app:$(vault read -field=password secret/db)'],
    ['.pgpass', 'db:5432:orders:app:{{ .Values.db.password }}\ndb:5432:orders:app:your_password\n*:*:*:{1}:{2}'],
    ['', 'echo "$DB_HOST:5432:$DB_NAME:$DB_USER:$DB_PASS" > ~/.pgpass'],
    ['', 'COPY pgpass.so /usr/lib/\nexport PATH=/a:/b:/c:/d:/e'],
    ['.netrc', 'machine git.example.com login ci password ${{ secrets.GIT_TOKEN }}'],
    ['.netrc', 'machine git.example.com login ci password <personal access token>'],
    ['', String.raw`echo -e "machine a\nlogin $USER\npassword $TOKEN" > ~/.netrc`],
    ['', 'echo "machine a login b password $(cat /run/secrets/git token)" > ~/.netrc'],
    ['notes', 'Ask for the password hunter2hunter.\npassword hunter2hunter'],
    ['compose', 'db:5432:orders:app:hunter2hunter'],
  ])('%s: %s has none', (name, text) => {
    expect(passwordsIn(text, name)).toEqual([]);
  });

  it.each(['${', '{{', '<', 'a:', 'a:1:', '*:', 'password ', 'login a ', '\\', '$(', 'machine a\n'])(
    'answers for many %j in time',
    (piece) => {
      const text = `.netrc pgpass\n${piece.repeat(100_000)}\n${`${piece.repeat(200)}\n`.repeat(500)}`;
      expect([...loginsIn(text)].length).toBeGreaterThanOrEqual(0);
    },
  );
});
