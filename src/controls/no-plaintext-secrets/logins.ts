import type { Named } from './credential.ts';

/**
 * The passwords of a `.pgpass` or a `.netrc`, told by the name of the text, or by what it says: a script that writes such a file names it.
 * https://www.postgresql.org/docs/current/libpq-pgpass.html https://everything.curl.dev/usingcurl/netrc.html
 */
export function* loginsIn(text: string, name = ''): Generator<Named> {
  if (!WORDS.test(name) && !WORDS.test(text)) return;
  const isPgpass = PGPASS.test(name) || PGPASS.test(text);
  const isNetrc = NETRC.test(name) || NETRC.test(text) || NETRC_ENTRY.test(text);
  const patterns = [...(isPgpass ? [PGPASS_LINE] : []), ...(isNetrc ? NETRC_LINES : [])];
  if (patterns.length === 0) return;
  for (const line of text.split(LINE_END)) {
    if (line.length > LONGEST_LINE || COMMENT.test(line)) continue;
    for (const pattern of patterns)
      for (const { groups } of line.matchAll(pattern))
        yield { name: 'password', value: groups?.['password'] ?? '', strength: 'sure' };
  }
}

/** The file of logins that a command names, such as the one that a heredoc is written to. */
export function loginFileIn(command: string): string | undefined {
  return /\.(?:pgpass|netrc)\b/.exec(command)?.[0];
}

/** Without one of these words nothing is such a file; most texts are settled by that. */
const WORDS = /pgpass|netrc|machine|login/i;
const PGPASS = /pgpass/i;
const NETRC = /netrc/i;
const NETRC_ENTRY = /\b(?:machine|login)\s+\S+\s+(?:login|account|password)\s/;

/** Also as `printf "machine …\n"` has it. */
const LINE_END = /\n|\\n/;
const COMMENT = /^\s*#/;
const LONGEST_LINE = 4096;

/** What something or somebody fills in, whatever stands in it, and where none of that starts. */
const FILLED_IN = String.raw`\$?\{\{[^{}]*\}\}|\$\{[^{}]*\}|\$\([^()]*\)|<[^<>]*>`;
const ELSE = String.raw`(?!\$[({]|\{\{|<[^<>]*>)`;
const FIELD = String.raw`(?:${FILLED_IN}|\\.|${ELSE}[^\s"':\\])+`;
const PASSWORD = String.raw`(?<password>(?:${FILLED_IN}|${ELSE}[^\s"'])+)`;

/** `host:port:database:user:password`, as a word of its own. */
const PGPASS_LINE = new RegExp(String.raw`(?<![^\s"'])(?!#)${FIELD}:(?:\d{1,5}|\*):${FIELD}:${FIELD}:${PASSWORD}`, 'g');

/** `machine HOST login USER password PASSWORD`, on one line or each pair on its own. */
const NETRC_LINES = [
  new RegExp(String.raw`\b(?:machine|login|account)\s+\S+\s+password\s+${PASSWORD}`, 'g'),
  new RegExp(String.raw`^\s*password\s+${PASSWORD}(?=["']?\s*(?:$|>))`, 'g'),
];
