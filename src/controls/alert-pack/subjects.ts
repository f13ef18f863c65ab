import type { Subject } from '../../model/control.ts';
import { cursor } from '../../model/kube.ts';
import type { PlatformView } from '../../model/platform.ts';
import type { ServiceSpec, StoreSpec } from '../../model/spec.ts';
import { isLongRunning, theEnvironment } from '../../model/subjects.ts';
import { rulesOfAll } from '../../proofs/alerting/all-rules.ts';
import type { ClassId } from '../../proofs/alerting/pack/classes.ts';

/** A class of failures that the subject can have, and why. */
export interface Wanted {
  readonly id: ClassId;
  readonly because: string;
}

/** Services and stores that can fail in ways of their own, and the environment for what all of it shares. */
export function subjects(view: PlatformView): Subject[] {
  const services = view.provisional ? [] : view.spec.services.filter((service) => ofService(view, service).length > 0);
  const stores = view.provisional ? [] : view.spec.stores.filter((store) => ofStore(store).length > 0);
  return [
    ...services.map(({ name }): Subject => ({ kind: 'service', name })),
    ...stores.map(({ name }): Subject => ({ kind: 'store', name })),
    ...(ofEnvironment(view).length > 0 ? theEnvironment(view) : []),
  ];
}

export function wantedOf(view: PlatformView, { kind, name }: Subject): Wanted[] {
  const service = view.spec.services.find((one) => one.name === name);
  const store = view.spec.stores.find((one) => one.name === name);
  if (kind === 'service') return service === undefined ? [] : ofService(view, service);
  if (kind === 'store') return store === undefined ? [] : ofStore(store);
  return ofEnvironment(view);
}

const MONEY = /bill|invoic|payment|metering|ledger/i;

function ofService(view: PlatformView, { name, kind, routes }: ServiceSpec): Wanted[] {
  const slos = view.spec.slos.filter(({ service }) => service === name);
  const availability = slos.find((slo) => slo.kind === 'availability');
  const latency = slos.find((slo) => slo.kind === 'latency');
  const serves = routes.filter(({ protocol }) => protocol === 'http' || protocol === 'grpc').length;
  const hooks = routes.filter(({ protocol }) => protocol === 'webhook').map(({ path }) => path);
  const wanted: Wanted[] = [];
  const want = (id: ClassId, because: string): unknown => wanted.push({ id, because });
  if (availability !== undefined) want('error-rate', `it has the SLO ${availability.name}`);
  else if (kind === 'api' && serves > 0) want('error-rate', `it serves ${counted(serves, 'route', 'routes')}`);
  if (latency !== undefined) want('p99-latency', `it has the SLO ${latency.name}`);
  else if (kind === 'api' && serves > 0) want('p99-latency', `it serves ${counted(serves, 'route', 'routes')}`);
  if (kind === 'worker') want('worker-failures', 'it is a worker');
  if (kind === 'worker' && MONEY.test(name)) {
    want('billing-drift', 'it bills');
    want('processing-anomaly', 'it bills');
  }
  if (hooks.length > 0) {
    want('webhook-ingestion', `it takes webhooks at ${hooks.join(', ')}`);
    want('webhook-reconciliation', `it takes webhooks at ${hooks.join(', ')}`);
  }
  return wanted;
}

function ofStore({ kind, ephemeral }: StoreSpec): Wanted[] {
  const queues = ['nats', 'kafka', 'temporal'];
  return queues.includes(kind) && ephemeral === undefined
    ? [{ id: 'queue-lag', because: `it is a store of kind ${kind}` }]
    : [];
}

function ofEnvironment(view: PlatformView): Wanted[] {
  const wanted: Wanted[] = [];
  const want = (id: ClassId, because: string): unknown => wanted.push({ id, because });
  const workloads = view.workloads().filter(isLongRunning).length;
  const { spec } = view;
  if (view.provisional && rulesOfAll(view).length === 0) return [];
  if (workloads > 0) {
    want('crash-loop', counted(workloads, 'workload runs', 'workloads run'));
    want('saturation', counted(workloads, 'workload runs', 'workloads run'));
  }
  const certificates = view
    .objects('Certificate')
    .filter((object) => cursor(object).get('spec', 'secretName').exists).length;
  if (certificates > 0 || spec.certificates.length > 0)
    want(
      'certificate-expiry',
      counted(Math.max(certificates, spec.certificates.length), 'certificate is renewed', 'certificates are renewed'),
    );
  const backedUp = spec.stores.filter(({ backup }) => backup !== undefined).length;
  if (backedUp > 0) want('backup-age', counted(backedUp, 'store is backed up', 'stores are backed up'));
  if (spec.edge?.waf !== undefined) want('waf-block-spike', 'the spec declares a WAF');
  if (!view.provisional) want('security-events', 'it is about to be public');
  if (wanted.length > 0) want('dead-man-switch', 'nobody notices when alerting itself is dead');
  return wanted;
}

function counted(number: number, one: string, several: string): string {
  return `${number} ${number === 1 ? one : several}`;
}
