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
const BEGINNING = new RegExp(
  [...RESTS.keys()]
    .sort((one, other) => other.length - one.length)
    .map((beginning) => beginning.replace(/[$./{}~]/g, '\\$&'))
    .join('|'),
  'g',
);
/** A word may begin behind a character that is written with letters: `%3D`, `\n`. */
const ENCODED = /(?:%(?:25){0,2}[0-9a-f]{2}|\\[nrtbfv0]|\\u[0-9a-f]{4})$/i;
/** Tokens whose beginning says too little. */
const OTHERS = new RegExp(
  [
    '\\b[MNO][\\w-]{22,27}\\.[\\w-]{6,7}\\.[\\w-]{27,40}', // Discord
    '\\bcio\\w{32}|\\bSK[0-9a-f]{32}|\\b[0-9a-f]{32}-us\\d{1,2}\\b', // crates.io, Twilio, Mailchimp
    '(?:\\b|(?<=\\bbot))\\d{8,10}:AA[\\w-]{30,}', // Telegram, also in the path of its API
    '(?<![\\w~.-])[\\w~.]{3}\\dQ~[\\w~.-]{31,34}', // Entra ID
    '(?<![\\w-])\\d{15,16}(?:\\||%7C)[\\w-]{27,40}', // Facebook, of an application
    '(?<![\\w.-])s\\.(?=[A-Za-z]{0,24}\\d)[A-Za-z0-9]{24}(?![\\w.])', // Vault before 1.10
    '(?<![\\w*])\\*[0-9A-F]{40}(?!\\w)', // MySQL, of accounts
    '\\bMI[\\w+/]{3,6}(?:IBADANBgkqhkiG9w0BAQ|IBAAKC)[\\w+/=]{32,}', // RSA keys in DER
    '(?<![\\w+/])[\\w+/]{32,86}(?:AzSe|AzFu|\\+ASt|ACDb|AZDO|APIM|\\+ASb|\\+AEh|\\+ARm|AIoT|\\+ACR|\\+ABa|\\+AMC)[\\w+/]{4,8}={0,2}(?![\\w+/=])', // Azure, which signs its keys
    '(?<![\\w-])pat[A-Za-z0-9]{14}\\.[0-9a-f]{64}|(?:\\b[A-Za-z0-9]{14}\\.)?\\batlasv1\\.[\\w=-]{20,}', // Airtable, HCP Terraform
    '\\bAAAA[\\w-]{7}:APA91b[\\w-]{100,}|\\b[A-Za-z0-9]{6}_[A-Za-z0-9]{29}_mmk\\b', // Firebase, MaxMind
    '(?<![\\w-])[0-9a-f]{32}-[0-9a-f]{8}-[0-9a-f]{8}(?![\\w-])|\\boauth:[a-z0-9]{30}(?!\\w)', // Mailgun, Twitch
    '\\bS[UAONCX][A-Z2-7]{50,}', // NATS NKey seeds
    // Subprotocols that carry one, which no label of DNS and no name of a class looks like.
    '(?<![\\w.-])(?:ticket|token|bearer|access_token|auth)\\.(?:(?=[A-Za-z_.~-]{0,64}\\d[A-Za-z_.~-]{0,64}\\d)(?=[a-z\\d_.~-]{0,64}[A-Z])[\\w.~-]{12,}|(?=[a-z]{0,40}\\d)[a-z\\d]{24,})',
  ].join('|'),
  'g',
);

export function redactIssuers(text: string, redacted: string): string {
  let out = '';
  let done = 0;
  BEGINNING.lastIndex = 0;
  for (let match = BEGINNING.exec(text); match !== null; match = BEGINNING.exec(text)) {
    const rest = RESTS.get(match[0]);
    if (rest === undefined || !isWordStart(text, match.index)) continue;
    rest.lastIndex = BEGINNING.lastIndex;
    if (!rest.test(text)) continue;
    out += `${text.slice(done, match.index)}${redacted}`;
    done = rest.lastIndex;
    BEGINNING.lastIndex = done;
  }
  return (done === 0 ? text : out + text.slice(done)).replace(OTHERS, redacted);
}

function isWordStart(text: string, at: number): boolean {
  const before = text.charCodeAt(at - 1);
  const isInside = (before >= 97 && before <= 122) || (before >= 65 && before <= 90) || (before >= 48 && before <= 57);
  return !isInside || ENCODED.test(text.slice(Math.max(0, at - 8), at));
}
