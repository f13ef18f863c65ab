/** Secrets that text names without a separator: markup, SQL, lines of configuration; command lines and sentences are read beside it. */
import { redactCommands } from './commands.ts';
import type { SecretKeys } from './keys.ts';
import { redactItems } from './pairs.ts';
import { quotedAt, type Quoted } from './quotes.ts';
import { ABOUT, redactSentences } from './sentences.ts';
import { REDACTED } from './shapes.ts';

const ELEMENT = /<([\w:.-]{1,64})(\s[^<>]{0,256})?>(?:<!\[CDATA\[)?([^<]{1,8192})(?=<\/|\]\]>)/g;
/** `<key>password</key><string>x</string>` of Apple, `<name>password</name><value><string>x` of XML-RPC. */
const SIBLING = /(<(key|name)>([\w.-]{1,96})<\/\2>\s{0,64}(?:<value>\s{0,64})?<(\w{1,16})>)[^<]{1,8192}(?=<\/\4>)/g;
/** `<add key="password" value="…">`, `<input type="password" value="…">`, `<password value="…">`. */
const ATTRIBUTE = /<([\w:.-]{1,64})(\s[^<>]{0,512}?\bvalue\s{0,2}=\s{0,2}\\{0,8}["'])([^"'<>\\]{1,8192})/gi;
const NAMES = /\b(?:name|key|id|type)\s{0,2}=\s{0,2}\\{0,8}["']([^"'\\]{1,96})/gi;
/** A name before a quoted value, in SQL with its letter or in dollars. */
const QUOTED =
  /\b(?:pass(?:word|wd|phrase|code|(?!\s{1,4}`))|secret|(?<!unexpected\s)token|psk|api[ _-]?key|identified\s{1,4}(?:with\s{1,4}[\w"'`]{1,64}\s{1,4})?(?:by|as)(?:\s{1,4}(?:password|values))?|credentials?)(?:\s{1,4}(?:(?:is|was|of|i?like|for\s(?!(?:user|role|account|login|key)\s)\S{1,64})\s{1,4})?)(?:[ENBU]&?(?='))?(?=["'`$])/gi;
const UNQUOTED =
  /\b((?:create|alter)\s{1,4}(?:user|role)\s[^\r\n;]{1,256}?\sidentified\s{1,4}by\s{1,4})[^\s"'`;,]{1,256}/gi;
/** A line of a configuration: `db_password "x";`. */
const STATEMENT = /(?<![\w.-])([A-Za-z][\w.-]{1,63})(\s{0,4}(["']))[^"'\r\n]{1,512}(?=\3\s{0,4};)/g;
/** A call that sets it, or makes one of it. */
const CALL =
  /(?<![\w$])((?:set|with|add|put|use)_?[A-Za-z][\w$]{1,63}|[A-Z][\w$]{2,63}|pass(?:word|wd|phrase|code))\(\s?(["'])[^"'\r\n]{1,512}(?=\2\s?\))/g;
/** A call that compares it or makes a hash of it, whatever else it is given. */
const CHECK =
  /(?<![\w$])((?:check|verify|validate|hash|encode)_?[A-Za-z][\w$]{1,63})\(\s?(["'])[^"'\r\n]{1,512}(?=\2\s?[),])/g;
/** A call with a user and its password. */
const LOGIN =
  /(\b(?:[\w.]{0,64}(?:login|authenticate|basic_?auth|credentials?|(?:change|set|update|reset)\w{0,16}password)|db\.auth)\(\s?(["'])[^"'\r\n]{0,128}\2\s?,\s?(?:Some\()?(["']))[^"'\r\n]{1,512}(?=\3)/gi;
/** And with the host before them. */
const CONNECT =
  /(\b(?:\w{0,16}[cC]onnect(?:ion)?|PDO(?:->__construct)?|DirectoryEntry)\(\s?(["'])[^"'\r\n]{1,256}\2\s?,\s?(["'])[^"'\r\n]{1,128}\3\s?,\s?(["']))[^"'\r\n]{1,512}(?=\4)/g;
/** A cookie, known by the attributes behind it (RFC 6265, 4.1). */
const COOKIE =
  /(?<![\w-])([\w.-]{1,128}=)[^\s;,"']{1,4096}(?=(?:;\s?[\w-]{1,16}(?:=[^;\r\n]{1,128})?){0,4};\s?(?:HttpOnly|SameSite=|Path=\/|Max-Age=\d))/gi;
/** What Kubernetes says of an object. */
const OBJECT =
  /^\s(?:not found|in namespace|(?:already )?exists|does not exist|is (?:forbidden|used|missing|immutable|managed)|was not|created|deleted|updated|rotated|synced|configured|unchanged)/;
const MAX_QUOTED = 512;
/** Commands of Redis, also in quotes as `MONITOR` prints them; and what mail servers answer, or a placeholder. */
const REDIS = /\b(AUTH2?["']?)(\s{1,4}["']?)([^\s"']{1,256})["']?(?:\s{1,4}["']?[^\s"']{1,256}["']?)?/g;
/** What a sentence says as well, and a user may be called. */
const ACCOUNT = /^(?:default|users?|role|account|admin|temporary|shared)$/i;
const NO_PASSWORD = /^(?:LOGIN|PLAIN|X?OAUTH\w*|CRAM-\w+|DIGEST-\w+|SCRAM-\w+|NTLM|GSSAPI|EXTERNAL|<\w+>)[.,:]?$/;
/** Lines of configuration files, of netrc and of `aws configure`: a name, and its secret without a separator. */
const DIRECTIVE =
  /\b(requirepass|masterauth|bindpw|rootpw|auth-pass\s{1,4}\S{1,128}|configure\s{1,4}set\s{1,4}aws_s\w{4,32}|(?:machine\s{1,4}\S{1,256}(?:\s{1,8}(?:login|account)\s{1,4}\S{1,256}){0,2}|default(?:\s{1,8}(?:login|account)\s{1,4}\S{1,256}){1,2})\s{1,8}password|\S{0,128}:_(?:authToken|password))(["']?\s{1,8}["']?)([^\s"'=:]{1,1024})/g;
/** MySQL: `SET PASSWORD FOR 'jane'@'%' = 'x'`. */
const SET_PASSWORD =
  /\b(set\s{1,4}password\s{1,4}for\s{1,4}[^\s=]{1,128}\s{0,4}=\s{0,4}(?:password\s?\(\s?)?)(["'])[^"'\r\n]{1,512}/gi;
/** What `vault operator init` prints. */
const UNSEAL = /\b((?:unseal|recovery) key \d{1,3}: )[\w+/=]{16,512}/gi;
/** Rules of a user in Redis: `ACL SETUSER app on >x`, and as `ACL LIST` and files of them have it, with what the user may do. */
const SETUSER = /\b(?:setuser|user\s\S{1,64}\s(?:on|off))\s[^\r\n]{1,1024}/gi;
const RULES = /setuser|\s(?:[~&%+]\S|-@|allkeys|allchannels|allcommands|nocommands|nopass)/i;
const FORM =
  /(name=\\?["']?([^"'\r\n\\;=]{1,128})(?=["'\r\n\\;])\\?["']?[^\r\n]{0,200}?(?:\r?\n|\\r\\n)(?:[A-Z][\w-]{1,64}:[^\r\n]{0,200}\r?\n)?(?:\r?\n|\\r\\n))([^\r\n]{1,8192})/gi;

export function redactProse(text: string, keys: SecretKeys): string {
  let out = text;
  const called = (all: string, name: string): string =>
    keys.isSecret(name) ? all.replace(/(["'])[^"']+$/, `$1${REDACTED}`) : all;
  if (out.includes('</') || out.includes(']]>'))
    out = out.replace(ELEMENT, (all, name: string, attributes: string | undefined, value: string) =>
      isNamed(keys, name, attributes) ? `${all.slice(0, all.length - value.length)}${REDACTED}` : all,
    );
  if (out.includes('</key>') || out.includes('</name>'))
    out = out.replace(SIBLING, (all, head: string, _tag: string, name: string) =>
      keys.isSecret(name) ? `${head}${REDACTED}` : all,
    );
  if (out.includes('<') && /value\s{0,2}=/i.test(out))
    out = out.replace(ATTRIBUTE, (all, name: string, head: string, _value: string, at: number, whole: string) =>
      isNamed(keys, name, `${head}${attributesBehind(whole, at + all.length)}`) ? `<${name}${head}${REDACTED}` : all,
    );
  out = redactSentences(redactCommands(out, keys), keys);
  if (/[,;]/.test(out)) out = redactItems(out, keys, REDACTED);
  if (/name=/i.test(out))
    out = out.replace(FORM, (all, head: string, name: string) => (keys.isSecret(name) ? `${head}${REDACTED}` : all));
  if (/;\s?(?:httponly|samesite|path=|max-age=)/i.test(out)) out = out.replace(COOKIE, `$1${REDACTED}`);
  if (/\(\s?["']/.test(out))
    out = out
      .replace(LOGIN, `$1${REDACTED}`)
      .replace(CONNECT, `$1${REDACTED}`)
      .replace(CALL, called)
      .replace(CHECK, called);
  return quotedRedacted(out)
    .replace(SET_PASSWORD, `$1$2${REDACTED}`)
    .replace(UNQUOTED, `$1${REDACTED}`)
    .replace(STATEMENT, (all, name: string, gap: string) => (keys.isSecret(name) ? `${name}${gap}${REDACTED}` : all))
    .replace(DIRECTIVE, (all, name: string, gap: string, value: string) =>
      ABOUT.test(value) ? all : `${name}${gap}${REDACTED}`,
    )
    .replace(SETUSER, (line) =>
      RULES.test(line) ? line.replace(/(\s["']?[<>#!])[^\s"']{1,256}/g, `$1${REDACTED}`) : line,
    )
    .replace(REDIS, (all, command: string, gap: string, first: string) =>
      (ABOUT.test(first) && !ACCOUNT.test(first)) || NO_PASSWORD.test(first) ? all : `${command}${gap}${REDACTED}`,
    )
    .replace(UNSEAL, `$1${REDACTED}`);
}

function quotedRedacted(text: string): string {
  let out = '';
  let done = 0;
  QUOTED.lastIndex = 0;
  for (let match = QUOTED.exec(text); match !== null; match = QUOTED.exec(text)) {
    const quoted = quotedAt(text, QUOTED.lastIndex);
    if (quoted === undefined || quoted.after === quoted.end || !isTold(text, match.index, quoted)) continue;
    out += `${text.slice(done, quoted.start)}${REDACTED}`;
    done = quoted.end;
    QUOTED.lastIndex = quoted.after;
  }
  return done === 0 ? text : out + text.slice(done);
}

/** Not a mark that a parser stumbled upon, an object that has the name of its kind before its own, or a quote that closes lines below. */
function isTold(text: string, at: number, { start, end, after }: Quoted): boolean {
  const value = text.slice(start, end);
  if (value.length > MAX_QUOTED || (value.length < 4 && !/[\p{L}\p{N}]/u.test(value))) return false;
  if (/^secret\s{1,4}["']/i.test(text.slice(at, start)) && OBJECT.test(text.slice(after, after + 16))) return false;
  return text.charAt(start - 1) === '$' || !/[\r\n]/.test(value);
}

/** The attributes of an element behind the value of one. */
function attributesBehind(text: string, from: number): string {
  return /^[^<>]*/.exec(text.slice(from, from + MAX_QUOTED))?.[0] ?? '';
}

/** Whether an element is named like a secret, or has an attribute that names one. */
function isNamed(keys: SecretKeys, name: string, attributes = ''): boolean {
  if (keys.isSecret(name)) return true;
  for (const [, named = ''] of attributes.matchAll(NAMES)) if (keys.isSecret(named)) return true;
  return false;
}
