import type { Subject } from '../../model/control.ts';
import { failOr, inconclusive, type Finding, type Result } from '../../model/result.ts';
import {
  assessConnections,
  type ConnectionAnswer,
  type PoolerAnswer,
} from '../../proofs/capacity/connections/index.ts';
import { show, type Unknown } from '../../proofs/capacity/figure.ts';
import type { ConnectionQuestion } from './input.ts';

interface CheckParams {
  readonly skew: number;
  readonly spare: number;
}

export function check(subject: Subject, { budget }: ConnectionQuestion, params: CheckParams): Result {
  if (budget === undefined) return inconclusive(`store/${subject.name} is not declared`);
  if (budget.clients.length === 0 && budget.poolers.length === 0)
    return inconclusive(
      `nothing here is known to connect to store/${subject.name}: declare who does under services[].connections`,
    );
  const answer = assessConnections(budget, params);
  const findings = [
    ...serverFinding(subject, answer),
    ...answer.poolers.flatMap(poolerFinding),
    ...tight(answer, params),
  ];
  const open = openQuestions(answer);
  if (findings.length === 0 && open.length > 0) return inconclusive(asText(open), open[0]?.origin);
  return failOr(findings, summary(answer), facts(answer));
}

function serverFinding({ name }: Subject, { server, lines }: ConnectionAnswer): Finding[] {
  if (server.answer !== 'exceeds') return [];
  const largest = [...lines].sort((a, b) => b.connections - a.connections)[0];
  return [
    {
      message: `${show(server.sum)} connections to store/${name} may be open at once, and it allows ${show(server.available)} (${server.from})`,
      severity: 'high',
      counterExample: server.steps,
      remediation: `Free ${show(server.sum - server.available)} connections: lower pools or autoscaler maxima (most are of ${largest?.id}), put a pooler in between, or raise the limit.`,
      ...(server.origin !== undefined && { origin: server.origin }),
      ...(server.byDefault && { fromAbsence: true }),
    },
  ];
}

function poolerFinding(answer: PoolerAnswer): Finding[] {
  if (answer.answer !== 'refused' && answer.answer !== 'waiting') return [];
  const { pooler, because, steps } = answer;
  return [
    {
      message: because,
      severity: 'high',
      counterExample: steps,
      remediation:
        answer.answer === 'refused'
          ? `Raise max_client_conn of ${pooler.id}, run more of it, or lower the pools of its clients.`
          : `Set pool_mode = transaction in ${pooler.id} if its clients allow it, or lower their pools.`,
      ...(pooler.origin !== undefined && { origin: pooler.origin }),
    },
  ];
}

function tight({ server }: ConnectionAnswer, { spare }: CheckParams): Finding[] {
  if (server.answer !== 'fits') return [];
  const free = server.available - server.sum;
  const wanted = Math.ceil((server.available * spare) / 100);
  if (free >= wanted) return [];
  return [
    {
      message: `${show(free)} of ${show(server.available)} connections stay free at the worst moment, ${show(wanted)} are wanted (${spare} %)`,
      severity: 'medium',
      remediation: 'Raise the limit, or lower pools or autoscaler maxima.',
    },
  ];
}

function openQuestions({ server, poolers }: ConnectionAnswer): Unknown[] {
  const open = [server, ...poolers].flatMap((answer) => (answer.answer === 'unknown' ? answer.open : []));
  return open.filter(({ unknown }, index) => open.findIndex((other) => other.unknown === unknown) === index);
}

function asText(open: readonly Unknown[]): string {
  const [first, ...rest] = open;
  const more = rest.length === 0 ? '' : `; and ${rest.map(({ unknown }) => unknown).join('; ')}`;
  return `not known is ${first?.unknown}. ${first?.declare}${more}`;
}

function summary({ server, lines, poolers }: ConnectionAnswer): string {
  if (server.answer !== 'fits') return '';
  const parts = lines.map(({ id, connections }) => `${id} ${show(connections)}`).join(', ');
  const pooled = poolers.map((one) =>
    one.answer === 'fits'
      ? `; ${one.pooler.id} takes its ${show(one.clients)} clients (${show(one.accepts)} accepted)`
      : '',
  );
  return `${show(server.sum)} of ${show(server.available)} connections (${server.from}) at the worst moment: ${parts}${pooled.join('')}`;
}

/** The arithmetic of every summand, so that a reader can follow it. */
function facts({ server, lines, poolers }: ConnectionAnswer): Record<string, string | number> {
  if (server.answer !== 'fits') return {};
  return {
    open: server.sum,
    allowed: server.available,
    free: server.available - server.sum,
    ...Object.fromEntries(lines.map(({ id, arithmetic }) => [id, arithmetic])),
    ...Object.fromEntries(
      poolers.flatMap((one) => (one.answer === 'fits' ? [[`clients of ${one.pooler.id}`, one.clients]] : [])),
    ),
  };
}
