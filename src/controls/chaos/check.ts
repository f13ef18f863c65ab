import type { Subject } from '../../model/control.ts';
import { failOr, inconclusive, type Finding, type Result } from '../../model/result.ts';
import type { Experiment } from './experiments.ts';
import type { Dependent } from './input.ts';

export function check({ name }: Subject, input: Dependent): Result {
  const { experiments, scheduled, stores, flowsKnown } = input;
  const findings = [...experiments.flatMap(incomplete), ...undeclared(name, input)];
  if (findings.length === 0 && scheduled !== undefined && !flowsKnown)
    return inconclusive(`the drill is scheduled, and the spec has no flows that say what it should break for ${name}`);
  const declared = experiments.map((one) => one.name);
  const own = scheduled === undefined ? [] : [`the drill of its ${stores.length} stores every ${scheduled}`];
  return failOr(findings, `${[...own, ...declared].join(', ')}: each asks whether the steady state holds, and halts`, {
    experiments: experiments.length,
    stores: stores.length,
    ...(scheduled === undefined ? {} : { scheduled }),
  });
}

function incomplete({ name, hypothesis, halt, origin }: Experiment): Finding[] {
  const lacks = [...(hypothesis ? [] : ['a hypothesis']), ...(halt ? [] : ['a halt condition'])];
  if (lacks.length === 0) return [];
  return [
    {
      message: `${name} has not ${lacks.join(' nor ')}: it goes on whatever it breaks`,
      severity: 'medium',
      remediation:
        'Put it into a Workflow with a StatusCheck that aborts it (Chaos Mesh), or give it a probe with stopOnFailure (Litmus).',
      origin,
    },
  ];
}

function undeclared(name: string, { experiments, scheduled }: Dependent): Finding[] {
  if (experiments.length > 0 || scheduled !== undefined) return [];
  return [
    {
      message: `no chaos experiment is declared for ${name}`,
      severity: 'medium',
      fromAbsence: true,
      remediation: 'Schedule chaos under drills, with how often and by whom.',
    },
  ];
}
