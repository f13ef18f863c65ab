import { describe, expect, it } from 'vitest';
import { readCapture, samplesOf } from './capture.ts';

describe('a captured page of metrics', () => {
  it('in the text format of Prometheus', () => {
    const page = [
      '# HELP http_requests_total Requests, by code.',
      '# TYPE http_requests_total counter',
      'http_requests_total{code="200",path="/a b\\"}"} 10 1700000000000',
      '# TYPE latency_seconds histogram',
      'latency_seconds_bucket{le="+Inf"} 3',
      'latency_seconds_sum 1.5e-3',
      'latency_seconds_count 3',
      'temperature -Inf',
      '',
      '# a comment',
    ];
    expect(readCapture(page.join('\n'))).toEqual([
      { name: 'http_requests_total', help: 'Requests, by code.', type: 'counter' },
      { name: 'latency_seconds', type: 'histogram' },
      { name: 'temperature' },
    ]);
  });

  it('in OpenMetrics', () => {
    const page = '# TYPE jobs counter\n# UNIT jobs jobs\njobs_total 1 # {trace_id="a"} 1\njobs_created 1\n# EOF\n';
    const families = readCapture(page) ?? [];
    expect(families).toEqual([{ name: 'jobs', type: 'counter' }]);
    expect(families.flatMap(samplesOf)).toEqual(['jobs', 'jobs_total']);
  });

  it.each([
    ['prose', 'See the wiki for metrics.\n'],
    ['nothing', ''],
    ['only descriptions', '# TYPE a counter\n'],
    ['an error page', '<html><body>404</body></html>'],
  ])('is not %s', (_, text) => expect(readCapture(text)).toBeUndefined());

  it('is read in time that grows with its length', () => {
    const line = `a{b="${'\\"}'.repeat(20_000)}`;
    expect(readCapture(`${line}\n`.repeat(5))).toBeUndefined();
  });
});
