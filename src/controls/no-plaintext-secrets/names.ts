import { oncePerText } from '../../model/once.ts';

/**
 * What a name says of the value under it. `sure`: a credential, however it reads. `likely`: a credential unless it reads like the name of
 * something, since `secret`, `token` and `key` are also what references to credentials are called. `none`: nothing.
 */
export type NameStrength = 'sure' | 'likely' | 'none';

/** The last word of a name says what it holds: DB_PASSWORD, stripeApiKey, not PASSWORD_FILE or TOKEN_TTL. */
export function strengthOf(name: string): NameStrength {
  return HINT.test(name) ? judged(name) : 'none';
}

/** A text without any of these holds no name that counts, and no command that takes a password under none. */
export const HINT =
  /pass|pwd|secret|token|key|credential|auth|httpheadervalue|identified|(?:redis|valkey|keydb)-cli|mysql|mariadb|mongo|curl|cqlsh|rabbitmqadmin|nodetool|sqlcmd|\bbcp\b|ldap|\blogin\b.{0,200}\s-p\s|\bon\s+>/i;

/** `secret_string`, `tokenValue` and `password_b64` hold what the word before them names; so do counted ones, `password2`. */
const CARRIERS = new Set(['value', 'plain', 'plaintext', 'cleartext', 'string', 'data', 'base64', 'b64']);

const PASSWORD = /(?:password|passwd|passphrase|passcode|pwd)$/;

/** Words before `secret` that make it a value: a `clientSecret` is given to the program, an `existingSecret` is looked up by name. */
const SECRETS_OF =
  /^(?:client|app|application|api|jwt|session|cookie|consumer|hmac|signing|oauth|oauth2|nextauth|totp)$/;

/** Keys that people make up themselves, unlike those an issuer hands out. */
const CHOSEN_KEYS = /^(?:secret|signing|encryption|hmac|jwt|session|cookie|master)$/;
const ISSUED_KEYS = /^(?:api|access|private|account|auth|app|application|shared)$/;

/** A name that has one of these anywhere is that of an object, or of something that everybody may know; of the others, right before the last word. */
const NOT_HELD = /^(?:existing|public|publishable)$/;
const LOOKED_UP = /^(?:external|pull|imagepull|tls|ssl|ca|cert|certificate|ingress)$/;

/** Part of a key under which a program has what it says to people: `label.password`, `error.password`. */
const SHOWN =
  /(?:^|\.)(?:labels?|errors?|messages?|msg|placeholders?|hints?|titles?|captions?|tooltips?|prompts?|validation|i18n)\./i;

const judged = oncePerText((name: string): NameStrength => {
  const strength = byWords(name);
  return strength === 'sure' && SHOWN.test(name) ? 'likely' : strength;
});

function byWords(name: string): NameStrength {
  const words = wordsOf(name);
  while (words.length > 1 && (CARRIERS.has(words.at(-1) ?? '') || /^\d+$/.test(words.at(-1) ?? ''))) words.pop();
  const last = (words.at(-1) ?? '').replace(/\d+$/, '');
  const before = words.at(-2) ?? '';
  if (PASSWORD.test(last) || last === 'requirepass' || last === 'masterauth') return 'sure';
  if (words.some((word) => NOT_HELD.test(word)) || LOOKED_UP.test(before)) return 'none';
  if (last === 'secret' && SECRETS_OF.test(before)) return 'sure';
  if (last === 'base' && before === 'key' && words.at(-3) === 'secret') return 'sure';
  if (last === 'key' && CHOSEN_KEYS.test(before)) return isVariable(name) ? 'sure' : 'likely';
  if (last === 'key' && ISSUED_KEYS.test(before)) return 'likely';
  // What passwords and keys are mixed with: `PASSWORD_SEED`, `SECRET_PEPPER`.
  if (/^(?:seed|pepper)$/.test(last) && /^(?:password|passwd|secret|token|auth|key)$/.test(before)) return 'likely';
  const isIssued = /(?:secret|token|credentials?|(?:api|auth|access|secret|private)key)$/.test(last);
  return isIssued || last === 'pass' ? 'likely' : 'none';
}

/** A password and nothing else, whose name is never that of a reference. */
export function namesPassword(name: string): boolean {
  return strengthOf(name) === 'sure' && PASSWORD.test(wordsOf(name).at(-1) ?? '');
}

/** An environment variable, going by its letters. */
export function isVariable(name: string): boolean {
  return /^[A-Z][A-Z0-9_]*$/.test(name);
}

/** A name of a mapping from the names of values to where each is kept, as `secrets = { DB_PASSWORD = "db-password" }`. */
export function listsReferences(name: string): boolean {
  return REFERENCES.test(name);
}

const REFERENCES =
  /(?:^|[^a-z])(?:secrets|refs|references|keys|names|arns|ids|paths|ssm)(?:$|[^a-z])|(?:Secrets|Refs|References|Keys|Names|Arns|Ids|Paths)(?:$|[^a-z])/;

/** A name of what people read, in which an example is none but an example. */
export function isProse(name: string): boolean {
  return /^(?:description|summary|message|comment|title|error_message|runbook_url)$/.test(name);
}

/** `DB_PASSWORD`, `dbPassword`, `spring.datasource.password` and `/app/db-password` in words. */
export function wordsOf(name: string): string[] {
  return name
    .slice(-MOST_CHARACTERS)
    .replaceAll(/([a-z0-9])([A-Z])/g, '$1 $2')
    .replaceAll(/([A-Z])([A-Z][a-z])/g, '$1 $2')
    .toLowerCase()
    .split(/[^a-z0-9]+/)
    .filter((word) => word !== '');
}

const MOST_CHARACTERS = 200;
