/** Secrets that a sentence tells: "the password is x", "password for jane: x", "set the token to x", "using password x". */
import { isQuantity, type SecretKeys } from './keys.ts';
import { REDACTED } from './shapes.ts';

/** What a sentence says about a secret without telling it. */
export const ABOUT = new RegExp(
  `^(?:${[
    'about going close near be use used have expire expires change changes not no now too a an the in on at by to of with from for or and but that this what as if when because being been only also just already never always still ok okay yes',
    'required incorrect invalid wrong missing gone lost expired empty weak strong valid correct right set unset null undefined none nil true false malformed revoked unknown known',
    'changed reset stored unreadable older newer longer shorter issued authentication authorization auth failed failure error errors cannot could can must should may will does did has have is was are',
    'rotated deleted created removed updated refreshed disabled enabled configured provided given supplied generated encrypted hashed unused accepted rejected succeeded successful denied sent received found absent present',
    'mounted read loaded masked hidden redacted managed optional mandatory active inactive verified unverified unchanged unavailable available unsupported supported deprecated default temporary pending',
    'ready old new same different identical equal shared locked protected insecure secure safe short long bad good blank permanent user users role account',
    'length characters character value type format field policy hash prompt mismatch login rotation expiry expiration string number based manager protection complexity strength',
  ]
    .join(' ')
    .replaceAll(' ', '|')}|\\[redacted\\].*)[.:!?,;)]?$`,
  'i',
);

const NAME =
  '\\b((?:[a-z][\\w.-]{0,63}_)?(?:pass(?:word|wd|phrase|code)|secret|token|pin|pwd|otp)|(?:[a-z]{2,16}[ _-]){0,2}(?:key|code))';
const OWNER =
  '(?:\\s{1,4}for\\s{1,4}(?:the\\s)?(?:(?:user|role|account|login|database|key)\\s{1,4})?["\'`]?(?:[\\w@.%+-]{1,64}|/[\\w@.%+/-]{1,64})["\'`]?)?';
const VALUE = '["\'`(<[]{0,2}([^\\s"\'`,;<>(){}[\\]]{1,512})';
const IS = new RegExp(
  `${NAME}${OWNER}(?:\\s{1,4}(?:(?:is|was)(?:\\s{1,4}(?:now|(?:now\\s)?(?:set|changed|reset|updated)\\sto))?|(?:set|changed|reset|updated|rotated)\\sto|(?:provided|given|supplied|received|presented|issued|generated|created)(?=\\s{0,2}:))(?:\\s|:){1,4})${VALUE}`,
  'gi',
);
/** That a token or a key was made, and what is told of it besides: when, where, how many, under which name or fingerprint. */
const MADE = /\b(?:issued|generated|created)\s{0,2}:/i;
const PASSWORD = /pass|pwd|otp|pin/i;
const TOLD = new RegExp(
  `^(?:${[
    '\\d{4}-\\d\\d-\\d\\d(?:T[\\d:.]{5,15}\\S{0,6})?',
    '\\/[a-z]{2,32}\\/[\\w./-]{1,256}',
    'SHA256:\\S{1,64}',
    '[a-z_]{2,32}=[^=]\\S{0,256}',
    '[a-z\\d][a-z\\d.-]{0,62}\\/[a-z\\d][a-z\\d.-]{0,62}',
    '(?:[a-z]{1,16}\\d{0,2}|\\d{1,3})(?:[-_.@](?:[a-z]{1,16}\\d{0,2}|\\d{1,8}))*',
  ].join('|')})[.:!?,;)]?$`,
);
const OF =
  /\b(pass(?:word|wd|phrase|code)|secret|token|pin|api[ _-]?key)\s{1,4}for\s{1,4}(?:(?:user|role|account|login|database|key)\s{1,4})?["'`]?(?:[\w@.%+-]{1,64}|\/[\w@.%+/-]{1,64})["'`]?\s{0,2}:\s{1,4}([^\s"'`,;]{1,512})(?=[\s"'`,;]{0,4}(?:$|[\r\n]))/gim;
