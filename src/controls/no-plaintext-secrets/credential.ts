import { strengthOf, wordsOf, type NameStrength } from './names.ts';
import { fallbackIn, isPlaceholder, ownPart, readsLikeName } from './placeholders.ts';

/** What makes a string a credential, in words; the string itself is never kept. */
export type Kind =
  | 'a private key'
  | 'an AWS access key'
  | 'a GitHub token'
  | 'a GitLab token'
  | 'a Stripe live key'
  | 'a Slack token'
  | 'a Slack webhook'
  | 'a Google API key'
  | 'an npm token'
  | 'a Vault token'
  | 'an Azure storage key'
  | 'a signed token'
  | 'a connection string with a password'
  | 'a registry login'
  | 'a credential by its name'
  | 'a default password';

/** What stands under a name. A strength or a kind is given where it is known better than by the name and the value. */
export interface Named {
  readonly name: string;
  readonly value: string;
  readonly strength?: NameStrength;
  readonly kind?: Kind;
}

/** Formats that their issuers publish so that leaks can be found. */
const FORMATS: readonly [RegExp, Kind][] = [
  [/-----BEGIN (?:RSA |EC |OPENSSH |ENCRYPTED |DSA |PGP )?PRIVATE KEY/g, 'a private key'],
  [/\bAGE-SECRET-KEY-1[0-9A-Z]{50}/g, 'a private key'],
  [/\b(?:AKIA|ASIA)[0-9A-Z]{16}\b/g, 'an AWS access key'],
  [/\b(?:gh[pousr]_[0-9A-Za-z]{36,}|github_pat_\w{22,})\b/g, 'a GitHub token'],
  [/\bglpat-[\w-]{20,}/g, 'a GitLab token'],
  [/\b(?:sk|rk)_live_[0-9A-Za-z]{16,}/g, 'a Stripe live key'],
  [/\bxox[abeoprs]-[0-9A-Za-z-]{10,}/g, 'a Slack token'],
  [/\bhooks\.slack\.com\/services\/T[0-9A-Z]{6,}\/B[0-9A-Z]{6,}\/[0-9A-Za-z]{20,}/g, 'a Slack webhook'],
  [/\bAIza[\w-]{35}\b/g, 'a Google API key'],
  [/\bnpm_[0-9A-Za-z]{36}\b/g, 'an npm token'],
  [/\bhv[sb]\.[\w-]{24,}/g, 'a Vault token'],
  [/\bAccountKey=[0-9A-Za-z+/]{86}==/g, 'an Azure storage key'],
  [/\beyJ[\w-]{10,4000}\.eyJ[\w-]{10,8000}\.[\w-]{20,}/g, 'a signed token'],
];

/** Shorter than any of them. */
const SHORTEST_FORMAT = 16;

const PEM_IN_BASE64 = /\bLS0tLS1CRUdJTi[0-9A-Za-z+/]{16,40}/;

