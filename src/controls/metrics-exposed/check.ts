import type { Subject } from '../../model/control.ts';
import { failOr, inconclusive, type Result } from '../../model/result.ts';
import { checkEnvironment } from './environment.ts';
import type { EnvironmentFacts, ServiceFacts } from './query.ts';
import { judgeWorkload } from './service.ts';

export interface Params {
  readonly unscraped: string;
  readonly elsewhere: readonly string[];
  readonly longestWait: string;
  readonly retention: string;
  readonly replicas: number;
  readonly synthetic: boolean;
}

export function check(subject: Subject, facts: ServiceFacts | EnvironmentFacts, params: Params): Result {
  return facts.about === 'service' ? checkService(subject, facts, params) : checkEnvironment(facts, params);
}

function checkService(
  { name }: Subject,
  { workloads, hidden, provisional }: ServiceFacts,
  { unscraped }: Params,
): Result {
  if (unscraped !== '') return failOr([], `${name} has no metrics of its own: ${unscraped}`, { unscraped });
  const judged = workloads.map((scrape) => judgeWorkload(scrape, hidden, provisional));
  const findings = judged.flatMap((each) => each.findings);
  const open = judged.flatMap((each) => each.open);
  if (findings.length === 0 && open[0] !== undefined)
    return inconclusive(open.map(({ because }) => because).join('; '), open[0].origin);
  const by = [...new Set(workloads.flatMap((each) => each.by))];
  return failOr(
    findings,
    `${by.join(', ')} ${by.length === 1 ? 'scrapes' : 'scrape'} ${workloads.map(({ workload }) => workload).join(', ')}`,
    {
      workloads: workloads.length,
      monitors: by.length,
    },
  );
}
