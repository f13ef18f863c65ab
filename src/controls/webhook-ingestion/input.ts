import type { Query, Subject } from '../../model/control.ts';
import { environmentOf } from '../../model/env.ts';
import type { PlatformView } from '../../model/platform.ts';
import type { ServiceSpec, StoreSpec } from '../../model/spec.ts';
import { isLongRunning, workloadsOf } from '../../model/subjects.ts';
import { reachedBy } from '../../proofs/flows/index.ts';
import { candidates, reconcilerOf, type Reconciler } from './reconciler.ts';
import { arrivals, type Arrival } from './secret.ts';

/** One webhook route, and what is known of how its events are taken in. */
export interface Ingestion {
  readonly path: string;
  readonly auth?: ServiceSpec['routes'][number]['auth'];
  readonly sender?: string;
  /** The variable that the spec names for the signing secret. */
  readonly secret?: string;
  /** Where such a variable comes from, for each workload of the service. */
  readonly arrivals: readonly Arrival[];
  readonly idempotency?: {
    readonly key: string;
    readonly store: string;
    readonly kind?: StoreSpec['kind'];
    readonly ephemeral?: string;
    /** Whether the service's flows lead there; undefined where the spec has no flows. */
    readonly reached?: boolean;
  };
  readonly reconciler?: Reconciler;
  /** What looks like a reconciliation, where the spec names none. */
  readonly candidates: readonly string[];
}

/** Services of the spec that take webhooks. */
export function webhookServices(view: PlatformView): Subject[] {
  return view
    .services()
    .filter(({ declared, spec }) => declared && hooksOf(spec).length > 0)
    .map(({ name }): Subject => ({ kind: 'service', name }));
}

export function ingestion(subject: Subject): Query<Ingestion[]> {
  return (view) => {
    const spec = view.service(subject.name)?.spec;
    return spec === undefined ? [] : hooksOf(spec).map((route) => ingestionOf(view, subject, route));
  };
}

type Route = ServiceSpec['routes'][number];

function hooksOf({ routes }: ServiceSpec): Route[] {
  return routes.filter(({ protocol }) => protocol === 'webhook');
}

function ingestionOf(view: PlatformView, subject: Subject, { path, auth, webhook }: Route): Ingestion {
  const { sender, secret, idempotency, reconciliation } = webhook ?? {};
  return {
    path,
    ...(auth !== undefined && { auth }),
    ...(sender !== undefined && { sender }),
    ...(secret !== undefined && { secret }),
    arrivals: workloadsOf(view, subject)
      .filter(isLongRunning)
      .map((workload) => arrivals(workload, environmentOf(view, workload), secret)),
    ...(idempotency !== undefined && { idempotency: { ...idempotency, ...storeOf(view, subject, idempotency.store) } }),
    ...(reconciliation !== undefined && { reconciler: reconcilerOf(view, reconciliation, sender) }),
    candidates: reconciliation === undefined ? candidates(view) : [],
  };
}

function storeOf(view: PlatformView, subject: Subject, reference: string) {
  const store = view.spec.stores.find(({ name }) => `store/${name}` === reference);
  const reached = reachedBy(view, subject.name)?.includes(reference);
  return {
    ...(store !== undefined && { kind: store.kind }),
    ...(store?.ephemeral !== undefined && { ephemeral: store.ephemeral }),
    ...(reached !== undefined && { reached }),
  };
}
