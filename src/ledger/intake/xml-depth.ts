/**
 * Deepest nesting of elements in XML text, without building a tree; a parser that recurses must not meet a bomb. Tags inside
 * comments, CDATA sections, processing instructions and attribute values do not count. Malformed text is for the parser to refuse.
 */
export function xmlDepth(xml: string): number {
  let depth = 0;
  let deepest = 0;
  for (let at = xml.indexOf('<'); at >= 0; at = xml.indexOf('<', at)) {
    const skipped = skip(xml, at);
    if (skipped !== undefined) {
      at = skipped;
      continue;
    }
    const end = endOfTag(xml, at);
    if (xml[at + 1] === '/') depth -= 1;
    else if (xml[end - 1] !== '/') depth += 1;
    deepest = Math.max(deepest, depth);
    at = end;
  }
  return deepest;
}

const SECTIONS = [
  ['<!--', '-->'],
  ['<![CDATA[', ']]>'],
  ['<?', '?>'],
] as const;

/** The end of the section that starts here; `undefined` where an element's tag does. */
function skip(xml: string, at: number): number | undefined {
  for (const [start, end] of SECTIONS) {
    if (!xml.startsWith(start, at)) continue;
    const found = xml.indexOf(end, at + start.length);
    return found < 0 ? xml.length : found;
  }
  return undefined;
}

function endOfTag(xml: string, at: number): number {
  let quote = '';
  for (let here = at + 1; here < xml.length; here += 1) {
    const character = xml[here] as string;
    if (quote !== '') {
      if (character === quote) quote = '';
    } else if (character === '"' || character === "'") quote = character;
    else if (character === '>') return here;
  }
  return xml.length;
}
