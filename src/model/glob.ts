/** Most stars a glob may have; more of them could keep the matcher busy for hours. */
const MAX_STARS = 8;

/**
 * Turns a glob into a test of whole paths: `*` and `?` stay within a folder, `**` does not, `{a,b}` and `[ab]` choose.
 * `undefined` for a glob with more stars than anybody needs.
 */
export function globMatcher(glob: string): ((path: string) => boolean) | undefined {
  const simple = glob
    .replace(/^\.\//, '')
    .replaceAll(/(?:\*\*\/)+/g, '**/')
    .replaceAll(/\*{3,}/g, '**');
  if (simple.length > 512 || simple.split('*').length - 1 > MAX_STARS) return undefined;
  const pattern = new RegExp(`^${translate(simple)}$`);
  return (path) => pattern.test(path);
}

function translate(glob: string): string {
  let pattern = '';
  let depth = 0;
  for (let at = 0; at < glob.length; at += 1) {
    const char = glob.charAt(at);
    if (glob.startsWith('**/', at)) {
      pattern += '(?:[^/]+/)*';
      at += 2;
    } else if (glob.startsWith('**', at)) {
      pattern += '.*';
      at += 1;
    } else if (char === '*') pattern += '[^/]*';
    else if (char === '?') pattern += '[^/]';
    else if (char === '{') {
      pattern += '(?:';
      depth += 1;
    } else if (char === '}' && depth > 0) {
      pattern += ')';
      depth -= 1;
    } else if (char === ',' && depth > 0) pattern += '|';
    else if (char === '[' && /^\[!?[\w-]+\]/.test(glob.slice(at))) {
      const end = glob.indexOf(']', at);
      pattern += glob.slice(at, end + 1).replace('[!', '[^');
      at = end;
    } else pattern += char.replace(/[\\^$.*+?()[\]{}|]/g, '\\$&');
  }
  return pattern + ')'.repeat(depth);
}
