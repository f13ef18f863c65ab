/** Alloy: which of its components that send lines on another one forwards to. https://grafana.com/docs/alloy/latest/reference/components/loki/ */
import { matchesEveryLine } from './every-line.ts';

/** Components that send lines on, and their labels. */
const SENDERS = /^(loki\.write|otelcol\.exporter\.\w+)\s+"(\w+)"/gim;

/** Components that change lines on their way. */
const PROCESSORS = /^loki\.process\s+"\w+"\s*\{/gim;

/** Those of all files of one agent that something forwards to: each is named by what it exports, `loki.write.NAME.receiver`. */
export function alloySinks(texts: readonly string[]): string[] {
  const all = texts.join('\n');
  const carrying = processors(all).reduce(
    (rest, block) => (dropsAll(block) ? rest.replace(block, () => '') : rest),
    all,
  );
  return [...all.matchAll(SENDERS)].flatMap(([, type = '', label = '']) =>
    carrying.includes(`${type}.${label}.`) ? [type] : [],
  );
}

function processors(text: string): string[] {
  return [...text.matchAll(PROCESSORS)].map(({ index, 0: head }) =>
    text.slice(index, endOf(text, index + head.length)),
  );
}

/** Where the block ends whose body begins at a place; braces within quotes count for nothing. */
function endOf(text: string, from: number): number {
  let depth = 1;
  for (const { 0: sign, index } of text.slice(from).matchAll(/"(?:[^"\\\n]|\\.)*"|`[^`]*`|[{}]/g)) {
    depth += sign === '{' ? 1 : sign === '}' ? -1 : 0;
    if (depth === 0) return from + index + 1;
  }
  return text.length;
}

/** A stage of its own, not within `stage.match`, that drops by its expression alone; Alloy does not start with one that has no condition. */
function dropsAll(block: string): boolean {
  return [...block.matchAll(/\bstage\.(drop|match)\s*\{/g)].some(({ index, 0: head, 1: stage }, at, all) => {
    const within = all
      .slice(0, at)
      .some((other) => other[1] === 'match' && endOf(block, other.index + other[0].length) > index);
    if (stage === 'match' || within) return false;
    const settings = block.slice(index + head.length, endOf(block, index + head.length) - 1).trim();
    const [, expression] = /^expression\s*=\s*["`]([^"`]*)["`]$/.exec(settings) ?? [];
    return settings === '' || (expression !== undefined && matchesEveryLine(expression));
  });
}
