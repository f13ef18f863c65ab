/** Userinfo of URLs and DSNs: `scheme://user:password@host`, also percent-encoded, and the forms of drivers that have no slashes. */
import { REDACTED } from './shapes.ts';

const LONGEST = 1024;
const SLASHES = /(?:\/\/|\\\/\\\/|%(?:25)*2f%(?:25)*2f)/gi;
const HAS_AT = /@|%(?:25)*40/i;
/** An apostrophe inside of it is one of the password's: encoders of URLs leave it as it is. */
const TOKEN_END = /[\s"`<>|]|'(?![\w%@])/g;
/** `user:password@tcp(host:3306)/db` of Go's MySQL driver; `thin:user/password@` of Oracle's. */
const DRIVER = /[^\s"'`:/@]{1,128}:[^\s"'`]{1,256}@(?=(?:tcp|unix|udp)\(|\/[\w-]{1,64}(?=$|[\s?"'`]))/g;
const ORACLE = /(jdbc:oracle:[a-z]{1,10}:)[^\s"'`@]{1,256}@/gi;
const ORACLE_EASY = /((?:^|[\s"'`=])[\w$#]{1,64}\/)[^\s"'`@/]{1,256}(?=@\/\/[\w.-]{1,253}:\d)/g;
/** Schemes whose user is no secret by itself. */
const USER_ONLY = /(?:ssh|sftp|svn|git):$/i;
/** A user and its host, with a port or, as git has it, the path behind a colon: an `@` in it begins a version. */
const NO_PASSWORD = /^[^:@/?#]{1,128}@[^:@/?#]{1,253}(?:[/?#]|$|:(?:[^@]*$|[\w.~-]{1,128}\/[^@]*@v?\d[\w.-]*(?:$|#)))/;

/** A line of PostgreSQL's `.pgpass`, `host:port:database:user:password`, each a star where it is any, with `\:` for a colon. */
const FIELD = '(?:\\\\.|[^\\s:\\\\"\'`])';
const HOST = '(?:\\*|localhost|[\\w-]{1,63}(?:\\.[\\w-]{1,63}){1,16}|\\[[\\da-fA-F:.]{2,48}\\]|/[\\w./-]{1,128})';
const ACCOUNT = `(?!\\d{1,6}:)${FIELD}{1,64}:${FIELD}{1,64}:`;
/** With a port of PostgreSQL, of its pooler or any, it is known wherever it stands; with another by being the line. */
const ENTRY = new RegExp(
  `(?<![^\\s"'\`])(?![\\da-f:]{9,48}(?![^\\s"'\`]))((?:${HOST}:\\*|(?:${HOST}|[\\w-]{1,63}):(?:543\\d|6432)):${ACCOUNT})(?:\\\\.|[^\\s\\\\"'\`]){1,256}`,
  'g',
);
/** An address of IPv6 has more colons, between groups that are hexadecimal. */
const GROUPS = '(?![^\\r\\n]{0,160}?(?<![\\da-f])(?:[\\da-f]{1,4}:){5})';
const ENTRY_LINE = new RegExp(`^${GROUPS}(${HOST}:(?:\\*|\\d{4,5}):${ACCOUNT})(?:\\\\.|[^\\r\\n\\\\]){1,256}$`, 'gm');
const PORTS = /:(?:\*|\d{4,5}):/;

/** Schemes of databases, brokers and directories. */
const STORE =
  /(?:postgres(?:ql)?|mysql|mariadb|rediss?|mongodb(?:\+srv)?|amqps?|nats|mssql|sqlserver|clickhouse|cockroachdb|couchbase|smtps?|ldaps?|mqtts?|kafka|influxdb):$/i;
const PORT = /^[^:@/?#[\]]*:\d{1,5}(?:[/?#,]|$)/;
/** What stands behind an `@` that is one of the user's name: a password with a character that ends a host. */
const NO_PORT = /^[^:@/?#[\]\s]{1,253}:(?!\d{1,5}(?:[/?#,]|$))/;
/** Such a password and the host behind it, with no parameter that has an `@` in its value. */
const DIGITS_FIRST = /^[^:@/?#[\]]*:\d{1,5}[/?#](?![^@]{0,512}\?[\w.]{1,64}=)[^@]*(?:@[^@]*)*@[\w.[\]:-]+(?:[,/?]|$)/;

export function redactAddresses(text: string): string {
  let out = '';
  let done = 0;
  SLASHES.lastIndex = 0;
  for (let match = SLASHES.exec(text); match !== null; match = SLASHES.exec(text)) {
    const start = match.index + match[0].length;
    if (start < done) continue;
    const stop = tokenEnd(text, start);
    if (!HAS_AT.test(text.slice(start, stop))) {
      SLASHES.lastIndex = Math.max(SLASHES.lastIndex, stop - 8);
      continue;
    }
    const scheme = text.slice(Math.max(0, match.index - 16), match.index);
    if (USER_ONLY.test(scheme) && NO_PASSWORD.test(text.slice(start, stop))) continue;
    const end = userinfoEnd(text.slice(start, stop), start, match[0].startsWith('%'), STORE.test(scheme));
    if (end === -1) continue;
    out += `${text.slice(done, start)}${REDACTED}`;
    done = end;
    SLASHES.lastIndex = Math.max(SLASHES.lastIndex, end);
  }
  const whole = done === 0 ? text : out + text.slice(done);
  return whole.includes('@')
    ? whole.replace(DRIVER, `${REDACTED}@`).replace(ORACLE, `$1${REDACTED}@`).replace(ORACLE_EASY, `$1${REDACTED}`)
    : whole;
}

/** Passwords in lines of a file of passwords. */
export function redactEntries(text: string): string {
  return PORTS.test(text) ? text.replace(ENTRY_LINE, `$1${REDACTED}`).replace(ENTRY, `$1${REDACTED}`) : text;
}

/**
 * Where the userinfo that begins at `start` ends, at its `@`; -1 if there is none. A password is often not encoded as it should be, so
 * `//user:pa/ss@host` counts as userinfo when what follows the colon is no port, or begins like one in the address of a database, where
 * hosts stand behind the last `@` and no other has a place.
 */
function userinfoEnd(token: string, start: number, encoded: boolean, isStore: boolean): number {
  if (encoded)
    return offset(start, /^(?:(?!%(?:25)*(?:2f|3f|23))[^/?#])*?(?=%(?:25)*40)/i.exec(token)?.[0].length ?? -1);
  const authority = /^[^/?#]*/.exec(token)?.[0] ?? '';
  const at = authority.lastIndexOf('@');
  const last = token.lastIndexOf('@');
  if (at !== -1) return offset(start, NO_PORT.test(token.slice(at + 1)) && last > at ? last : at);
  if (last === -1 || !/^[^:@/?#[\]]*:/.test(token)) return -1;
  if (PORT.test(token) && !(isStore && DIGITS_FIRST.test(token))) return -1;
  return offset(start, last);
}

function tokenEnd(text: string, start: number): number {
  TOKEN_END.lastIndex = start;
  return Math.min(TOKEN_END.exec(text)?.index ?? text.length, start + LONGEST);
}

function offset(start: number, length: number): number {
  return length <= 0 ? -1 : start + length;
}
