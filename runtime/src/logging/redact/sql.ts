/** Secrets in statements and in what a database says of them, where the name of a column and its value stand in two lists. */
import { structureEnd } from './blocks.ts';
import type { SecretKeys } from './keys.ts';
import { attempt } from './plain.ts';
import { REDACTED } from './shapes.ts';

const IDENTIFIER = /[A-Za-z_]\w{0,63}/g;
const MAX_COLUMNS = 4096;
/** `INSERT INTO t (a, b) VALUES`, up to the values. */
const INSERT =
  /\b(?:insert|replace)\s[^()]{1,512}\(([^()]{1,4096})\)\s{0,8}(?:overriding\s\w{1,8}\svalue\s{1,8})?values\s{0,8}(?=\()/gi;
const LITERAL = /'(?:[^'\\]|''|\\[^])*(?:'|$)/g;
/** One or more of them with what stands between, and the arguments around them. */
const LITERALS = /(?:[\w\s.,:"]{0,128}'(?:[^'\\]|''|\\[^])*(?:'|$))+/y;
/** PostgreSQL: `Key (email, token)=(a, b) already exists.` */
const KEY = /\bKey \(([^()]{1,1024})\)=\([^\r\n]{0,4096}\)(?= (?:already|is|conflicts|must))/g;
/** MySQL: `Duplicate entry 'a' for key 'users.token'`. */
const ENTRY = /\b(Duplicate entry ')[^\r\n]{0,1024}?(?=' for key '([\w.$-]{1,128})')/g;
/** PostgreSQL: a whole row without the names of its columns. */
const ROW = /\b(Failing row contains \()[^]*(?:\)\.|$)/g;
/** A setting or a column, and the value or the list of values that it is set to or compared with. */
const SETTING =
  /(?:\bset\s{1,4}(?:session\s{1,4}|local\s{1,4})?((?:\w{1,64}\.)?\w{1,64})\s{1,4}to|(?<![\w.])((?:\w{1,64}\.)?\w{1,64})"?\s{1,4}(?:i?like|(?:not\s)?in\s{0,2}\())\s{0,4}(?=')/gi;
const SET_CONFIG = /\bset_config\(\s?'([\w.]{1,128})'\s?,\s?(?=')/gi;
/** Functions that are given a secret to encrypt or to compare with. */
const CRYPT = /\b(?:crypt|(?:aes|pgp_sym)_(?:en|de)crypt\w{0,6}|(?:en|de)crypt(?:_iv)?)\s{0,2}\((?=[^()]{0,512}')/gi;
/** Rows behind `COPY t (a, b) FROM stdin;`. */
const COPY = /\bcopy\s[^()]{1,256}\(([^()]{1,4096})\)\s{1,4}from\sstdin[^\r\n]{0,256}\n/gi;
const ROW_OF_COPY = /^(?!\\\.)[^\r\n]+/gm;
/** The parameters of a statement beside it, as servers, drivers and mappers of objects log them. */
const PARAMETERS =
  /\b(?:parameters|params|bindings|binds?|args|values)\\{0,8}["']?\s{0,2}[:=]\s{0,2}(?:(?=[[({])|(?=\$1\s?=))/gi;
const ANY_LITERAL = /(["'])(?:[^"'\\\r\n]|\\[^]|(?!\1)["'])*\1/g;
const MAX_STATEMENT = 2048;
const WRITES =
  /\b(?:select|insert|update|delete|replace|merge|call|alter)\s[^]{0,1024}?\b(?:set|where|into|values|from|role|user)\b/i;
const STATEMENT =
  /^\s{0,64}(?:\/\*[^*]{0,512}\*\/\s{0,64})?(?:select|insert|update|delete|replace|merge|with|create|alter|call)\b/i;
const MAY_HOLD = /values|key [(']|Failing row|crypt\s{0,2}\(|\b(?:set|where|copy|set_config\()/i;
/** Where a statement stands beside its parameters. */
const STATEMENTS = ['query', 'sql', 'text', 'statement'] as const;

export function redactSql(text: string, keys: SecretKeys): string {
  if (!MAY_HOLD.test(text)) return text;
  const inserted = insertsRedacted(text, keys);
  const quoted = inserted.includes("'") ? literalsRedacted(inserted, keys) : inserted;
  return parametersRedacted(/copy\s/i.test(quoted) ? copiesRedacted(quoted, keys) : quoted, keys)
    .replace(KEY, (all, columns: string) => (namesSecret(keys, columns) ? `Key (${columns}) ${REDACTED}` : all))
    .replace(ENTRY, (all, head: string, key: string) => (namesSecret(keys, key) ? `${head}${REDACTED}` : all))
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

/** Literals behind the name of a column or a setting, and those that functions encrypt or compare with. */
function literalsRedacted(text: string, keys: SecretKeys): string {
  const isNamed = ([, set, compared]: RegExpExecArray): boolean => keys.isSecret(set ?? compared ?? '');
  return behind(behind(behind(text, SETTING, isNamed), SET_CONFIG, isNamed), CRYPT, () => true);
}

/** All literals up to the bracket that closes, or the first one that none follows. */
function behind(text: string, pattern: RegExp, isSecret: (match: RegExpExecArray) => boolean): string {
  let out = '';
  let done = 0;
  pattern.lastIndex = 0;
  for (let match = pattern.exec(text); match !== null; match = pattern.exec(text)) {
    if (!isSecret(match)) continue;
    const start = pattern.lastIndex;
    LITERALS.lastIndex = start;
    const list = LITERALS.exec(text)?.[0] ?? '';
    out += `${text.slice(done, start)}${list.replace(LITERAL, `'${REDACTED}'`)}`;
    done = start + list.length;
    pattern.lastIndex = done;
  }
  return done === 0 ? text : out + text.slice(done);
}

function copiesRedacted(text: string, keys: SecretKeys): string {
  COPY.lastIndex = 0;
  for (let match = COPY.exec(text); match !== null; match = COPY.exec(text))
    if (namesSecret(keys, match[1] ?? ''))
      return `${text.slice(0, COPY.lastIndex)}${text.slice(COPY.lastIndex).replace(ROW_OF_COPY, REDACTED)}`;
  return text;
}

/** All of them where the statement names a secret: which of them it is takes a parser of SQL to say. */
function parametersRedacted(text: string, keys: SecretKeys): string {
  PARAMETERS.lastIndex = 0;
  const at = PARAMETERS.test(text) ? PARAMETERS.lastIndex : -1;
  const statement = at === -1 ? undefined : WRITES.exec(text);
  if (
    statement === undefined ||
    statement === null ||
    !namesSecret(keys, text.slice(statement.index, statement.index + MAX_STATEMENT))
  )
    return text;
  const end = /[[({]/.test(text.charAt(at))
    ? structureEnd(text, at)
    : (/[\r\n]/.exec(text.slice(at))?.index ?? Infinity) + at;
  return `${text.slice(0, at)}${text.slice(at, end).replace(ANY_LITERAL, `'${REDACTED}'`)}${text.slice(end)}`;
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
