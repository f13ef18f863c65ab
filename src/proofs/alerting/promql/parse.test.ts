import { describe, expect, it } from 'vitest';
import { parse, position, print, selectors, type Expr, type Matcher, type Selector } from './index.ts';
import { bare, walk } from './walk.ts';

function canonical(text: string, dialect?: 'templated'): string {
  const parsed = parse(text, dialect);
  if (!parsed.ok) throw new Error(`${text}: ${parsed.error.message}`);
  return print(parsed.expr);
}

describe('canonical form', () => {
  it.each([
    ['a-(b-c)', 'a - (b - c)'],
    ['((a))+b*c', 'a + b * c'],
    ['-foo^2', '-foo ^ 2'],
    ['-1^2', '-1 ^ 2'],
    ['foo + bar offset 5m', 'foo + bar offset 300s'],
    ['-a offset 5m', '-a offset 300s'],
    ['a{z="1",b!~"x"}[1h30m]', 'a{b!~"x", z="1"}[5400s]'],
    ['sum(a) by (c, b)', 'sum by (b, c) (a)'],
    ['SUM without() (a) > BOOL 1', 'sum without () (a) > bool 1'],
    ['a / on(x) group_left(z, y) b', 'a / on (x) group_left (y, z) b'],
    ['max_over_time((a > 1)[1d:] @ end())', 'max_over_time((a > 1)[86400s:] @ end())'],
    ['{"http.requests", "k8s.pod"=\'a\'}', '{"http.requests", "k8s.pod"="a"}'],
    ["a{b='\\u00e9\"'}", 'a{b="é\\""}'],
    ['#note\nfoo # more\n > 1', 'foo > 1'],
    ['holt_winters(a[5m], 1, 2)', 'holt_winters(a[300s], 1, 2)'],
    ['sum', 'sum'],
  ])('%s', (text, expected) => {
    expect(canonical(text)).toBe(expected);
    expect(canonical(expected)).toBe(expected);
  });
});

describe('what Prometheus refuses', () => {
  it.each([
    ['sum(rate(a[5m])', 'unexpected end of the expression: a parenthesis is not closed', '1:16'],
    ['a >\n  b c', 'unexpected c', '2:5'],
    ['rte(a[5m])', 'unknown function rte', '1:1'],
    ['a{b="c}', 'the string is not closed', '1:5'],
    ['a{b="\\d"}', 'the string is not closed, or holds an escape that Prometheus does not know', '1:5'],
    ['', 'the expression is empty', '1:1'],
    ['rate(a)', 'rate takes a range vector, here an instant vector', '1:6'],
    ['sum(a[5m])', 'sum takes an instant vector, here a range vector', '1:5'],
    ['histogram_quantile(a)', 'histogram_quantile takes 2 arguments, here 1', '1:1'],
    ['topk(a)', 'topk takes two arguments, here 1', '1:1'],
    ['1 > 2', 'a comparison of two numbers needs bool: > bool', '1:1'],
    ['a and 1', 'and joins vectors, and one side is a number', '1:1'],
    ['a and on(x) group_left() b', 'and takes no group_left', '1:1'],
    ['a * on(x) group_left(x) b', 'label x stands in on and in group_left', '1:1'],
    ['{a=~".*"}', 'a selector needs a name or one matcher that an empty label does not satisfy', '1:1'],
    ['a{__name__="b"}', 'the name of the metric is given twice', '1:3'],
    ['(a) offset 5m', 'offset and @ must follow a selector or a subquery', '1:4'],
    ['a offset 5m offset 1m', 'offset is set twice', '1:12'],
    ['sum(a)[5m]', 'a range must follow a selector; a subquery needs a colon', '1:7'],
    ['a{b=~"(x"}', '(x is not a regular expression: missing closing )', '1:3'],
    ['a > 5or b', 'not a number', '1:5'],
    ['$a > 1', 'unexpected $', '1:1'],
  ])('%s', (text, message, place) => {
    const parsed = parse(text);
    if (parsed.ok) throw new Error('parsed');
    const { line, column } = position(text, parsed.error.from);
    expect([parsed.error.message, `${line}:${column}`]).toEqual([message, place]);
  });
});

