import { parted } from './choices.ts';

/** How far parentheses are followed. */
const DEPTH = 8;

/**
 * Whether a condition admits nothing but what a term keeps to: each of its alternatives does, and of what must hold together one is enough.
 * A negation of more than a name tells nothing. An absent condition admits everything.
 */
export function keepsTo(condition: string | undefined, term: (text: string) => boolean, depth = 0): boolean {
  if (condition === undefined || depth > DEPTH) return false;
  const bare = condition
    .trim()
    .replace(/^\$\{\{([\s\S]*)\}\}$/, '$1')
    .trim();
  const alternatives = parted(bare, '||');
  if (alternatives.length > 1) return alternatives.every((one) => keepsTo(one, term, depth + 1));
  const together = parted(bare, '&&');
  if (together.length > 1) return together.some((one) => keepsTo(one, term, depth + 1));
  const inner = /^\(([\s\S]*)\)$/.exec(bare)?.[1];
  if (inner !== undefined) return keepsTo(inner, term, depth + 1);
  return !/^!\s*[\w]*\s*\(/.test(bare) && term(bare);
}

/** Whether a term names other events than this one only, or denies this one. */
export function namesOtherEvents(term: string, event: string): boolean {
  const wanted = /github\.event_name\s*==\s*'([\w-]+)'/.exec(term)?.[1];
  const denied = [...term.matchAll(/github\.event_name\s*!=\s*'([\w-]+)'/g)].map(([, name]) => name);
  return (wanted !== undefined && wanted !== event) || denied.includes(event);
}
