import type { MarkdownOutline } from '../../model/document.ts';
import type { Origin } from '../../model/origin.ts';

/** Relative links of a page that lead to no file or folder of the repository. Addresses and anchors are not followed. */
export function brokenLinks(
  page: string,
  links: MarkdownOutline['links'],
  files: ReadonlySet<string>,
): { text: string; origin: Origin }[] {
  return links.flatMap(({ target, line }) => {
    const path = target.split(/[#?]/)[0] ?? '';
    if (path === '' || /^[a-z][a-z0-9+.-]*:|^\/\//i.test(path)) return [];
    const resolved = resolve(page, path);
    const exists =
      resolved !== undefined &&
      (files.has(resolved) || resolved === '' || [...files].some((file) => file.startsWith(`${resolved}/`)));
    return exists ? [] : [{ text: target, origin: { path: page, line, column: 1 } }];
  });
}

/** The path a link leads to from a page, or `undefined` where it leaves the repository. */
function resolve(page: string, link: string): string | undefined {
  const parts = link.startsWith('/') ? [] : page.split('/').slice(0, -1);
  for (const part of decoded(link).split('/')) {
    if (part === '' || part === '.') continue;
    if (part !== '..') parts.push(part);
    else if (parts.pop() === undefined) return undefined;
  }
  return parts.join('/');
}

function decoded(link: string): string {
  try {
    return decodeURIComponent(link);
  } catch {
    return link;
  }
}
