import { ROOT_CONTEXT } from '@opentelemetry/api';
import { TraceIdRatioBasedSampler } from '@opentelemetry/sdk-trace';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { samplerOf } from './sampler.ts';

const RECORD = 2;
const traceId = fc
  .array(fc.integer({ min: 0, max: 0xffffffff }), { minLength: 4, maxLength: 4 })
  .map((words) => words.map((word) => word.toString(16).padStart(8, '0')).join(''))
  .filter((id) => /[^0]/.test(id));

test('decides as the sampler of OpenTelemetry does', () => {
  const ratio = fc.oneof(fc.double({ min: 0, max: 1, noNaN: true }), fc.constantFrom(0, 1e-9, 2 ** -32, 0.01, 0.5, 1));
  fc.assert(
    fc.property(traceId, ratio, (id, share) => {
      const sdk = new TraceIdRatioBasedSampler(share).shouldSample(ROOT_CONTEXT, id).decision === RECORD;
      expect(samplerOf(share)(id)).toBe(sdk);
    }),
    { numRuns: 2000 },
  );
});

test('decides as it does right at the bound', () => {
  const bound = Math.floor(0.3 * 0xffffffff);
  for (const word of [bound - 1, bound, bound + 1]) {
    const id = `${word.toString(16).padStart(8, '0')}${'12345678'.repeat(2)}${'0'.repeat(8)}`;
    const sdk = new TraceIdRatioBasedSampler(0.3).shouldSample(ROOT_CONTEXT, id).decision === RECORD;
    expect(samplerOf(0.3)(id)).toBe(sdk);
    expect(sdk).toBe(word < bound);
  }
});
