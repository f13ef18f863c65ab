/**
 * Which names hold secrets. A name is compared without case, separators, accents and forms of width ("X-API-Key", "xApiKey" and "x_api_key"
 * are one, "pássword" is "password"). Long words count anywhere in a name, short ones only as a word of it, so that "compass" and "pinned" stay readable.
 */
import { isIdentifier, withoutIdentifiers } from './identifiers.ts';
import { isVagueName } from './vague.ts';

/** Secret wherever it stands in the name. */
const FRAGMENTS = [
  'password|passwd|passphrase|passcode|passwort|kennwort|wachtwoord|contrasena|motdepasse|пароль|hasło|losenord|salasana|jelszo|密码|密碼|口令|パスワード|비밀번호|암호|secret|credential|authorization|authorisation|cookie',
  'apikey|apitoken|token|bearer|signature|private(?:key|pem)|connectionstring|secwebsocketprotocol',
  '(?:access|auth|signing|signature|encryption|encrypt|decryption|master|shared|account|storage|subscription|functions?|license|admin|service|deploy|session|hmac|client|server|host|ssh|rsa|symmetric|application|aes|unseal|wallet|vpn|pgp|gpg|apns)key',
  'cardnumber|creditcard|debitcard|cardno|ccnum|securitycode|socialsecurity|nationalid|passportn|ibannumber|accountnumber|routingnumber|taxid',
  'sessionid|sessid|session(?:token|key|cookie)|mnemonic|seedphrase|nkeyseed|(?:recovery|backup|onetime|verification|[mt2]fa|twofactor|sms|auth|access|login|unlock|reset|device|activation)code|securityanswer|dockerconfigjson|honeycombteam|magiclink|samlresponse|clientassertion|codeverifier|oauthverifier|privkey|keypair',
].join('|');
const FRAGMENT = new RegExp(FRAGMENTS.normalize('NFKD').replace(/\p{M}/gu, ''));
/** Secret as a word of the name. */
const WORD =
  /^(?:pass|passw|pwd|pw|ssn|cvv|cvc|csc|otp|totp|hotp|csrf|xsrf|iban|jwt|jwe|jws|sig|hmac|puk|pepper|senha|heslo|parola|sifre)$/;
/** The second of several, and what was typed again: "pass2". */
const NUMBERED = /\d{1,4}$/;
/** Secret as the last word, or before one that says "the value of it". */
const LAST = /^(?:auth|ticket|pin|pan|seed|creds?|cc|cards?|sid|psk)$/;
const VALUE_OF = /^(?:code|number|no|value|raw|plain|text|header|data)$/;
/** Runs without a separator that end in "pass". */
const RUN_ON =
  /^(?:user|ssh|db|database|smtp|imap|mysql|pg|postgres|redis|mongo|admin|root|ftp|sftp|mail|ldap|bind|my|proxy|nats|http|aspx|store|key)(?:pass|pw|pwd|auth)$|^(?:access|auth|id|user|refresh|session|bearer)jwts?$/;
/** A private key under the name of what it opens, or of an application, to the end of the name: "tls_key", "keyPem" and "APP_KEY", but not "tls_key_file". */
const KEY =
  /(?:^| )(?:(?:tls|ssl|pem|cert|certificate|ca|app) key(?: (?:pem|data|value|raw|text))?|(?<!public )key ?pem)$/;
/** Names that look the part and are none. */
const HARMLESS = (
  'tokenizer tokenid apikeyid credentialid secretkeyref secretstoreref secretproviderclass imagepullsecrets secretsmanager ' +
  'existingsecret cookiedomain cookiepath cookiesamesite cookiesecure sigalg signaturealg authorizationendpoint authorizationurl authorizationserver'
).split(' ');
/** Names of what is known about one, to their end: "LLM_SECRET_NAME", "access_token_url". The id of a secret is half of a credential in Vault. */
const ABOUT =
  /(?:(?:secret|token|credentials?|signature|password|key)(?:names?|ref|arn|version|type|audience|issuer|endpoint|ur[il]|length|size|algorithm|method|format|policy|file|path|scopes?|claims|strength|expiry)|credentialsid)$/;
/** Words that begin like the name of a secret, or name something about it. */
const HARMLESS_PART =
  /key[\s_.-]?(?:boards?|spaces?|checking|fingerprints?)|secretar(?:iat|y|ies)s?|password-?less|cookie[\s_.-]?(?:consent|names?)|pass[\s_.-]?rates?/gi;
