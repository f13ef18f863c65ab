/** Who is meant by a handle: `Restore rehearsed (@bo)`, `Alerts routed @ana @shop/sre`. */
import type { Rich } from './rich.ts';

const BRACKETED = /\((@[\w.-]+(?:\/[\w.-]+)?(?:\s*[,;&]?\s*@[\w.-]+(?:\/[\w.-]+)?)*)\)/;
const LAST = /(?:^|\s)([\w’'-]*)[,;:–—-]?\s+(@[\w-]+(?:\s*[,&]?\s*@[\w-]+(?:\/[\w.-]+)?)*)\s*\.?$/;
/** After these the handle belongs to the sentence: `Escalated to @cto`, `Migrate from @nuxt`. */
const TIES =
  /^(?:to|by|with|from|of|and|or|via|for|at|on|in|cc|ask|notify|ping|use|using|add|adopt|install|upgrade|enable|remove|tag|the)$/i;

/** The handles that an entry ends with, or has in brackets of their own; none where they are part of what it says. They stay in its text. */
export function mentionedIn({ runs }: Rich): string | undefined {
  const joined = runs.map(({ text, code }) => (code ? ' '.repeat(text.length) : text)).join('');
  const [, bracketed] = BRACKETED.exec(joined) ?? [];
  if (bracketed !== undefined) return handlesOf(bracketed);
  const [, before = '', last] = LAST.exec(joined) ?? [];
  return last === undefined || TIES.test(before) ? undefined : handlesOf(last);
}

function handlesOf(text: string): string {
  return [...text.matchAll(/@[\w.-]+(?:\/[\w.-]+)?/g)].map(([handle]) => handle).join(', ');
}
