import fc from 'fast-check';

/** Random expressions as people write them, of syntax that Prometheus has known since 2.33, most of them well typed. */
export function expressions(): fc.Arbitrary<string> {
  const name = fc.constantFrom('up', 'http_requests_total', 'job:errors:rate5m', 'node_cpu_seconds_total', 'sum', 'x');
  const label = fc.constantFrom('job', 'instance', 'le', 'by', 'code', '_a1', 'on');
  const string = fc.constantFrom('"a"', "'b'", '`c\\d`', '"4.."', '""', '"a|b"', '"\\n"', '".+"', '"é"');
  const span = fc.constantFrom('5m', '1h30m', '30s', '1d', '2w', '500ms', '1y');
  const matcher = fc.tuple(label, fc.constantFrom('=', '!=', '=~', '!~'), string).map((parts) => parts.join(''));
  const braces = fc.array(matcher, { maxLength: 3 }).map((all) => (all.length === 0 ? '' : `{${all.join(', ')}}`));
  const plain = fc.tuple(name, braces).map(([metric, inner]) => metric + inner);
  const placed = fc.constantFrom('', '', '', ' offset 5m', ' offset -1h', ' @ 1609746000', ' @ end()');
  const vector = fc.tuple(plain, placed).map((parts) => parts.join(''));
  const range = fc.tuple(plain, span, placed).map(([metric, by, at]) => `${metric}[${by}]${at}`);
  const labels = fc.array(label, { maxLength: 2 }).map((all) => `(${all.join(', ')})`);
  const number = fc.constantFrom('1', '0.5', '1e3', '0x1F', 'Inf', 'NaN', '-2', '.5');
  const compared = fc.constantFrom('==', '!=', '>', '<', '>=', '<=');
  const computed = fc.constantFrom('+', '-', '*', '/', '%', '^', 'atan2');
  return fc.letrec<{ expr: string; scalar: string }>((tie) => ({
    scalar: fc.oneof(
      { maxDepth: 2 },
      number,
      tie('expr').map((inner) => `scalar(${inner})`),
      fc.constant('time()'),
    ),
    expr: fc.oneof(
      { maxDepth: 4, withCrossShrink: true },
      vector,
      fc.tuple(fc.constantFrom('rate', 'increase', 'avg_over_time', 'absent_over_time', 'changes'), range).map(call),
      fc.tuple(fc.constantFrom('abs', 'absent', 'sort', 'ceil', 'timestamp'), tie('expr')).map(call),
      fc.tuple(tie('expr'), span, placed).map(([inner, by, at]) => `max_over_time((${inner})[${by}:1m]${at})`),
      fc.tuple(number, tie('expr')).map(([q, inner]) => `histogram_quantile(${q}, ${inner})`),
      tie('expr').map((inner) => `label_replace(${inner}, "a", "$1", "b", "(.*)")`),
      fc
        .tuple(fc.constantFrom('sum', 'avg', 'count', 'max'), fc.constantFrom(' by ', ' without '), labels, tie('expr'))
        .map(([op, mode, by, inner]) => `${op}${mode}${by} (${inner})`),
      fc.tuple(tie('scalar'), tie('expr'), labels).map(([k, inner, by]) => `topk(${k}, ${inner}) by ${by}`),
      fc.tuple(tie('expr'), computed, tie('expr')).map((parts) => parts.join(' ')),
      fc.tuple(tie('expr'), compared, tie('scalar')).map((parts) => parts.join(' ')),
      fc
        .tuple(tie('expr'), fc.oneof(compared, computed), fc.constantFrom('on', 'ignoring'), labels, tie('expr'))
        .map((parts) => parts.join(' ')),
      fc.tuple(tie('expr'), fc.constantFrom('and', 'or', 'unless'), tie('expr')).map((parts) => parts.join(' ')),
      tie('expr').map((inner) => `(${inner})`),
      tie('expr').map((inner) => `-${inner}`),
      fc.tuple(tie('scalar'), compared, tie('scalar')).map(([a, op, b]) => `vector(${a} ${op} bool ${b})`),
    ),
  })).expr;
}

function call(parts: readonly string[]): string {
  return `${parts[0] ?? ''}(${parts.slice(1).join(', ')})`;
}

/** Expressions with a token left out, doubled or exchanged, as typing errors do. */
export function mistyped(): fc.Arbitrary<string> {
  return fc
    .tuple(expressions(), fc.nat(), fc.nat(), fc.constantFrom('drop', 'double', 'swap'))
    .map(([text, a, b, how]) => {
      const tokens: string[] = text.match(/\w+|"[^"]*"|\s+|[^\w\s]/g) ?? [];
      const at = a % Math.max(1, tokens.length);
      const other = b % Math.max(1, tokens.length);
      if (how === 'drop') return tokens.toSpliced(at, 1).join('');
      if (how === 'double') return tokens.toSpliced(at, 0, tokens[at] ?? '').join('');
      return tokens
        .with(at, tokens[other] ?? '')
        .with(other, tokens[at] ?? '')
        .join('');
    });
}