describe('variables', () => {
  it.each([
    ['rate(a{b=~"$x"}[$__rate_interval]) > $limit', ['x', '__rate_interval', 'limit']],
    ['topk($n, ${metric:raw}_total{$filter, a="b"})', ['n', 'metric', 'filter']],
    ['sum(rate(a{b="[[ns]]"}[[[interval]]])) by ([[by]])', ['ns', 'interval', 'by']],
    ['sum(rate(a{app="{{ target }}"}[{{ interval }}])) / {{args.total}}', ['target', 'interval', 'args.total']],
    ['a offset $shift', ['shift']],
    ['${agg}(rate(a[5m])) by (b)', ['agg']],
    ['$agg by (b) ($func(a[5m]))', ['agg', 'func']],
    ['label_replace(a, "b", "$1", "c", "(.*)")', []],
  ])('%s', (text, names) => {
    const parsed = parse(text, 'templated');
    expect(parsed).toMatchObject({ ok: true });
    expect(parsed.variables.map(({ name }) => name)).toEqual(names);
    for (const { name, from, to } of parsed.variables) expect(text.slice(from, to)).toContain(name);
  });

  it('mark what they leave open', () => {
    const parsed = parse('${m}_x{a="$b", c="d", $f}', 'templated');
    if (!parsed.ok) throw new Error(parsed.error.message);
    expect(parsed.expr).toMatchObject({
      kind: 'selector',
      templatedName: true,
      open: true,
      matchers: [
        { label: 'a', templated: true },
        { label: 'c', templated: false },
      ],
    });
  });
});

describe('selectors', () => {
  it('are found in the order of the text, with their matchers', () => {
    const parsed = parse('sum(rate(a{x="1"}[5m])) / on (y) (b or absent(c{z!~"2"}))');
    const found: Selector[] = parsed.ok ? selectors(parsed.expr) : [];
    const text = (matchers: readonly Matcher[]): string =>
      matchers.map(({ label, op, value }) => label + op + value).join();
    expect(found.map(({ name, matchers }) => [name, text(matchers)])).toEqual([
      ['a', 'x=1'],
      ['b', ''],
      ['c', 'z!~2'],
    ]);
  });
});

describe('places', () => {
  it('of every part lie within the text, children within their parents', () => {
    const text = 'sum by (a) (rate(x{b="c"}[5m] offset 1m)) / -y^2 > bool on(a) group_left(z) (w and v)';
    const parsed = parse(text);
    if (!parsed.ok) throw new Error(parsed.error.message);
    const seen: string[] = [];
    walk(parsed.expr, (expr: Expr) => {
      seen.push(text.slice(expr.from, expr.to));
      if (expr.kind === 'paren') expect(bare(expr).from).toBeGreaterThan(expr.from);
    });
    expect(seen).toEqual([
      text,
      'sum by (a) (rate(x{b="c"}[5m] offset 1m)) / -y^2',
      'sum by (a) (rate(x{b="c"}[5m] offset 1m))',
      'rate(x{b="c"}[5m] offset 1m)',
      'x{b="c"}[5m] offset 1m',
      '-y^2',
      'y^2',
      'y',
      '2',
      '(w and v)',
      'w and v',
      'w',
      'v',
    ]);
  });
});

describe('what promtool refuses after parsing', () => {
  it.each([
    'a{b=~"(?!c)"}',
    'a{b=~"(?<=c)d"}',
    String.raw`a{b=~"(c)\\1"}`,
    String.raw`a{b=~"\\Z"}`,
    'a{b=~"c{1001}"}',
    'a{b=~"c)|(d"}',
    'rate(a[0s])',
    'max_over_time(a[5m:0s])',
    'rate(a[5m1h])',
    'rate(a[1h1h])',
  ])('%s', (text) => {
    expect(parse(text).ok).toBe(false);
  });

  it.each(['a{b=~"[[:alpha:]]+"}', String.raw`a{b=~"\\Qc.d\\E"}`, String.raw`a{b=~"\\bc"}`, 'a{b=~"(?U)c+"}'])(
    'takes %s',
    (text) => {
      expect(parse(text).ok).toBe(true);
    },
  );
});

it('refuses what would exhaust it, at once', () => {
  expect(parse('('.repeat(5000)).ok).toBe(false);
  expect(parse(`a${' '.repeat(70_000)}`).ok).toBe(false);
  expect(parse('a + '.repeat(600) + 'a').ok).toBe(true);
});
