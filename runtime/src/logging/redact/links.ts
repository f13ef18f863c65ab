/** Secrets that stand where no name with a separator does: in the path of a link that lets in whoever holds it, and behind "token" in a sentence. */
import { REDACTED } from './shapes.ts';
import { looksRandom } from './vague.ts';

/** Segments before the secret of a link that was mailed: `/reset/x`, `/verify-email/x`. */
const LINK =
  /(\/(?:(?:set-|forgot-)?password(?:-reset|\/reset)|reset(?:-password|\/password)?|verify(?:-email|\/email)?|confirm(?:-email|\/email)?|activat(?:e|ion)|accept-invit(?:e|ation)|invit(?:es?|ations?)|magic(?:-link)?|recover(?:y)?|unsubscribe)\/)([\w.~=-]{20,512})(?![\w.~=-])/gi;
/** "token x has expired". */
const BEHIND = /((?<![\w-])(?:token|api[ _-]?key)\s{1,2}["'(]?)([\w+/=.~-]{20,512})(?![\w+/=.~-])/gi;
/** Names of tokens have hyphens between short parts. */
const RUN = /[A-Za-z0-9+/=~]{16}/;

const without = (all: string, head: string, value: string): string =>
  looksRandom(value) && RUN.test(value) ? `${head}${REDACTED}` : all;

export function redactLinks(text: string): string {
  return text.includes('/') ? text.replace(LINK, without) : text;
}

/** What looks drawn at random and has nothing but a blank between it and the word. */
export function redactBehindNames(text: string): string {
  return text.replace(BEHIND, without);
}
