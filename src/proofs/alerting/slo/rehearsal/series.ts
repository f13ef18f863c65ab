import { parse, selectors, type Matcher, type Selector } from '../../promql/index.ts';
import { matches } from '../judge/book.ts';

/** A series that a selector takes. */
export interface Series {
  readonly name: string;
  readonly labels: Readonly<Record<string, string>>;
}

/** The selectors of an expression that holds for one window, or `undefined` where it is none. */
export function selectorsOf(text: string): readonly Selector[] | undefined {
  const parsed = parse(text);
  return parsed.ok ? selectors(parsed.expr) : undefined;
}

/** A series that the selector takes and, where one is given, the other does not; `undefined` where none is found. */
export function seriesFor(selector: Selector, butNot?: Selector): Series | undefined {
  const { name } = selector;
  if (name === undefined) return undefined;
  const labels: Record<string, string> = {};
  for (const matcher of selector.matchers) {
    if (labels[matcher.label] !== undefined || matcher.op.startsWith('!')) continue;
    const value = matcher.op === '=' ? matcher.value : example(matcher.value);
    if (value === undefined) return undefined;
    labels[matcher.label] = value;
  }
  const candidates = [{ name, labels }, ...(butNot === undefined ? [] : variants({ name, labels }, butNot))];
  return candidates.find((series) => takes(selector, series) && (butNot === undefined || !takes(butNot, series)));
}

/** The series with another value for each label that the other selector asks for. */
function variants(series: Series, other: Selector): Series[] {
  return other.matchers.flatMap(({ label, op, value }) => {
    const different = op.startsWith('!') ? [op === '!=' ? value : example(value)] : ['200', 'ok', 'other'];
    return different.flatMap((each) =>
      each === undefined ? [] : [{ ...series, labels: { ...series.labels, [label]: each } }],
    );
  });
}

export function takes(selector: Selector, { name, labels }: Series): boolean {
  return selector.name === name && selector.matchers.every((matcher) => holds(matcher, labels[matcher.label] ?? ''));
}

function holds({ op, value }: Matcher, label: string): boolean {
  const equal = op === '=' || op === '!=' ? label === value : matches(value, label);
  return equal !== op.startsWith('!');
}

/** Something that a regular expression of the usual sort matches: alternatives, dots, classes, optional parts. */
function example(pattern: string): string | undefined {
  const candidates = [pattern, ...pattern.replaceAll(/[()]/g, '').split('|')].flatMap((text) => {
    const plain = text
      .replaceAll(/\[(\^?)([^\]]+)\]/g, (_, not: string, set: string) => (not === '' ? (set[0] ?? 'x') : 'x'))
      .replaceAll(String.raw`\d`, '0')
      .replaceAll(String.raw`\w`, 'x')
      .replaceAll(/\.[*+?]?/g, '0')
      .replaceAll(/\\(.)/g, '$1')
      .replaceAll(/[?*+^$]/g, '');
    return [plain, text];
  });
  return candidates.find((candidate) => matches(pattern, candidate));
}

/** As the input of a rule test writes it. */
export function notation({ name, labels }: Series): string {
  const pairs = Object.entries(labels).map(([label, value]) => `${label}=${JSON.stringify(value)}`);
  return `${name}{${pairs.join(',')}}`;
}
