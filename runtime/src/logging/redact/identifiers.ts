/**
 * What of a name was made by chance. Identifiers hold every short word sooner or later: a digest ends in "cc", base64 holds "Pw", a pod is called
 * "api-x5pw". Words are told from that by their form, for a name is made of words and an identifier of pieces of one or two characters.
 */

/** A UUID, a digest or a number of a span, as a whole. */
const HEX_NAME = /^(?=\D*\d)[0-9a-f-]{12,}$/i;
/** An address of IPv6, or of a network card. */
const ADDRESS = /^[0-9a-f]{0,4}(?::{1,2}[0-9a-f]{1,4}){2,7}$/i;
/** Letters and digits that are hexadecimal, with at least one digit. */
const HEX_RUN = /(?<![A-Za-z0-9])(?=[a-f]*\d)[0-9a-f]{3,}(?![A-Za-z0-9])/gi;
/** What Kubernetes adds to the name of what it makes: https://pkg.go.dev/k8s.io/apimachinery/pkg/util/rand. */
const GENERATED = '(?:[bcdfghjklmnpqrstvwxz2456789]{8,10}-)?[bcdfghjklmnpqrstvwxz2456789]{5}';
const SUFFIX = new RegExp(`-(?=[a-z-]*\\d)${GENERATED}$`);
/** What an identifier in base62, base64 or base64url is one of. */
const TOKEN = /[A-Za-z0-9](?:[A-Za-z0-9+/_-]*[A-Za-z0-9])?/g;
const PIECE = /[A-Z]+(?![a-z])|[A-Z]?[a-z]+|\d+/g;
const SHORTEST = 10;
/**
 * Characters of a piece on average, up to which a token is none of words: for one of few characters, of many, and with digits at several places. Of words it
 * is four, save in the shortest names ("pgDbUserPw"); of base64 it is two.
 */
const OF_FEW = 2.4;
const OF_MANY = 3.5;
const OF_NUMBERED = 3.2;
const MANY = 16;
/** So many characters without a mark between them, and with digits at several places, are no words however long the pieces are. */
const UNBROKEN = 20;

/** A workload of Kubernetes that deals with secrets, and what was made for it: "token-exchange-7d9c", "sealed-secrets-controller-0". */
const WORKLOAD = new RegExp(
  [
    '^(?:[a-z0-9]+-)*(?:tokens?|secrets?|passwords?|credentials?|cookies?|jwt)-(?:[a-z]+-)*',
    '(?:exchange|service|svc|server|worker|operator|controller|manager|gateway|proxy|rotator|rotation|issuer|broker|reaper|cleaner|syncer|webhook|refresher|validator|verifier|provider|exporter|injector|replicator)',
    `(?:-(?:\\d{1,10}|(?=[a-f]*\\d)[0-9a-f]{3,10}|${GENERATED}))*$`,
  ].join(''),
);

/** Whether the whole name is an identifier, an address, or the name of a workload, whatever its words are. */
export function isIdentifier(name: string): boolean {
  return HEX_NAME.test(name) || ADDRESS.test(name) || WORKLOAD.test(name);
}

/** The name without its parts that are identifiers. */
export function withoutIdentifiers(name: string): string {
  return name
    .replace(SUFFIX, ' ')
    .replace(HEX_RUN, ' ')
    .replace(TOKEN, (token) => (isRandom(token) ? ' ' : token));
}

/** Whether it is made of pieces and not of words; for one of letters and digits, perhaps with a few marks. */
export function isRandom(token: string): boolean {
  const pieces = token.match(PIECE) ?? [];
  const length = pieces.reduce((sum, piece) => sum + piece.length, 0);
  // Words have marks between them, and identifiers one in thirty characters.
  const isMany = length >= MANY;
  if (length < SHORTEST || token.length - length > length / SHORTEST + (isMany ? 2 : 1)) return false;
  const isNumbered = pieces.filter((piece) => /\d/.test(piece)).length > 1;
  if (isNumbered && token.length === length && length >= UNBROKEN) return true;
  const average = length / pieces.length;
  if (isNumbered) return average < OF_NUMBERED;
  return average <= (isMany ? OF_MANY : OF_FEW);
}
