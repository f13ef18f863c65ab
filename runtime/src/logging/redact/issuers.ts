/**
 * Tokens of issuers, known by what they begin with. Texts without any of the beginnings, which are most, cost one look for them; what follows
 * one is of a length or a mixture that no word has. A beginning counts only where a word begins: "task-" holds no "sk-".
 */
import { ISSUERS } from './beginnings.ts';

const RESTS: ReadonlyMap<string, RegExp> = new Map(
  ISSUERS.flatMap(([beginnings, rest]) => {
    const pattern = new RegExp(rest, 'y');
    return beginnings.split(' ').map((beginning) => [beginning, pattern] as const);
  }),
);
/** Literals only, the longer ones first: the engine makes one tree of them. */
const LITERALS = [...RESTS.keys()]
  .sort((one, other) => other.length - one.length)
  .map((beginning) => beginning.replace(/[$./{}~]/g, '\\$&'))
  .join('|');
const BEGINNING = new RegExp(LITERALS, 'g');
/** The same where a word can begin only behind what is no part of one: it passes over the insides of words. */
const PLAIN_BEGINNING = new RegExp(`(?<![A-Za-z0-9])(?:${LITERALS})`, 'g');
const ESCAPES = /[%\\]/;
/** A word may begin behind a character that is written with letters: `%3D`, `\n`. */
const ENCODED = /(?:%(?:25){0,2}[0-9a-f]{2}|\\[nrtbfv0]|\\u[0-9a-f]{4})$/i;
/** Tokens whose beginning says too little, at the beginning of a word. */
const WORDS = [
  '[MNO][\\w-]{22,27}\\.[\\w-]{6,7}\\.[\\w-]{27,40}', // Discord
  'cio\\w{32}|SK[0-9a-f]{32}|[0-9a-f]{32}-us\\d{1,2}\\b', // crates.io, Twilio, Mailchimp
  '\\d{8,10}:AA[\\w-]{30,}', // Telegram
  '(?<!-)\\d{15,16}(?:\\||%7C)[\\w-]{27,40}', // Facebook, of an application
  '(?<![.-])s\\.(?=[A-Za-z]{0,24}\\d)[A-Za-z0-9]{24}(?![\\w.])', // Vault before 1.10
  'MI[\\w+/]{3,6}(?:IBADANBgkqhkiG9w0BAQ|IBAAKC)[\\w+/=]{32,}', // RSA keys in DER
  '(?<!-)pat[A-Za-z0-9]{14}\\.[0-9a-f]{64}|(?:[A-Za-z0-9]{14}\\.)?\\batlasv1\\.[\\w=-]{20,}', // Airtable, HCP Terraform
  'AAAA[\\w-]{7}:APA91b[\\w-]{100,}|[A-Za-z0-9]{6}_[A-Za-z0-9]{29}_mmk\\b', // Firebase, MaxMind
  '(?<!-)[0-9a-f]{32}-[0-9a-f]{8}-[0-9a-f]{8}(?![\\w-])|oauth:[a-z0-9]{30}(?!\\w)', // Mailgun, Twitch
  'hc[a-z](?:ik|lk|mk)_[0-9a-z]{24,}|2[A-Za-z0-9]{26}_[A-Za-z0-9]{21}(?!\\w)', // Honeycomb, ngrok
  '(?<![/.-])[12]/\\d{14,17}(?:/\\d{14,17})?:[0-9a-f]{32}(?!\\w)', // Asana
  '(?=[A-Z]{0,32}\\d)[A-Z0-9]{32,80}(?!\\w)(?<=\\w\\+[a-z0-9._-]{1,64}:[A-Z0-9]{32,80})', // robots of Quay
  '(?<![.-])0\\.[0-9a-f]{8}-(?:[0-9a-f]{4}-){3}[0-9a-f]{12}\\.[A-Za-z0-9]{24,}:[\\w+/]{20,}={0,2}', // Bitwarden
  '(?<![.-])\\d{1,3}-(?=[a-z\\d]{0,63}[A-Z])[A-Za-z0-9]{64}(?!\\w)', // TrueNAS
  'MDA\\w\\w[Gm2W]xvY2F0aW9u[\\w+/=-]{32,}', // macaroons
  'S[UAONCX][A-Z2-7]{50,}', // NATS NKey seeds
  // Subprotocols that carry one, which no label of DNS and no name of a class looks like.
  '(?<![.-])(?:ticket|token|bearer|access_token|auth)\\.(?:(?=[A-Za-z_.~-]{0,64}\\d[A-Za-z_.~-]{0,64}\\d)(?=[a-z\\d_.~-]{0,64}[A-Z])[\\w.~-]{12,}|(?=[a-z]{0,40}\\d)[a-z\\d]{24,})',
];
/** And those that may begin elsewhere. */
const OTHERS = new RegExp(
  [
    `\\b(?:${WORDS.join('|')})`,
    '(?<=\\bbot)\\d{8,10}:AA[\\w-]{30,}', // Telegram in the path of its API
    '(?<![\\w~.-])[\\w~.]{3}\\dQ~[\\w~.-]{31,34}', // Entra ID
    '(?<![\\w*])\\*[0-9A-F]{40}(?!\\w)', // MySQL, of accounts
    '(?<![\\w+/])[\\w+/]{32,86}(?:AzSe|AzFu|\\+ASt|ACDb|AZDO|APIM|\\+ASb|\\+AEh|\\+ARm|AIoT|\\+ACR|\\+ABa|\\+AMC)[\\w+/]{4,8}={0,2}(?![\\w+/=])', // Azure, which signs its keys
  ].join('|'),
  'g',
);

export function redactIssuers(text: string, redacted: string): string {
  let out = '';
  let done = 0;
  const beginning = ESCAPES.test(text) ? BEGINNING : PLAIN_BEGINNING;
  beginning.lastIndex = 0;
  for (let match = beginning.exec(text); match !== null; match = beginning.exec(text)) {
    const rest = RESTS.get(match[0]);
    if (rest === undefined || !isWordStart(text, match.index)) continue;
    rest.lastIndex = beginning.lastIndex;
    if (!rest.test(text)) continue;
    out += `${text.slice(done, match.index)}${redacted}`;
    done = rest.lastIndex;
    beginning.lastIndex = done;
  }
  return (done === 0 ? text : out + text.slice(done)).replace(OTHERS, redacted);
}

function isWordStart(text: string, at: number): boolean {
  const before = text.charCodeAt(at - 1);
  const isInside = (before >= 97 && before <= 122) || (before >= 65 && before <= 90) || (before >= 48 && before <= 57);
  return !isInside || ENCODED.test(text.slice(Math.max(0, at - 8), at));
}
