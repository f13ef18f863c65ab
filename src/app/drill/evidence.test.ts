import { expect, test } from 'vitest';
import { z } from 'zod';
import { controls } from '../../controls/catalog.ts';
import type { Binding } from '../../engine/bind.ts';
import type { AnyDrill } from '../../model/drill/drill.ts';
import { sha256 } from '../../model/digest.ts';
import { passingRun } from '../../report/testing/drill.ts';
import { drillStatement } from './evidence.ts';

const parameters = z.object({ perSecond: z.int().default(20), also: z.array(z.string()).default([]) });
const drill = { summary: '', blastRadius: '', needs: [], parameters, plan: () => ({ runs: [] }) } as AnyDrill;
const bound: Binding = {
  control: controls[0]!,
  subject: { kind: 'service', name: 'api' },
  input: sha256('input'),
  params: sha256('params'),
  paramOrigins: {},
  answer: {},
  values: {},
};

function settingsOf(given: Readonly<Record<string, unknown>>): unknown {
  const verdict = {
    subject: 'service/api',
    outcome: 'pass' as const,
    observations: [{ name: 'rto', value: 1, unit: 's', met: true, atMs: 1, step: 'restore' }],
    runs: [{ ...passingRun, parameters: parameters.parse(given) }],
  };
  const target = { environment: 'staging', identity: 'cluster:1' };
  const { startedAt, finishedAt } = passingRun;
  const { predicate } = drillStatement(bound, drill, verdict, target as never, [], { startedAt, finishedAt });
  return (predicate as { parameters?: unknown }).parameters;
}

test('the statement says which settings of the run are not those by default', () => {
  expect(settingsOf({})).toBeUndefined();
  expect(settingsOf({ perSecond: 20, also: [] })).toBeUndefined();
  expect(settingsOf({ perSecond: 1 })).toEqual({ perSecond: 1 });
  expect(settingsOf({ also: ['/x'] })).toEqual({ also: ['/x'] });
});
