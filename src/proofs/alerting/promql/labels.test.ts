import { describe, expect, it } from 'vitest';
import { labelsOf, obstacle, parse, valueOf, type Expr, type Recorded } from './index.ts';

function read(text: string): Expr {
  const parsed = parse(text);
  if (!parsed.ok) throw new Error(parsed.error.message);
  return parsed.expr;
}

const recorded: Recorded = ({ name }) => {
  if (name === 'job:errors:ratio') return { expr: read('sum by (job) (errors{team="a"})'), labels: { window: '5m' } };
  if (name === 'job:errors:cleared') return { expr: read('errors{team="a"}'), labels: { team: '' } };
  return name === 'job:errors:round' ? { expr: read('job:errors:round'), labels: {} } : undefined;
};

describe('labels of what a rule records', () => {
  it.each([
    ['job:errors:ratio', 'window', '5m'],
    ['job:errors:ratio', 'team', ''],
    ['job:errors:ratio', 'job', undefined],
    ['job:errors:ratio{job="api"}', 'job', 'api'],
    ['sum without (window) (job:errors:ratio)', 'window', ''],
    ['job:errors:cleared', 'team', ''],
    ['job:errors:round', 'team', undefined],
    ['another', 'window', undefined],
    ['label_replace(a{team="x"}, "team", "y", "", "")', 'team', 'y'],
    ['label_replace(a, "team", "y", "", ".*")', 'team', 'y'],
    ['label_replace(a{team="x"}, "team", "$1", "", "(.*)")', 'team', undefined],
    ['label_replace(a{team="x"}, "team", "y", "job", "api")', 'team', undefined],
    ['label_replace(a{team="x"}, "team", "y", "", "z")', 'team', undefined],
  ])('%s: %s is %j', (text, label, value) => expect(valueOf(labelsOf(read(text), recorded), label)).toBe(value));

  it.each([
    ['job:errors:ratio', 'sum by (job, window) (errors{window="1h"})', 'window'],
    ['job:errors:ratio', 'sum by (job) (errors)', 'window'],
    ['sum without (window) (job:errors:ratio)', 'sum by (job) (errors)', undefined],
  ])('%s and %s: %s keeps them apart', (one, other, label) =>
    expect(obstacle(labelsOf(read(one), recorded), labelsOf(read(other), recorded), undefined)).toBe(label),
  );
});
