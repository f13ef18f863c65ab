/** Secrets that stand where no name with a separator does: in the path of a link that lets in whoever holds it, and behind "token" in a sentence. */
import { REDACTED } from './shapes.ts';
import { isRandom } from './identifiers.ts';
import { looksRandom, SHORTEST } from './vague.ts';

/** Segments before the secret of a link that was mailed: `/reset/x`, `/verify-email/x`, `/reset_password?t=x`. */
const LINK =
  /(\/(?:(?:set-|forgot-)?password(?:[-_/]reset)?|reset(?:[-_/]password)?|verify(?:[-_/]email)?|confirm(?:[-_/]email)?|activat(?:e|ion)|accept[-_]invit(?:e|ation)|invit(?:es?|ations?)|magic(?:-link)?|recover(?:y)?|unsubscribe)(?:\/|\/?\?(?:[\w.-]{1,32}=[\w.-]{0,32}&){0,4}[\w-]{1,32}=))([\w.~=-]{20,512})(?![\w.~=-])/gi;
/** "token x has expired", "token (x)". */
const BEHIND =
  /((?<![\w-])(?:tokens?|secret|credential|cookie|(?:api|access)[ _-]?key)(?:\s{1,2}["'([]{0,2}|\(["']?))([\w+/=.~-]{12,512})(?![\w+/=.~-])/gi;
/** Letters and digits alone: behind "token" and "api key" a short one counts as well. */
const SHORT = /^[A-Za-z0-9]{12,}$/;
/** Names of tokens have hyphens between short parts. */
const RUN = /[A-Za-z0-9+/=~]{16}/;

const without = (all: string, head: string, value: string): string =>
  looksRandom(value) && RUN.test(value) ? `${head}${REDACTED}` : all;

export function redactLinks(text: string): string {
  return text.includes('/') ? text.replace(LINK, without) : text;
}

/** What looks drawn at random and has nothing but a blank between it and the word. */
export function redactBehindNames(text: string): string {
  return text.replace(BEHIND, (all, head: string, value: string) => {
    const isShort = SHORT.test(value) && (value.length >= SHORTEST || /^(?:token|api)/i.test(head)) && isRandom(value);
    return isShort ? `${head}${REDACTED}` : without(all, head, value);
  });
}
