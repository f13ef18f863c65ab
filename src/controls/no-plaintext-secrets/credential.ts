/** What makes a string a credential, in words; the string itself is never kept. */
export type Kind =
  | 'a private key'
  | 'an AWS access key'
  | 'a GitHub token'
  | 'a GitLab token'
  | 'a Stripe live key'
  | 'a Slack token'
  | 'a Google API key'
  | 'an npm token'
  | 'a signed token'
  | 'a connection string with a password'
  | 'a credential by its name'
  | 'a default password';

/** Formats that their issuers publish so that leaks can be found. */
const FORMATS: readonly [RegExp, Kind][] = [
  [/-----BEGIN (?:RSA |EC |OPENSSH |ENCRYPTED |DSA |PGP )?PRIVATE KEY/, 'a private key'],
  [/\b(?:AKIA|ASIA)[0-9A-Z]{16}\b/, 'an AWS access key'],
  [/\b(?:gh[pousr]_[0-9A-Za-z]{36,}|github_pat_\w{22,})\b/, 'a GitHub token'],
  [/\bglpat-[\w-]{20,}/, 'a GitLab token'],
  [/\b(?:sk|rk)_live_[0-9A-Za-z]{16,}/, 'a Stripe live key'],
  [/\bxox[abeoprs]-[0-9A-Za-z-]{10,}/, 'a Slack token'],
  [/\bAIza[\w-]{35}\b/, 'a Google API key'],
  [/\bnpm_[0-9A-Za-z]{36}\b/, 'an npm token'],
  [/\beyJ[\w-]{10,}\.eyJ[\w-]{10,}\.[\w-]{20,}/, 'a signed token'],
];

const CONNECTION = /\b[a-z][a-z0-9+.-]*:\/\/[^\s:/@?#]*:(?<password>[^\s@/]+)@/gi;

/** The last word of a name says what it holds: DB_PASSWORD, stripeApiKey, not PASSWORD_FILE or TOKEN_TTL. */
const NAMED =
  /(?:^|[_.\-a-z])(?:password|passwd|passphrase|pwd|secret|token|api[_-]?key|access[_-]?key|private[_-]?key|secret[_-]?key|signing[_-]?key|encryption[_-]?key|credentials?|requirepass|masterauth)$/i;
const CAMEL = /(?:Password|Passwd|Secret|Token|ApiKey|AccessKey|PrivateKey|SecretKey|SigningKey|EncryptionKey)$/;

/** Not a value but a place for one, a reference to one, or a switch. */
const PLACEHOLDER =
  /^$|[${<>}]|^\*+$|^x{3,}$|^(?:todo|tbd|none|null|true|false|yes|no|enabled|disabled|optional|required|redacted)$|replace|your[-_ ]|placeholder|example|dummy|fill[-_ ]?me|^(?:file|env|vault|ref\+|op|arn|projects|secretref|ssm|awssm|gcpsm):|^\/|^\d{1,5}[smhd]?$/i;
const DEFAULTS =
  /^(?:changeme|change-me|change_me|password|passw0rd|admin|root|secret|postgres|guest|test|default|letmein|123456\d*)$/i;

/** Judges a value by its format, and by the name it stands under; `undefined` where it is no credential. */
export function credentialKind(name: string, value: string): Kind | undefined {
  const format = FORMATS.find(([pattern]) => pattern.test(value));
  if (format !== undefined) return format[1];
  for (const match of value.matchAll(CONNECTION)) {
    if (!PLACEHOLDER.test(match.groups?.['password'] ?? '')) return 'a connection string with a password';
  }
  if (!namesCredential(name) || /\s/.test(value.trim())) return undefined;
  if (DEFAULTS.test(value)) return 'a default password';
  if (PLACEHOLDER.test(value)) return undefined;
  return value.length >= 6 ? 'a credential by its name' : undefined;
}

export function namesCredential(name: string): boolean {
  return NAMED.test(name) || CAMEL.test(name);
}

/** `KEY=value`, `key: value` and `key = "value"` lines of a text that is embedded in a value, such as a config file. */
export function* embeddedPairs(text: string): Generator<[string, string]> {
  if (!text.includes('\n')) return;
  for (const line of text.split('\n')) {
    const match = /^\s*(?:export\s+)?["']?(?<key>[\w.-]+)["']?\s*[:=]\s*["']?(?<value>[^"'\n#]*?)["']?,?\s*$/.exec(
      line,
    );
    if (match?.groups !== undefined) yield [match.groups['key'] ?? '', match.groups['value'] ?? ''];
  }
}