/** Of whom it is may stand before a password. A token or a pin with another word before it is one of a parser, of a model, of a board. */
const SET =
  /\b(?:set|setting|change|changed|changing|reset|resetting|update|updated|updating)\s(?:(?:[\w@.'’-]{1,64}\s){1,2}?(?=pass)|(?:the\s|his\s|her\s|their\s|your\s)?(?:[\w@.-]{1,64}['’]s\s)?)(pass(?:word|wd|phrase|code)|secret|token|pin|api[ _-]?key)(?:\s(?:of|for)\s\S{1,64})?(?:\sfrom\s\S{1,256})?\sto\s["'`]?([^\s"'`,;]{1,512})/gi;
const FROM =
  /\b(pass(?:word|wd|phrase|code)|secret|token)(\schanged\sfrom\s)([^\s"'`,;]{1,256})\sto\s[^\s"'`,;]{1,256}/gi;
/** One-time codes as messages have them. */
const CODE =
  /\b(your|verification|login|security|confirmation)(\scode\s(?:is|was)?:?\s{0,2})(?=\w{0,12}\d)[\w-]{4,24}/gi;
/**
 * A name and its value with nothing but a blank between them. Words follow such names in prose too: the value has digits among its
 * letters, or other characters that no word has; and a name that is not plainly a password's is one of several parts. An arrow without blanks is no other:
 * it reaches into an object more often than it leads to a value.
 */
const BESIDE =
  /(?<![\w.$/"'`-])((?:[A-Za-z][\w.-]{0,63}[_-])?pass(?:word|wd|phrase|code)|X-[\w-]{2,64}|Authorization|[A-Z][A-Z0-9]{0,31}(?:_[A-Z0-9]{1,31}){1,8})(\s{1,2}[[(]?|-{1,2}>)(?=[^\s"'`,;]{0,128}(?:\d[^\s"'`,;]{0,128}[A-Za-z]|[A-Za-z][^\s"'`,;]{0,128}\d))([^\s"'`,;()[\]=:<>{}]{6,512})(?=$|[\s,;)\]"'`])/gi;

/** An all-digit value behind a blank: of a password, or of a variable that a shell sets. */
const DIGITS =
  /(?<![\w.$/"'`-])((?:[A-Za-z][\w.-]{0,63}[_-])?pass(?:word|wd|phrase|code)|(?<=(?:\bsetenv|\bENV|\s-g?x)\s)[A-Z][A-Z0-9_]{2,63})(\s{1,2}[[(]?)(\d{6,32})(?=$|[\s,;)\]])(?!\s(?:times|attempts|users|bytes|seconds|ms|iterations|rounds)\b)/gim;
/** A pair behind the word: `credentials admin:x`, `credentials: admin / x`. Where they are from, or for, is none: a file, a role, a host with its port. */
const PAIR =
  /\b(credentials?:?\s["'`]?(?!(?:arn|sha\d{1,3}|file|path|source|provider|helper|type|id|from|for|expir\w{0,8}|[a-z]{1,16}_at)(?::|\s\/)|[\w.-]{1,128}:\d{2,5}\/)[\w.@+-]{1,64}(?::(?=[^\s/])|\s\/\s))(?=[^\s"'`]{0,128}(?:\d[^\s"'`]{0,128}[A-Za-z]|[A-Za-z][^\s"'`]{0,128}\d)|\d{6,32}(?!\S))[^\s"'`]{4,512}/gi;
const TAIL =
  /([Pp](?:ass(?:word|wd|phrase|code)|ASS(?:WORD|WD|PHRASE|CODE))(?:\s[^\r\n]{0,80}?)?(?::|\s(?:is|was|to|now))\s\[redacted\])((?: \p{Ll}{2,16}){2,9})(?=[.!]?\s{0,8}(?:$|[\r\n]))/gu;

/** What links a name and its value in a sentence. */
const LINKED =
  /\s(?:is|was|to|for|from|code|provided|given|supplied|received|presented|issued|generated|created)[\s:]/i;

export function redactSentences(text: string, keys: SecretKeys): string {
  const told = (all: string, name: string, value: string): string =>
    ABOUT.test(value) || !keys.isSecret(name) ? all : `${all.slice(0, all.lastIndexOf(value))}${REDACTED}`;
  if (!LINKED.test(text)) return besideRedacted(text, keys);
  const said = text
    .replace(IS, (all, name: string, value: string) =>
      MADE.test(all) && TOLD.test(value) && !PASSWORD.test(name) ? all : told(all, name, value),
    )
    .replace(OF, told)
    .replace(SET, (all, name: string, value: string) =>
      told(all, name, value).replace(/(\sfrom\s)\S{1,256}(?=\sto\s)/i, `$1${REDACTED}`),
    )
    .replace(FROM, (all, name: string, link: string, value: string) =>
      ABOUT.test(value) ? all : `${name}${link}${REDACTED} to ${REDACTED}`,
    )
    .replace(CODE, `$1$2${REDACTED}`);
  return besideRedacted(said, keys);
}

function besideRedacted(text: string, keys: SecretKeys): string {
  const paired = /credential/i.test(text) ? text.replace(PAIR, `$1${REDACTED}`) : text;
  const counted = !/[\s[(]\d{6}/.test(paired)
    ? paired
    : paired.replace(DIGITS, (all, name: string, gap: string, value: string) =>
        !keys.isSecret(name) || isQuantity(name, value) ? all : `${name}${gap}${REDACTED}`,
      );
  return counted.replace(BESIDE, (all, name: string, gap: string, value: string, at: number) => {
    const isMember = gap.endsWith('>') && text.charAt(at - 1) === '>';
    return isMember || ABOUT.test(value) || !keys.isSecret(name) ? all : `${name}${gap}${REDACTED}`;
  });
}

/** What a value was changed to: `password = "[redacted]" -> "x"`. */
const CHANGED = /(\[redacted\](["'])\s{1,4}(?:[-=]>|→)\s{1,4}\2)[^"'\r\n]{1,1024}(?=\2)/g;

/**
 * The other words of a password that is several: nothing but plain words follow the first one to the end of the line, and none that a sentence about it would
 * have.
 */
export function redactTails(text: string): string {
  return text
    .replace(CHANGED, `$1${REDACTED}`)
    .replace(TAIL, (all, head: string, tail: string) =>
      tail.split(' ').some((word) => ABOUT.test(word)) ? all : head,
    );
}
