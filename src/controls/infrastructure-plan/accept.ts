import type { AcceptableEvidence } from '../../model/control.ts';
import { formatDuration, seconds } from '../../model/duration.ts';
import { PREDICATE, planFacts, type AttachmentPredicate } from '../../model/evidence.ts';
import { failOr, inconclusive, type Finding, type Result } from '../../model/result.ts';
import type { Params } from './check.ts';

type Facts = NonNullable<AttachmentPredicate['facts']>;

/**
 * A plan of the infrastructure as it runs: fresh, whole, not empty, with nothing to change and nothing that changed behind Terraform's back.
 * The newest counts. https://developer.hashicorp.com/terraform/internals/json-format
 */
export function accept(evidence: readonly AcceptableEvidence[], params: Params, at: Date): Result {
  const [newest] = evidence
    .filter(
      ({ predicateType, predicate }) => predicateType === PREDICATE.attachment && planFacts(predicate) !== undefined,
    )
    .toSorted((a, b) => b.at.getTime() - a.at.getTime());
  const facts = newest === undefined ? undefined : planFacts(newest.predicate);
  if (newest === undefined || facts === undefined)
    return inconclusive('no plan is on record: offer what "terraform show -json" writes of one');
  const made = Math.min(newest.at.getTime(), Date.parse(String(facts['madeAt'] ?? newest.at.toISOString())));
  const age = Math.round((at.getTime() - made) / 1000);
  if (!Number.isFinite(age) || age > seconds(params.freshWithin))
    return inconclusive(`the newest plan is ${formatDuration(age)} old, and at most ${params.freshWithin} are allowed`);
  const resources = Number(facts['resources'] ?? 0);
  if (resources === 0) return inconclusive('the plan holds no resource at all');
  return failOr(
    findingsOf(facts, params),
    `a plan of ${resources} resources, ${formatDuration(age)} old: nothing to change, no drift`,
    {
      resources,
      age,
    },
  );
}

function findingsOf(facts: Facts, { maxChanges }: Params): Finding[] {
  const number = (name: string): number => Number(facts[name] ?? 0);
  const high = (message: string, remediation: string): Finding => ({ message, severity: 'high', remediation });
  const counts = (['create', 'update', 'replace', 'delete'] as const).map((name) => [name, number(name)] as const);
  const changes = counts.reduce((sum, [, count]) => sum + count, 0);
  const named = counts.filter(([, count]) => count > 0).map(([name, count]) => `${count} to ${name}`);
  return [
    ...(facts['errored'] === true
      ? [high('the plan ended with an error', 'Mend the configuration until it plans, and offer that plan.')]
      : []),
    ...(facts['complete'] === false
      ? [high('the plan covers a part only (-target, or deferred resources)', 'Plan the whole root.')]
      : []),
    ...(changes > maxChanges
      ? [high(`the plan is not clean: ${named.join(', ')}`, 'Apply it, or take the change back, and plan again.')]
      : []),
    ...(number('drift') > 0
      ? [
          high(
            `${number('drift')} resources were changed outside of Terraform`,
            'Find out who changed them, bring the change into the code or revert it, and plan again.',
          ),
        ]
      : []),
    ...(number('failedChecks') > 0
      ? [
          high(
            `${number('failedChecks')} checks of the configuration fail`,
            'Mend what the check blocks complain about.',
          ),
        ]
      : []),
  ];
}
