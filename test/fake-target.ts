/** A drill's steps against a target that answers as it is told, with no engine: for what no lab can be made to do. */
import type { CapabilityName } from '../src/model/drill/capabilities.ts';
import { isMet, type DrillPlan, type Measured, type StepContext } from '../src/model/drill/drill.ts';
import { specSchema } from '../src/model/spec.ts';

export const shop = specSchema.parse({
  apiVersion: 'launchgate/v1',
  kind: 'Platform',
  name: 'shop',
  environments: [{ name: 'production', kind: 'production' }],
});

/** Runs the steps of a plan, and answers what they measured that is not as it should be; a number that is none never is. Whom they leave is added to `left`. */
export async function missedBy<N extends CapabilityName>(
  { runs }: DrillPlan<N>,
  target: object,
  left: string[] = [],
): Promise<Measured[]> {
  const seen: Measured[] = [];
  const context = {
    target,
    signal: new AbortController().signal,
    observe: (measured: Measured) => void seen.push(measured),
    say: () => undefined,
    mark: () => undefined,
    keep: () => undefined,
    leave: (subject: string, because: string) => void left.push(`${subject}: ${because}`),
    now: () => performance.now(),
  } as unknown as StepContext<N>;
  for (const { method } of runs) for (const step of method) await step.run(context);
  if (seen.length === 0) throw new Error('the drill measured nothing');
  return seen.filter((one) => !isMet(one) || !Number.isFinite(one.value));
}
