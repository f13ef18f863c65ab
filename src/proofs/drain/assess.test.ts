import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { assessDrain, type DrainInput } from './index.ts';

const origin = { path: 'k8s/api.yaml', document: 0, pointer: [] };
const delays = { propagation: 5, balancer: 10 };

function given({
  preStop = 0,
  grace = 30,
  window = 10,
  ...rest
}: { preStop?: number; grace?: number; window?: number } & Partial<
  Omit<DrainInput, 'grace' | 'window'>
> = {}): DrainInput {
  return {
    id: 'Deployment shop/api',
    grace: { seconds: grace, from: 'terminationGracePeriodSeconds' },
    receives: true,
    container: {
      name: 'api',
      origin,
      preStop: preStop === 0 ? { kind: 'none' } : { kind: 'sleep', seconds: preStop, native: true, origin },
    },
    window: { seconds: window, from: 'drainWindow' },
    balancers: [],
    ...rest,
  };
}

/** Second by second: a request in every second until nobody asks, each as long as the window. */
function lost({
  preStop,
  grace,
  window,
  arrivals,
}: {
  preStop: number;
  grace: number;
  window: number;
  arrivals: number;
}): { refused: number; cut: number } {
  let refused = 0;
  let cut = 0;
  for (let now = 0; now < arrivals; now += 1) {
    if (now >= preStop) refused += 1;
    else if (now + window > grace) cut += 1;
  }
  return { refused, cut };
}

describe('assessDrain', () => {
  test('no grace at all cuts whatever is open, whether somebody connects or not', () => {
    for (const receives of [true, false])
      expect(assessDrain(given({ grace: 0, window: 0, receives }), delays).grace).toMatchObject({
        answer: 'no',
        because: expect.stringContaining('killed at once'),
      });
  });

  test('passes nothing in which a request is refused or cut', () => {
    const span = fc.integer({ min: 0, max: 60 });
    fc.assert(
      fc.property(
        span,
        span,
        span,
        span,
        fc.option(span, { nil: undefined }),
        (preStop, grace, window, propagation, delay) => {
          const balancers = delay === undefined ? [] : [{ what: 'the load balancer', delay }];
          const at = { propagation, balancer: propagation + 3 };
          const answer = assessDrain(given({ preStop, grace, window, balancers }), at);
          const arrivals = delay === undefined ? propagation : at.balancer;
          const { refused, cut } = lost({ preStop, grace, window, arrivals });
          expect(answer.accepting.answer).toBe(refused > 0 ? 'no' : 'yes');
          if (answer.accepting.answer === 'yes' && answer.grace.answer === 'yes') expect(cut).toBe(0);
        },
      ),
      { numRuns: 20_000 },
    );
  });

  test('counts every term once', () => {
    const balancers = [{ what: 'the load balancer', delay: 30 }];
    const { grace, needed } = assessDrain(given({ preStop: 15, grace: 60, window: 20, balancers }), delays);
    expect(needed).toBe(70);
    expect(grace).toMatchObject({
      answer: 'no',
      because: expect.stringContaining(
        '15 s preStop + 5 s propagation + 20 s drainWindow + 30 s load-balancer deregistration = 70 s',
      ),
    });
  });

  test.each([
    ['nobody connects', given({ receives: false }), 'accepting', 'moot'],
    [
      'preStop asks over HTTP',
      given({ container: { name: 'api', origin, preStop: { kind: 'other', what: 'preStop', origin } } }),
      'accepting',
      'unknown',
    ],
    [
      'preStop asks over HTTP',
      given({ container: { name: 'api', origin, preStop: { kind: 'other', what: 'preStop', origin } } }),
      'grace',
      'unknown',
    ],
    ['the sleep is longer than the grace', given({ preStop: 40 }), 'grace', 'no'],
    [
      'the delay of the load balancer is not known',
      given({ preStop: 15, balancers: [{ what: 'it' }] }),
      'grace',
      'unknown',
    ],
    [
      'the load balancer gives up first',
      given({ preStop: 15, grace: 100, window: 45, balancers: [{ what: 'it', delay: 20 }] }),
      'balancers',
      'no',
    ],
    [
      'the sidecar goes first',
      given({ preStop: 15, sidecar: { name: 'istio-proxy', drain: { seconds: 5, from: 'the default' } } }),
      'sidecar',
      'unknown',
    ],
    ['a shell keeps the signal', given({ swallowed: { command: 'migrate && serve', origin } }), 'signal', 'no'],
  ] as const)('where %s, %s is %s', (_name, input, question, answer) => {
    expect(assessDrain(input, delays)[question as 'accepting']).toMatchObject({ answer });
  });

  test('a proxy is judged by its own settings', () => {
    const own = (accepting: number, closing: number) => ({
      program: 'ingress-nginx',
      accepting: { seconds: accepting, from: 'shutdown-grace-period' },
      closing: { seconds: closing, from: 'worker-shutdown-timeout' },
    });
    expect(assessDrain(given({ grace: 120, own: own(30, 90) }), delays).grace.answer).toBe('yes');
    expect(assessDrain(given({ grace: 120, own: own(30, 240) }), delays).grace.answer).toBe('no');
    expect(assessDrain(given({ grace: 300, own: own(0, 240) }), delays).accepting.answer).toBe('no');
  });
});
