/** Elements that Markdown files use; an angle bracket with anything else in it is text. */
const TAGS = new Set(
  (
    'a abbr b blockquote body br caption center cite code col colgroup dd del details dfn div dl dt em figcaption figure font ' +
    'footer form h1 h2 h3 h4 h5 h6 head header hr html i iframe img input ins kbd label li link main mark meta nav ol option p ' +
    'picture pre q s samp script section select small source span strike strong style sub summary sup svg table tbody td tfoot ' +
    'th thead time title tr tt u ul var video'
  ).split(' '),
);

/** True for what stands between the angle brackets of an HTML tag: `br/`, `img src="…"`. */
export function isHtmlTag(inner: string): boolean {
  const [, name, rest] = /^([A-Za-z][A-Za-z0-9]*)(?:([\s/].*)?)$/s.exec(inner) ?? [];
  if (name === undefined || !TAGS.has(name.toLowerCase())) return false;
  return rest === undefined || /^\s*\/?$/.test(rest) || rest.includes('=') || /^\s+[a-z]+\s*\/?$/.test(rest);
}
