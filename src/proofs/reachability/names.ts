/**
 * Names of hosts, and the patterns by which policies name many (Cilium, "DNS based"; `pkg/fqdn/matchpattern`): `*` is any run of characters
 * within one label, `**.` in front is one label or more, `*` alone is every name.
 */

/** Whether every host of the name, which may be a pattern itself, is one of the pattern's. */
export function coversName(pattern: string, name: string): boolean {
  const [wide, asked] = [pattern, name].map((text) => text.toLowerCase().replace(/\.$/, '')) as [string, string];
  if (wide === '*' || wide === '**' || wide === asked) return true;
  return !asked.includes('*') && expressionOf(wide).test(asked);
}

function expressionOf(pattern: string): RegExp {
  const [deep, rest] = pattern.startsWith('**.') ? ['(?:[-a-z0-9_]+\\.)+', pattern.slice(3)] : ['', pattern];
  const parts = rest.split(/\*+/).map((part) => part.replaceAll(/[^-a-z0-9_]/g, (character) => `\\${character}`));
  return new RegExp(`^${deep}${parts.join('[-a-z0-9_]*')}$`);
}
