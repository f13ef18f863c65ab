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

export function allParts(plan: LabPlan): Part[] {
  return PARTS.flatMap((parts) => parts(plan));
}
