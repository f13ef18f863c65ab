/** A part of a text that something fills in before the text is used. */
const FILLED_IN = /\$\{\{[^{}]*\}\}|\{\{[^{}]*\}\}|\$\w*\{[^{}]*\}|\$\([^()]*\)|#\{[^{}]*\}#?|%\w*\{[^{}]*\}|`[^`]*`/g;

/** A whole value that stands for another: `$NAME`, `$env:NAME`, `<your password>`, `%TOKEN%`, `@token@`, `__TOKEN__`, `{token}`, `((token))`, `%s`, `***`, `DB_TOKEN`. */
const STANDS_FOR =
  /^(?:\$+(?:env:)?\w+|(?:\$[A-Z_]+)+|<[^<>]*>|%[\w.-]+%|@[\w.-]+@|__\w+__|\[\[.*\]\]|\(\([^()]*\)\)|\{[\w. -]*\}|%(?:\(\w+\))?[sdvq]|[*.…•-]*|x{3,}|(?=[A-Z_]*(?:PASSWORD|SECRET|TOKEN|KEY))[A-Z]+(?:_[A-Z]+)+)$/;

/** Words that say that there is no value, that something is switched, or that somebody has yet to put one in. */
const SAYS_SO =
  /^(?:todo|tbd|none|null|nil|undefined|unset|not-set|true|false|yes|no|on|off|enabled|disabled|optional|required|redacted|n\/a)$|replace|your[-_ ]|placeholder|example|dummy|fill[-_ ]?me|insert[-_ ]|goes[-_ ]here|x{4,}/i;

/** Where a value is to be had: an ARN, a path in a store, a file, a page. */
const REFERENCES = [
  /^(?:>>|@)?(?:arn|file|env|vault|bao|azure:keyvault|gcp:secretmanager|op|secretref|ssm|awssm|gcpsm|azkv|akeyless|doppler|bws|sm|exec|ext|cmd|keyring|(?:pull)?secrets?|secretsmanager|secretmanager|aws-?secrets?-?manager):/i,
  /^ref\+|^\{vault\}|^projects[:/]|^@Microsoft\.KeyVault\(|^[a-z][a-z0-9+.-]*:\/\//i,
  /^(?:\.{0,2}|~)\/|^[a-z]:\\/i,
  /^[a-z0-9_.-]+(?:\/[a-z0-9_.-]+)+$/,
  /^[\w.-]+\.(?:json|ya?ml|toml|ini|conf|env|properties|txt|pem|key|crt|cer|der|p12|pfx|jks|asc|gpg|enc|pub)$/i,
];

/** A duration, a port, a count. */
const NUMBER = /^\d{1,5}(?:ms|[smhd])?$/;

/** What cannot be turned back into the credential: hashes, encrypted values, public keys. A `$$` is how compose writes `$`. */
const HASHES = [
  /^\$+(?:1|2[abxy]?|5|6|7|y|apr1|argon2(?:id?|d)|scrypt|pbkdf2[\w-]*)\$/i,
  /^(?:\{(?:S?SHA\d*|S?MD5|CRYPT|BCRYPT|PBKDF2[^}]*|ARGON2)\}|SCRAM-SHA-|(?:sha(?:1|256|512)|pbkdf2|bcrypt|scrypt|argon2)[:_$-]|md5[0-9a-f]{32}$|#[0-9a-f]{64}$)/i,
];
const SEALED = [
  /^(?:ENC[[(:]|encrypted:[\w+/-]{40}|\{cipher\}|!vault|\$ANSIBLE_VAULT|age1|ssh-(?:rsa|ed25519) |ecdsa-sha2|-----BEGIN |LS0tLS1CRUdJTi)/,
];

/** Whether a value is none: a place for one, a reference to one, its hash, or a switch. */
export function isPlaceholder(value: string): boolean {
  return (
    STANDS_FOR.test(value) ||
    SAYS_SO.test(value) ||
    NUMBER.test(value) ||
    isHash(value) ||
    [...SEALED, ...REFERENCES].some((pattern) => pattern.test(value))
  );
}

/** Also behind the user that it is of, as a file of htpasswd has it: `admin:$2y$05$…`. */
function isHash(value: string): boolean {
  const hash = value.replace(/^[\w.@-]+:(?=[${])/, '');
  return HASHES.some((pattern) => pattern.test(hash));
}

/** What a text says itself: without the parts that are filled in, and without the separators that these leave at its ends. */
export function ownPart(value: string): string {
  let rest = value;
  for (let depth = 0; depth < NESTED && rest.search(FILLED_IN) !== -1; depth += 1)
    rest = rest.replaceAll(FILLED_IN, '');
  return rest === value ? value : rest.replaceAll(/^[\W_]+|[\W_]+$/g, '');
}

/** How deep one part may hold another: `${PASSWORD:-${OTHER}}`. */
const NESTED = 3;

/** The value that counts where a variable is not set: `${PASSWORD:-value}` of a shell, `${db.password:value}` of Spring. */
export function fallbackIn(value: string): string | undefined {
  const match = /^\$\{(?<name>[\w.-]+)(?<mark>:[-=]?)(?<fallback>[^{}]*)\}$/.exec(value)?.groups;
  if (match === undefined) return undefined;
  const isOfSpring = match['mark'] === ':';
  // A lone colon also parts a provider from a path: `${file:/run/x}`, `${secrets:shop/db:password}`.
  if (isOfSpring && (/^[?+]/.test(match['fallback'] ?? '') || !/[._]/.test(match['name'] ?? ''))) return undefined;
  return match['fallback'];
}

/** Whether a value is made of words, as the name of an object, a header or a variable is: `db-credentials`, `X-Api-Key`, `DB_TOKEN`. */
export function readsLikeName(value: string): boolean {
  if (value.length > 80) return false;
  if (FOREIGN_WORD.test(value)) return true;
  const words = value.split(/[-_.]+/);
  return words.every((word) => WORD.test(word)) && words.some((word) => /^[a-z]{3}[a-z]*$/i.test(word));
}

const WORD = /^(?:(?:[a-z]{1,20}|[A-Z]{1,20}|[A-Z]?[a-z]{2,20}(?:[A-Z][a-z]{2,20})*)\d{0,2}|v?\d{1,2}|k8s)$/;

/** Letters only, some of them beyond ASCII: `Contraseña`. */
const FOREIGN_WORD = /^(?=.*[^a-z])\p{L}+$/iu;
