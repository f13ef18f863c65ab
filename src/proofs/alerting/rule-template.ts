/** What Prometheus refuses of the templates in the labels and annotations of an alert. Source: Go `text/template/parse`, prometheus `template/template.go`. */
import { tokensIn, type Token } from './rule-template-tokens.ts';

const OF_PROMETHEUS =
  'query first label value strvalue args reReplaceAll safeHtml match title toUpper toLower graphLink tableLink sortByLabel stripPort stripDomain humanize humanize1024 humanizeDuration humanizePercentage humanizeTimestamp toTime toDuration now pathPrefix externalURL parseDuration urlQueryEscape tmpl';
const OF_GO = 'and call eq ge gt html index js le len lt ne not or print printf println slice urlquery true false nil';
const FUNCTIONS = new Set(`${OF_PROMETHEUS} ${OF_GO}`.split(' '));

const GIVEN = ['$', '$labels', '$externalLabels', '$externalURL', '$value'];
const OPENS = new Set(['if', 'range', 'with', 'define', 'block']);

/** A block that is open, with the variables that count again at its end. */
interface Block {
  readonly word: string;
  readonly before: readonly string[];
}

/** Braces that Ansible, Jinja or Helm will put there. */
const EXPANDED_FIRST = /\{%|\{\{-?\s*['"`]\{\{/;

/** Why Prometheus cannot parse a text, and loads none of the file it stands in. */
export function templateMistake(text: string): string | undefined {
  if (EXPANDED_FIRST.test(text)) return undefined;
  const blocks: Block[] = [];
  let known: readonly string[] = GIVEN;
  for (const action of actionsIn(text)) {
    if (typeof action === 'string') return action;
    const [{ text: word } = { text: '' }] = action;
    const open = blocks.at(-1);
    if (word === 'end' || word === 'else') {
      if (open === undefined) return `unexpected {{${word}}}`;
      if (word === 'end') {
        known = open.before;
        blocks.pop();
        continue;
      }
    }
    if ((word === 'break' || word === 'continue') && !blocks.some((block) => block.word === 'range'))
      return `{{${word}}} outside {{range}}`;
    if (OPENS.has(word)) blocks.push({ word, before: known });
    const mistake = inAction(action, known);
    if (typeof mistake === 'string') return mistake;
    known = word === 'define' || word === 'block' ? ['$'] : mistake;
  }
  return blocks.length > 0 ? `{{${blocks.at(-1)?.word}}} has no {{end}}` : undefined;
}

/** The tokens of each action, or why one has none. */
function* actionsIn(text: string): Generator<readonly Token[] | string> {
  let at = text.indexOf('{{');
  while (at >= 0) {
    const comment = /^\{\{(?:- )?\s*\/\*/.test(text.slice(at, at + 20)) ? text.indexOf('*/', at) : -1;
    const read = comment < 0 ? tokensIn(text, at + 2) : { tokens: [], end: text.indexOf('}}', comment) + 2 };
    if (typeof read === 'string') return yield read;
    if (comment < 0) yield read.tokens.length === 0 ? 'missing value for command' : read.tokens;
    at = text.indexOf('{{', read.end);
  }
}

const WORDS = new Set([...OPENS, 'else', 'template', 'break', 'continue']);

/** The variables that are known behind an action, or what is wrong with it. */
function inAction(tokens: readonly Token[], known: readonly string[]): readonly string[] | string {
  const declared = new Set(declaredBy(tokens));
  for (const [index, { kind, text }] of tokens.entries()) {
    const isWord = WORDS.has(text) && (index === 0 || tokens[index - 1]?.text === 'else');
    if (kind === 'name' && !isWord && !FUNCTIONS.has(text)) return `function "${text}" not defined`;
    if (kind === 'variable' && !known.includes(text) && !declared.has(text)) return `undefined variable "${text}"`;
  }
  return [...known, ...declared];
}

/** `$x := …`, and `$i, $x := …` of range. */
function declaredBy(tokens: readonly Token[]): string[] {
  const at = tokens.findIndex(({ text }) => text === ':=');
  return tokens.slice(0, Math.max(0, at)).flatMap(({ kind, text }) => (kind === 'variable' ? [text] : []));
}
