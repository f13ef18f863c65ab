/**
 * Secrets that are known by their shape, wherever they stand. Every pattern is linear: it begins with a literal, and none of its repetitions
 * can match the same text in two ways.
 */
export const REDACTED = '[redacted]';

/** Prefixes of issuers; what follows is of a length that no word has. */
const PREFIXED = new RegExp(
  [
    'eyJ[\\w-]{8,}(?:\\.[\\w-]*){0,4}', // JWT (RFC 7519), JWE; also without its rest
    '(?:sk|rk|pk)_(?:live|test)_\\w{8,}|whsec_[\\w+/=-]{8,}', // Stripe, Svix
    '(?<![A-Za-z0-9])(?:AKIA|ASIA|ABIA|ACCA|AROA|AIDA|AGPA|ANPA)[A-Z0-9]{12,}', // AWS ids
    'gh[pousr]_\\w{16,}|github_pat_\\w{16,}|gl(?:pat|dt|rt|ft|oas|cbt|imt|soat|agent|ptt)-[\\w-]{16,}', // GitHub, GitLab
    'xox[a-z](?:\\.xox[a-z])?-[\\w-]{8,}|xapp-[\\w-]{8,}|hooks\\.slack\\.com/(?:services|workflows|triggers)/[\\w/-]{8,}', // Slack
    'discord(?:app)?\\.com/api/webhooks/[\\w/-]{8,}|\\b[MNO][\\w-]{22,27}\\.[\\w-]{6,7}\\.[\\w-]{27,40}', // Discord
    'AIza[\\w-]{30,}|ya29\\.[\\w-]{16,}|GOCSPX-[\\w-]{16,}|1//0[\\w-]{20,}', // Google
    'sk-[\\w-]{20,}|sk-(?:ant|proj|svcacct)-[\\w-]{8,}|hf_[A-Za-z]{20,}|gsk_\\w{20,}', // model APIs
    'npm_\\w{20,}|pypi-[\\w-]{20,}|dckr_pat_[\\w-]{16,}|rubygems_\\w{20,}|\\bcio\\w{32}', // registries
    'SG\\.[\\w-]{12,}\\.[\\w-]{12,}|\\bSK[0-9a-f]{32}|\\bkey-[0-9a-f]{24,}|\\b[0-9a-f]{32}-us\\d{1,2}\\b', // SendGrid, Twilio, Mailgun, Mailchimp
    'shp(?:at|ca|pa|ss)_[0-9a-fA-F]{16,}|sq0[a-z]{3}-[\\w-]{16,}|EAAA[\\w-]{40,}', // Shopify, Square
    '(?:dop|doo|dor)_v1_[0-9a-f]{16,}|hv[sbr]\\.[\\w-]{16,}|dapi[0-9a-f]{32}|PMAK-[\\w-]{20,}|lin_api_\\w{20,}|ntn_\\w{20,}|secret_[A-Za-z0-9]{32,}|glsa_\\w{20,}|NRAK-\\w{20,}|sntry[su]_[\\w=+/-]{20,}|atlasv1\\.[\\w=-]{20,}|ATATT3[\\w=-]{20,}|pul-[0-9a-f]{32,}', // platforms
    '\\b\\d{8,10}:AA[\\w-]{30,}', // Telegram
    'AGE-SECRET-KEY-1[0-9A-Z]{20,}|\\bS[UAONCX][A-Z2-7]{50,}', // age, NATS NKey seeds
    '\\$2[abxy]\\$\\d\\d\\$[./A-Za-z0-9]{20,}|\\$argon2(?:id|i|d)\\$[\\w$=,./+-]{20,}|SCRAM-SHA-256\\$[\\w:=+/$]{20,}', // hashes of passwords
    'LS0tLS1CRUdJTi[\\w+/=-]{16,}', // PEM in base64
    'base64url\\.bearer\\.authorization\\.k8s\\.io\\.[\\w-]+', // bearer as a WebSocket subprotocol
    '\\b(?:ticket|token|bearer|access_token|auth)\\.(?=[A-Za-z_-]{0,40}\\d)[\\w.~-]{12,}', // subprotocols that carry one
  ].join('|'),
  'g',
);
/** The private members of a JSON Web Key (RFC 7518, 6). */
const JWK = /(\\{0,8}"(?:d|p|q|dp|dq|qi|k)\\{0,8}"\s{0,4}:\s{0,4}\\{0,8}")[^"\\]{1,8192}/g;
/** 40 characters of base64 beside an AWS id or name: its secret half. */
const AWS_SECRET = /(?<![A-Za-z0-9/+=])(?=[A-Za-z/+]{0,39}\d)[A-Za-z0-9/+]{40}(?![A-Za-z0-9/+])/g;
const SP = '(?: |\\+|_|%(?:25)*20)';
const LABEL = `${SP}(?:[A-Z0-9]|${SP}){0,64}PRIVATE${SP}KEY(?:${SP}BLOCK)? ?-{4,5}`;
const PEM = new RegExp(`-{4,5} ?BEGIN${LABEL}[^]*?(?:-{4,5} ?END${LABEL}|$)`, 'gi');
const PUTTY = /PuTTY-User-Key-File-\d:[^]*$/g;
/** A quote, plain, escaped or encoded; or the bracket of a placeholder. */
const QUOTE = '(?:\\\\{0,16}["\'`]|<|&(?:quot|apos|#0{0,2}3[49]|#x2[27]);|%(?:25)*2[27])';
const QUOTED = new RegExp(`${QUOTE}$`, 'i');
const SCHEME = new RegExp(
  [
    '\\b(bearer|basic|digest|negotiate|ntlm|hawk|dpop|apikey|api-key|aws4-hmac-sha256|sharedkey(?:lite)?|scram-sha-256)',
    `((?:\\s|%(?:25)*(?:20|09|0[ad]|2b)|\\+|\\\\{1,8}[nrt]){1,4}${QUOTE}?|${QUOTE}?\\s{0,8},\\s{0,8}${QUOTE}?)`,
    '(?![=:])([^\\s"\'`<>,;)\\]}\\\\]{1,8192})',
  ].join(''),
  'gi',
);
/** Words that follow a scheme's name in prose. */
const PROSE =
  /^(?:auth(?:entication|orization|enticated)?|access|tokens?|schemes?|credentials?|realm(?:=.*)?|challenge|headers?|is|was|are|not|and|or|for|of|the|a|in|to|with|only|missing|required|invalid|expired|expected|error_?.*|scope=.*|formats?|requests?|config(?:uration)?|setup|mode|type|support|usage|info|plan|test|tests|check|checks|sha-?\d+[:=-].*|\[redacted.*|qop=.*|nonce=.*)[.:!?]?$/i;
const CARD = /(?<![\w.-])(?:[3-6]|2[2-7])\d{3}(?:[ -]?\d){9,15}(?![\w-]|\.\d)/g;
const SSN = /(?<![\w-])(?!000|666)\d{3}-(?!00)\d\d-(?!0000)\d{4}(?![\w-])/g;

export function redactPem(text: string): string {
  return !/private(?:[ +_]|%(?:25)*20)key|putty/i.test(text)
    ? text
    : text.replace(PEM, REDACTED).replace(PUTTY, REDACTED);
}

export function redactShapes(text: string): string {
  const aws = /AKIA|ASIA|aws/i.test(text);
  const keys = text.includes('kty') ? text.replace(JWK, `$1${REDACTED}`) : text;
  const without = keys.replace(PREFIXED, REDACTED);
  return aws ? without.replace(AWS_SECRET, REDACTED) : without;
}

/** `Bearer x`, `Basic x` and their kin, also `Bearer "x"` and `["Bearer","x"]`; but not "basic authentication". */
export function redactSchemes(text: string): string {
  return text.replace(SCHEME, (all, scheme: string, gap: string, value: string) => {
    if (PROSE.test(value) || (/^basic$/i.test(scheme) && !isBasic(value))) return all;
    // Names of schemes stand in lists, and words in quotes: there it takes more to be a credential.
    const isOften = /^(?:bearer|basic|dpop|api-?key)$/i.test(scheme);
    const isQuoted = QUOTED.test(gap);
    if (gap.includes(',') && !isQuoted && !isOften) return all;
    const demanding = gap.includes(',') || (isQuoted && !isOften);
    return demanding && !isTokenLike(value) ? all : `${scheme}${gap}${REDACTED}`;
  });
}

function isTokenLike(value: string): boolean {
  return value.length >= 24 || (value.length >= 8 && /\d/.test(value));
}

/** Credentials of RFC 7617 are base64 of "user:password"; letters alone of one case are a word. */
function isBasic(value: string): boolean {
  if (!/^[\w+/=%-]{4,}$/.test(value)) return false;
  return /[\d=+/]|[a-z][A-Z]/.test(value) || Buffer.from(value, 'base64').includes(0x3a);
}

export function redactNumbers(text: string): string {
  return text.replace(CARD, (match) => (isCard(match) ? REDACTED : match)).replace(SSN, REDACTED);
}

/** A payment card's number: 14 to 19 digits whose last is the check digit of ISO/IEC 7812 (Luhn). */
export function isCard(text: string): boolean {
  const digits = text.replace(/\D/g, '');
  if (digits.length < 14 || digits.length > 19) return false;
  let sum = 0;
  for (let index = 0; index < digits.length; index += 1) {
    const digit = digits.charCodeAt(digits.length - 1 - index) - 48;
    const weighted = index % 2 === 0 ? digit : digit * 2;
    sum += weighted > 9 ? weighted - 9 : weighted;
  }
  return sum % 10 === 0;
}
