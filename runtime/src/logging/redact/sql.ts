/** Secrets in statements and in what a database says of them, where the name of a column and its value stand in two lists. */
import type { SecretKeys } from './keys.ts';
import { attempt } from './plain.ts';
import { REDACTED } from './shapes.ts';

const IDENTIFIER = /[A-Za-z_]\w{0,63}/g;
const MAX_COLUMNS = 4096;
/** `INSERT INTO t (a, b) VALUES`, up to the values. */
const INSERT =
  /\b(?:insert|replace)\s[^()]{1,512}\(([^()]{1,4096})\)\s{0,8}(?:overriding\s\w{1,8}\svalue\s{1,8})?values\s{0,8}(?=\()/gi;
const LITERAL = /'(?:[^'\\]|''|\\[^])*(?:'|$)/g;
/** PostgreSQL: `Key (email, token)=(a, b) already exists.` */
const KEY = /\bKey \(([^()]{1,1024})\)=\([^\r\n]{0,4096}\)(?= (?:already|is|conflicts|must))/g;
/** PostgreSQL: a whole row without the names of its columns. */
const ROW = /\b(Failing row contains \()[^]*(?:\)\.|$)/g;
const STATEMENT =
  /^\s{0,64}(?:\/\*[^*]{0,512}\*\/\s{0,64})?(?:select|insert|update|delete|replace|merge|with|create|alter|call)\b/i;
/** Where a statement stands beside its parameters. */
const STATEMENTS = ['query', 'sql', 'text', 'statement'] as const;

export function redactSql(text: string, keys: SecretKeys): string {
  if (!/values|Key \(|Failing row/i.test(text)) return text;
  return insertsRedacted(text, keys)
    .replace(KEY, (all, columns: string) => (namesSecret(keys, columns) ? `Key (${columns}) ${REDACTED}` : all))
    .replace(ROW, `$1${REDACTED}).`);
}

/** All literals behind a list of columns that names a secret: which of them it is takes a parser of SQL to say. */
function insertsRedacted(text: string, keys: SecretKeys): string {
  INSERT.lastIndex = 0;
  for (let match = INSERT.exec(text); match !== null; match = INSERT.exec(text)) {
    if (!namesSecret(keys, match[1] ?? '')) continue;
    const values = match.index + match[0].length;
    return `${text.slice(0, values)}${text.slice(values).replace(LITERAL, `'${REDACTED}'`)}`;
  }
  return text;
}

/** Whether the list beside a statement holds values of a column that is named like a secret, as errors of clients have them. */
export function areSecretParameters(keys: SecretKeys, holder: object): boolean {
  for (const name of STATEMENTS) {
    const statement: unknown = attempt(() => (holder as Record<string, unknown>)[name]);
    if (typeof statement === 'string' && STATEMENT.test(statement)) return namesSecret(keys, statement);
  }
  return false;
}

function namesSecret(keys: SecretKeys, text: string): boolean {
  for (const [name] of text.slice(0, MAX_COLUMNS).matchAll(IDENTIFIER)) if (keys.isSecret(name)) return true;
  return false;
}