/** Secret only as the name of a parameter of a URL. */
const IN_URLS =
  /^(?:code|key|k|sig|state|session|sid|nonce|auth|hmac|ticket|samlrequest|relaystate|pass|loginhint|invite|reset|confirmation|otp|assertion)$/;

/** A count, limit or time that is named after a secret ("max_tokens", "passwordAttempts") tells none. */
const QUANTITY =
  /(?:tokens|count|total|limit|max|min|ttl|age|expir\w*|length|size|ms|seconds|_?at|attempts?|retries|used|remaining|version|bytes|per_?(?:second|minute|hour|day|request))$/i;
/**
 * What is counted under its own name, where the number is small: "secrets: 4", and "pass" beside "fail"; and what is numbered: "pin=2" is one of a
 * board, "seed=42" that of a test, and no PIN has fewer than four digits.
 */
const COUNTED = /^pass$|(?:secrets|cookies|credentials|passwords|pin|seed|sid)$/i;
const NUMBER =
  /^(?:-?\d{1,15}(?:\.\d{1,6})?%?|(?:\d{1,6}(?:\.\d{1,6})?(?:ms|[smhd])){1,4}|\d{4}-\d\d-\d\d(?:T[\d:.]{5,15}(?:Z|[+-]\d\d:?\d\d)?)?)$/;

const REMEMBERED = 4096;

type Verdict = 'secret' | 'vague' | 'harmless';

export interface SecretKeys {
  /** Whether what stands under this name is a secret. */
  isSecret(name: string): boolean;
  /** The same for a parameter of a URL, where "code" and "key" are secrets too. */
  isSecretParameter(name: string): boolean;
  /** Whether a value that looks random is a secret under this name, though others are none. */
  isVague(name: string): boolean;
}

export function secretKeys({
  keys = [],
  allow = [],
}: {
  keys?: readonly string[];
  allow?: readonly string[];
}): SecretKeys {
  const more = new Set(keys.map(normalised));
  const less = new Set([...HARMLESS, ...allow.map(normalised)]);
  const known = new Map<string, Verdict>();
  const decide = (name: string): Verdict => {
    if (isIdentifier(name)) return 'harmless';
    const plain = normalised(name);
    if (less.has(plain)) return 'harmless';
    if (more.has(plain)) return 'secret';
    if (ABOUT.test(plain)) return 'harmless';
    const rest = name.replace(HARMLESS_PART, ' ');
    const read = rest === name ? plain : normalised(rest);
    if (FRAGMENT.test(read) || RUN_ON.test(read)) return 'secret';
    const words = wordsOf(withoutIdentifiers(rest));
    if (hasSecretWord(words)) return 'secret';
    return isVagueName(words.join(' ')) ? 'vague' : 'harmless';
  };
  const verdict = (name: string): Verdict => {
    const before = known.get(name);
    if (before !== undefined) return before;
    const answer = decide(name.length > 256 ? name.slice(0, 256) : name);
    if (known.size < REMEMBERED && name.length <= 64) known.set(name, answer);
    return answer;
  };
  const isSecret = (name: string): boolean => verdict(name) === 'secret';
  return {
    isSecret,
    isSecretParameter: (name) => IN_URLS.test(normalised(name)) || isSecret(name),
    isVague: (name) => verdict(name) === 'vague',
  };
}

/** Whether what stands under this name counts or measures something: a number there is no card's. */
export function namesQuantity(name: string): boolean {
  return QUANTITY.test(name);
}

/** Whether the value is a number or a date that the name says is none of the secret. */
export function isQuantity(name: string, value: string): boolean {
  return NUMBER.test(value) && (QUANTITY.test(name) || (value.length < 4 && COUNTED.test(name)));
}

/** Accents are taken apart from their letters, and go with all that is neither letter nor digit. */
function normalised(name: string): string {
  return name
    .normalize('NFKD')
    .toLowerCase()
    .replace(/[^\p{L}\p{N}]/gu, '');
}

function wordsOf(name: string): readonly string[] {
  const plain = name.normalize('NFKD').replace(/\p{M}/gu, '');
  return (plain.match(/[A-Z]+(?![a-z])|[A-Z]?[a-z]+\d*|\d+/g) ?? []).map((word) => word.toLowerCase());
}

function hasSecretWord(words: readonly string[]): boolean {
  if (KEY.test(words.join(' '))) return true;
  return words.some((word, index) => {
    if (WORD.test(word.replace(NUMBERED, '')) || RUN_ON.test(word)) return true;
    const next = words[index + 1];
    return LAST.test(word) && (next === undefined || VALUE_OF.test(next));
  });
}
