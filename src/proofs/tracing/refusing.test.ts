import { describe, expect, it } from 'vitest';
import { Cursor } from '../../model/cursor.ts';
import { keepsNothing } from './refusing.ts';

const probabilistic = (percent: unknown): object => ({
  type: 'probabilistic',
  probabilistic: { sampling_percentage: percent },
});
const errors = { type: 'status_code', status_code: { status_codes: ['ERROR'] } };

describe('processors that let nothing through', () => {
  it.each<[string, string, unknown, boolean]>([
    ['a sampler of 0 percent', 'probabilistic_sampler/all', { sampling_percentage: 0 }, true],
    ['a sampler of 1 percent', 'probabilistic_sampler', { sampling_percentage: 1 }, false],
    ['a sampler of what a variable says', 'probabilistic_sampler', { sampling_percentage: '${env:SHARE}' }, false],
    ['tail sampling without a policy', 'tail_sampling', { decision_wait: '10s', policies: [] }, true],
    ['tail sampling that is told nothing', 'tail_sampling', null, true],
    ['tail sampling of what a variable says', 'tail_sampling', { policies: '${env:POLICIES}' }, false],
    ['tail sampling of 0 percent', 'tail_sampling', { policies: [probabilistic(0)] }, true],
    ['tail sampling of 0 percent, and of failures', 'tail_sampling', { policies: [probabilistic(0), errors] }, false],
    [
      'failures, of them 0 percent',
      'tail_sampling',
      { policies: [{ type: 'and', and: { and_sub_policy: [errors, probabilistic(0)] } }] },
      true,
    ],
    [
      'no span a second',
      'tail_sampling',
      { policies: [{ type: 'rate_limiting', rate_limiting: { spans_per_second: 0 } }] },
      true,
    ],
    ['a filter of everything', 'filter/noise', { traces: { span: ['true'] } }, true],
    ['a filter of every name', 'filter', { traces: { span: ['IsMatch(name, ".*")'] } }, true],
    ['a filter of health checks', 'filter', { traces: { span: ['IsMatch(name, "/health.*")'] } }, false],
    ['a filter of every event of a span', 'filter', { traces: { spanevent: ['true'] } }, false],
    ['a filter of all metrics', 'filter', { metrics: { metric: ['true'] } }, false],
    ['a batch', 'batch', {}, false],
  ])('%s', (_, id, settings, expected) => {
    expect(keepsNothing(id, new Cursor(settings, { path: 'otel.yaml' }))).toBe(expected);
  });
});
