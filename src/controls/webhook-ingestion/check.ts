import type { Subject } from '../../model/control.ts';
import { seconds } from '../../model/duration.ts';
import { failOr, inconclusive, type Result } from '../../model/result.ts';
import { authentication, idempotency, reconciliation, signing, type Answer } from './judge.ts';
import type { Ingestion } from './input.ts';

export interface Params {
  readonly reconcileWithin: string;
  readonly appliesWithin: string;
  readonly transactional: readonly string[];
}

export function check(_subject: Subject, routes: Ingestion[], params: Params): Result {
  const answers = routes.flatMap((route) => answersFor(route, params));
  const findings = answers.flatMap(({ finding }) => finding ?? []);
  const open = answers.find((answer) => answer.open !== undefined)?.open;
  if (findings.length === 0 && open !== undefined) return inconclusive(open);
  const summary = answers.flatMap(({ holds }) => holds ?? []).join(', ');
  return failOr(findings, summary, { routes: routes.length, unseen: 'whether the code does what is declared' });
}

function answersFor(route: Ingestion, { reconcileWithin, transactional }: Params): Answer[] {
  const authenticated = authentication(route);
  return [
    authenticated,
    ...(route.auth === 'signature' ? signing(route) : []),
    idempotency(route, transactional),
    reconciliation(route, seconds(reconcileWithin)),
  ];
}
