import type { Subject } from '../../model/control.ts';
import type { AlertClass } from '../../proofs/alerting/pack/classes.ts';
import { matches } from '../../proofs/alerting/slo/judge/book.ts';
import type { Seen } from './check.ts';
import type { Pack } from './query.ts';

/** Labels by which a metric or an alert says which service it is of. */
const SERVICE_LABEL =
  /^(?:exported_)?(?:service|job|app|application|component|container|deployment|workload|pod|name|ingress|consumer|destination_(?:service|workload|app).*|slo|sloth_service|sloth_slo)$/;

/** Metrics of queues, by the kind of store that holds them. */
const QUEUES: Readonly<Record<string, RegExp>> = {
  nats: /nats|jetstream|consumer_num|(?<!up)stream/i,
  kafka: /kafka|consumergroup|consumer_lag|records_lag/i,
  temporal: /temporal|backlog|schedule_to_start|task_queue/i,
};

/** Classes that are of one service alone; the others are told of for all at once. */
const OF_A_SERVICE = new Set(['error-rate', 'p99-latency', 'worker-failures']);

/** Whether an alert tells of the subject, rather than of another of its kind. */
export function isOfSubject(
  seen: Seen,
  subject: Subject,
  input: Pack,
  kind: AlertClass,
  further: readonly string[],
): boolean {
  if (subject.kind === 'store') {
    const pattern = QUEUES[input.storeKind ?? ''];
    const names = seen.features.reads.flatMap(({ name }) => name ?? []);
    return names.some(
      (name) => pattern?.test(name) === true || further.some((each) => new RegExp(each, 'i').test(name)),
    );
  }
  if (kind.id === 'backup-age') return isOfBackups(seen, input);
  return subject.kind !== 'service' || !OF_A_SERVICE.has(kind.id) || isOfService(seen, subject.name, input);
}

/** The age of a CronJob's last run is that of a backup where the CronJob is one that makes backups, or all are asked about. */
function isOfBackups({ features }: Seen, { backups }: Pack): boolean {
  const names = [...backups.map(({ by }) => by), 'backup', 'dump', 'snapshot'];
  return features.reads.some(({ name = '', matchers }) => {
    if (!name.startsWith('kube_cronjob_')) return true;
    const said = matchers.filter(
      ({ label, op }) => /^(?:exported_)?(?:cronjob|job_name)$/.test(label) && !op.startsWith('!'),
    );
    return said.every(({ op, value }) =>
      names.some((each) => value.includes(each) || (op === '=~' && matches(value, each))),
    );
  });
}

/** By a matcher where there is one, else by a label of the alert; what says nothing is of every service. */
function isOfService({ alert, features }: Seen, service: string, { slos }: Pack): boolean {
  const own = [service, ...slos.map(({ slo }) => slo.name)];
  const said = features.reads.flatMap(({ matchers }) =>
    matchers.filter(({ label, op }) => SERVICE_LABEL.test(label) && !op.startsWith('!')),
  );
  const labels = Object.entries(alert.labels).filter(([label]) => SERVICE_LABEL.test(label));
  if (labels.some(([, value]) => own.includes(value))) return true;
  if (
    said.some(({ op, value }) =>
      own.some((name) => (op === '=' ? isNamed(value, name) : matches(value, name) || value.includes(name))),
    )
  )
    return true;
  return said.length === 0 && labels.length === 0;
}

/** `api`, `shop/api`, `api-metrics`; not `api-gateway`, which may be another. */
function isNamed(value: string, name: string): boolean {
  return value === name || value.endsWith(`/${name}`) || value === `${name}-metrics`;
}
