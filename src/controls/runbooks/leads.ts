/** Where the runbook of an alert leads. */
export type Lead =
  | { readonly to: 'file'; readonly path: string }
  /** A path of this repository by its look, and there is no such file. */
  | { readonly to: 'nothing'; readonly path: string }
  /** Nothing, or what stands for an address that is to come. */
  | { readonly to: 'unfilled' }
  /** A page outside of the repository, or one whose address holds a template: it cannot be looked at from here. */
  | { readonly to: 'elsewhere' };

/**
 * Follows `runbook_url`: a path from the root, or an address that ends in a path of the repository, as those of code hosts and of
 * documentation sites do.
 */
export function leadOf(link: string, files: ReadonlySet<string>): Lead {
  if (UNFILLED.test(link.trim())) return { to: 'unfilled' };
  const [, within] = BRACKETED.exec(link.trim()) ?? [];
  if (within !== undefined) return leadOf(within, files);
  const [address = ''] = link.split('#');
  if (link.includes('{{')) return { to: 'elsewhere' };
  const remote = /^[a-z][a-z0-9+.-]*:\/\//i.test(address);
  const path = (remote ? address.replace(/^[^:]+:\/\/[^/]*/, '') : address).replace(/\?.*$/, '');
  const parts = decoded(path)
    .split('/')
    .filter((part) => part !== '' && part !== '.');
  const tails = remote ? parts.map((_, index) => parts.slice(index)).filter(({ length }) => length > 1) : [parts];
  for (const tail of tails) {
    const found = [tail.join('/'), `${tail.join('/')}.md`, `${tail.join('/')}/README.md`].find((name) =>
      files.has(name),
    );
    if (found !== undefined) return { to: 'file', path: found };
  }
  if (!remote) return { to: 'nothing', path: parts.join('/') };
  const lost = /\.(?:md|mdx|markdown|adoc|rst)$/.test(path)
    ? tails.find((tail) => [...files].some((name) => name.startsWith(`${tail.slice(0, -1).join('/')}/`)))
    : undefined;
  if (lost !== undefined) return { to: 'nothing', path: lost.join('/') };
  return NOBODYS.test(link) ? { to: 'unfilled' } : { to: 'elsewhere' };
}

/** Words for what is to come. An address between angle brackets is one: so do chats write links. */
const UNFILLED = /^(?:|-|to-?do|tbd|tbc|fixme|n\/?a|none|x{2,}|change-?me|<(?![a-z]+:\/\/)[^<>]*>)$/i;

/** `<https://wiki.shop.example/api|Runbook>`. */
const BRACKETED = /^<([a-z]+:\/\/[^<>|]*)(?:\|[^<>]*)?>$/i;

/** Hosts that are nobody's (RFC 2606). */
const NOBODYS = /^https?:\/\/(?:[\w-]+\.)*example\.(?:com|net|org)(?:[/:?#]|$)/i;

function decoded(path: string): string {
  try {
    return decodeURIComponent(path);
  } catch {
    return path;
  }
}
