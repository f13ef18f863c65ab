import { isWithin } from '../discover/paths.ts';
import type { Sources } from '../discover/sources.ts';

/** A named template, alone in the text of its file: all other lines are empty, so that lines keep their numbers. */
export interface NamedTemplate {
  readonly path: string;
  readonly text: string;
}

/** An action that calls a named template for a whole document, as those of library charts are called. */
const CALL = /^\{\{-?\s*(?:include|template)\s+"(?<name>[^"]+)"/gm;

/** The named templates that a template consists of, where the chart or one of its subcharts defines them. */
export function includedTemplates(sources: Sources, chart: string, text: string): NamedTemplate[] {
  const names = [...text.matchAll(CALL)].map((match) => match.groups?.['name'] ?? '');
  if (names.length === 0) return [];
  const files = sources.tree.files.filter((file) => isWithin(chart, file) && /(?:^|\/)templates\//.test(file));
  return names.flatMap((name) => {
    const found = files.flatMap((path) => {
      const whole = sources.text(path, []);
      const body = typeof whole === 'string' ? definition(whole, name) : undefined;
      return body === undefined ? [] : [{ path, text: body }];
    });
    return found.slice(-1);
  });
}

/** The lines between `define` and its `end`. */
function definition(text: string, name: string): string | undefined {
  if (!text.includes(`"${name}"`)) return undefined;
  let depth = 0;
  let found = false;
  const lines = text.split(/\r\n|\r|\n/).map((line) => {
    const starts = depth === 0 && new RegExp(`\\bdefine\\s+${escaped(JSON.stringify(name))}`).test(line);
    if (depth === 0 && !starts) return '';
    found = true;
    depth += opened(line);
    return starts || depth <= 0 ? '' : line;
  });
  return found ? lines.join('\n') : undefined;
}

/** Blocks that the actions of a line open, less those they end. */
function opened(line: string): number {
  const words = [...line.matchAll(/\{\{-?\s*(?<word>if|with|range|define|block|end)\b/g)];
  return words.reduce((sum, { groups }) => sum + (groups?.['word'] === 'end' ? -1 : 1), 0);
}

function escaped(text: string): string {
  return text.replaceAll(/[.*+?^${}()|[\]\\]/g, '\\$&');
}
