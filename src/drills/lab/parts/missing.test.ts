import { expect, onTestFinished, test } from 'vitest';
import { examplePlan, testLab } from '../lab.testkit.ts';
import { planLab } from '../plan.ts';
import { allParts } from './index.ts';

const { spec, root } = examplePlan();
const plan = planLab(spec, root, { available: () => true, replicas: new Map(), off: new Map() });
const files = allParts(plan).flatMap(({ program }) =>
  program === undefined || program.required ? [] : [program.file],
);

test.each([...new Set(files)])('without %s every other part can be started', async (file) => {
  const parts = allParts(plan).filter(({ program }) => program?.file !== file);
  const { lab, stop } = await testLab(plan, parts);
  onTestFinished(stop);
  for (const part of parts) expect(() => part.command(lab), part.name).not.toThrow();
});
