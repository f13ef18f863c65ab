/**
 * Command rules of Redis 7 say the same in many ways: 7.0 reports what it boiled them down to, later versions what they were given.
 * So two of them are held against each other by the commands that they come to, with the server's own categories.
 */

/** Category without `@` -> commands and `command|subcommand`, as `ACL CAT` lists them. */
export type Categories = ReadonlyMap<string, readonly string[]>;

/** The commands that the rules come to, in order, later ones winning. What the server does not list is kept by its name. */
export function allowedBy(rules: readonly string[], categories: Categories): ReadonlySet<string> {
  const all = [...new Set([...categories.values()].flat())];
  const parents = new Set(all.flatMap((name) => (name.includes('|') ? [name.split('|')[0]] : [])));
  const allowed = new Set<string>();
  for (const rule of rules) {
    const name = rule.slice(1).toLowerCase();
    const meant = name.startsWith('@')
      ? categoryOf(name.slice(1), all, categories)
      : all.filter((one) => one === name || one.startsWith(`${name}|`));
    const leaves = (meant.length === 0 ? [name] : meant).filter((one) => !parents.has(one));
    for (const leaf of leaves)
      if (rule.startsWith('-')) allowed.delete(leaf);
      else allowed.add(leaf);
  }
  return allowed;
}

function categoryOf(name: string, all: readonly string[], categories: Categories): readonly string[] {
  return name === 'all' ? all : (categories.get(name) ?? []);
}
