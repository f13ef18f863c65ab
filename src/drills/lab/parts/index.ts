/** All parts of the lab, in the order in which they are listed. */
import type { Part } from '../part.ts';
import type { LabPlan } from '../plan.ts';
import { deskParts } from './desk.ts';
import { edgeParts } from './edge/index.ts';
import { logSinkParts } from './log-sink/index.ts';
import { mariadbParts } from './mariadb.ts';
import { natsParts } from './nats.ts';
import { observabilityParts } from './observability/index.ts';
import { postgresParts } from './postgres.ts';
import { redisParts } from './redis.ts';
import { serviceParts } from './services/index.ts';

const PARTS: readonly ((plan: LabPlan) => Part[])[] = [
  postgresParts,
  mariadbParts,
  redisParts,
  natsParts,
  deskParts,
  serviceParts,
  edgeParts,
  observabilityParts,
  logSinkParts,
];

/** Parts that stand around the services, and what of the spec asks for them. A spec that names none of it gets stores and services alone. */
const ASKED_FOR: Readonly<Record<string, (plan: LabPlan) => boolean>> = {
  edge: hasEdge,
  'edge-metrics': hasEdge,
  identity: (plan) => plan.replicas.has('api') || hasEdge(plan),
  stripe: (plan) => plan.replicas.has('api') || plan.replicas.has('billing-worker'),
  otlp: (plan) => names(plan, 'otel-gateway'),
  'log-sink': (plan) => names(plan, 'log-collector'),
  prometheus: isWatched,
  prober: isWatched,
  alertmanager: isWatched,
  pager: isWatched,
};

export function allParts(plan: LabPlan): Part[] {
  return PARTS.flatMap((parts) => parts(plan)).filter(({ name }) => ASKED_FOR[name]?.(plan) !== false);
}

function hasEdge(plan: LabPlan): boolean {
  return plan.spec.edge !== undefined || names(plan, 'edge-web') || names(plan, 'edge-terminal');
}

function isWatched(plan: LabPlan): boolean {
  return names(plan, 'prometheus') || names(plan, 'alertmanager');
}

function names({ spec }: LabPlan, service: string): boolean {
  return spec.services.some(({ name }) => name === service);
}
