/**
 * Turns JSON with comments, trailing commas, single quotes and bare keys (JSON5 as people write it) into a YAML flow collection.
 * Lines stay where they are; a column moves right by one for each `:` before it that no space follows.
 */
export function jsonWithoutComments(text: string): string {
  const parts: string[] = [];
  const interesting = /["']|\/\/|\/\*|:(?=\S)/g;
  let done = 0;
  for (let found = interesting.exec(text); found !== null; found = interesting.exec(text)) {
    parts.push(text.slice(done, found.index));
    const [mark] = found;
    const end = endOf(mark, text, found.index);
    const token = text.slice(found.index, end);
    parts.push(mark === ':' ? ': ' : mark.startsWith('/') ? token.replaceAll(/[^\r\n]/g, ' ') : token);
    interesting.lastIndex = done = end;
  }
  parts.push(text.slice(done));
  return parts.join('');
}

function endOf(mark: string, text: string, start: number): number {
  if (mark === ':') return start + 1;
  if (mark === '//') return start + lineLength(text, start);
  if (mark === '/*') {
    const close = text.indexOf('*/', start + 2);
    return close < 0 ? text.length : close + 2;
  }
  for (let at = start + 1; at < text.length; at += 1) {
    if (text[at] === '\\') at += 1;
    else if (text[at] === mark) return at + 1;
  }
  return text.length;
}

function lineLength(text: string, start: number): number {
  const line = /[\r\n]/g;
  line.lastIndex = start;
  const end = line.exec(text)?.index ?? text.length;
  return end - start;
}