const CONNECTION = /\b[a-z][a-z0-9+.-]{0,40}:\/\/[^\s:/@?#]*:(?<password>[^\s@/]+)@/gi;
/** `app:password@tcp(db:3306)/orders` of Go, and `Server=db;User Id=app;Password=…` of .NET, JDBC and libpq. */
const GO_CONNECTION = /^[\w.-]+:(?<password>[^\s@]+)@(?:tcp|unix)\(/;
const FIELDS = /(?:^|[;?&\s])(?:server|host|data source|user(?: ?id|name)?|uid|endpoint|dbname|database)\s*=|^jdbc:/i;
const PASSWORD_FIELD = /(?:^|[;?&\s])(?:password|pwd)\s*=\s*(?<password>[^;&\s"']+)/i;

const DEFAULTS =
  /^(?:changeme|change-me|change_me|changeit|password|passw0rd|admin|root|secret|postgres|guest|test|default|letmein|minioadmin|123456\d*)$/i;
/** Those that nothing else is called. */
const ONLY_DEFAULTS = /^(?:change[-_]?me|changeit|passw0rd|letmein|minioadmin|123456\d*)$/i;

/** Judges a value by its format, and by the name it stands under; `undefined` where it is no credential. */
export function credentialKind({ name, value, strength, kind }: Named): Kind | undefined {
  const known = kind ?? formatKind(value);
  if (known !== undefined) return known;
  const header = HEADER.test(name) ? SCHEME.exec(value)?.groups?.['credential'] : undefined;
  if (header !== undefined) return namedKind('likely', header);
  const named = namedKind(strength ?? strengthOf(name), value);
  return named === 'a credential by its name' && isSame(name, value) ? undefined : named;
}

/** `smtp_password = "smtp-password"` is yet to be filled in, or says where to look. */
function isSame(name: string, value: string): boolean {
  return wordsOf(name).join() === wordsOf(value).join();
}

/** A header by its name, and the values of headers that a data source of Grafana sends, whose names stand elsewhere. */
const HEADER = /authorization$|httpHeaderValue\d+$/i;
const SCHEME = /^(?:basic|bearer|token)\s+(?<credential>\S+)$/i;

/** By what the value looks like alone. */
export function formatKind(value: string): Kind | undefined {
  if (value.length >= SHORTEST_FORMAT) {
    const format = FORMATS.find(([pattern]) => isIssued(value, pattern));
    if (format !== undefined) return format[1];
    if (holdsPrivateKey(value)) return 'a private key';
  }
  if (!/[@=]/.test(value)) return undefined;
  const kinds = [...passwordsIn(value)].flatMap((password) => connectionKind(password) ?? []);
  return kinds.find((kind) => kind === 'a connection string with a password') ?? kinds[0];
}

/** Documentation shows the formats with digits that nobody was ever given. */
function isIssued(value: string, format: RegExp): boolean {
  if (value.search(format) === -1) return false;
  return [...value.matchAll(format)].some(([found]) => !/x{6,}|0{10,}|example/i.test(found));
}

/** By the name it stands under: a value that is none of the many things that are not credentials. */
export function namedKind(strength: NameStrength, value: string): Kind | undefined {
  if (strength === 'none') return undefined;
  const given = value.trim();
  const held = fallbackIn(given) ?? given;
  if (/\s/.test(held)) return undefined;
  if (strength === 'sure' ? DEFAULTS.test(held) : ONLY_DEFAULTS.test(held)) return 'a default password';
  if (isPlaceholder(held)) return undefined;
  const own = ownPart(held);
  if (own.length < SHORTEST_PASSWORD || isPlaceholder(own)) return undefined;
  const isWhole = own === held;
  return (strength === 'sure' && isWhole) || !readsLikeName(own) ? 'a credential by its name' : undefined;
}

const SHORTEST_PASSWORD = 6;

function holdsPrivateKey(value: string): boolean {
  const head = PEM_IN_BASE64.exec(value)?.[0];
  return head !== undefined && /PRIVATE/.test(Buffer.from(head, 'base64').toString('latin1'));
}

/** What stands in the place of a password in the connection strings of a text. */
function* passwordsIn(value: string): Generator<string> {
  if (value.includes('@')) {
    if (value.includes('://'))
      for (const match of value.matchAll(CONNECTION)) if (!isAdvice(match)) yield match.groups?.['password'] ?? '';
    yield GO_CONNECTION.exec(value)?.groups?.['password'] ?? '';
  }
  if (value.includes('=') && !value.includes('\n') && FIELDS.test(value))
    yield PASSWORD_FIELD.exec(value)?.groups?.['password'] ?? '';
}

/** `# postgres://user:password@host/name`, as comments explain a setting. */
function isAdvice({ 0: found, index, input }: RegExpMatchArray): boolean {
  const start = input?.slice(input.lastIndexOf('\n', index) + 1, index) ?? '';
  return (
    /^\s*(?:#|\/\/|;|--)/.test(start) &&
    /:\/\/(?:user|username|login):(?:pass|password|passwd|pwd|secret)@$/i.test(found)
  );
}

/** What counts where a variable is not set is judged as if it stood under a name: it need not be in use. */
function connectionKind(password: string): Kind | undefined {
  const fallback = fallbackIn(password);
  if (fallback !== undefined) return namedKind('sure', fallback);
  const isNone = isPlaceholder(password) || ownPart(password) === '';
  return isNone ? undefined : 'a connection string with a password';
}
