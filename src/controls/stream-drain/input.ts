import { parseDuration } from '../../model/duration.ts';
import type { Query, Subject } from '../../model/control.ts';
import { containers, workloadName, type Workload } from '../../model/kube.ts';
import type { PlatformView } from '../../model/platform.ts';
import { isLongRunning, runsForEver, workloadsOf } from '../../model/subjects.ts';
import type { DrainInput } from '../../proofs/drain/index.ts';
import { ownDrain } from '../../proofs/drain/read/proxies.ts';
import { readDrain } from '../../proofs/drain/read/index.ts';
import { controllerFor } from '../../proofs/edge/controllers.ts';
import { publicRoutesTo } from '../../proofs/edge/index.ts';

export interface StreamDrain {
  readonly drain: DrainInput;
  /** A readiness probe can turn it away while it drains. */
  readonly ready: boolean;
  /** Proxies that carry its streams, and how long each lets them go on when it is itself replaced, in seconds. */
  readonly carriers: readonly { readonly name: string; readonly seconds: number }[];
}

/** A public stream as the spec declares it. */
export interface DrainedStream {
  readonly path: string;
  readonly sample?: string;
  readonly host?: string;
  readonly protocol: string;
  readonly auth?: string;
}

export interface StreamDrains {
  readonly streams: readonly DrainedStream[];
  readonly paths: readonly string[];
  /** Somebody said how long sessions are given to end. */
  readonly declared: boolean;
  readonly workloads: readonly StreamDrain[];
}

/** Services with a websocket or event-stream route that run here. */
export function streamingServices(view: PlatformView): Subject[] {
  return view
    .services()
    .filter((service) => service.spec.routes.some(isStream) && runsForEver(service))
    .map(({ name }) => ({ kind: 'service', name }));
}

export function drains(subject: Subject): Query<StreamDrains> {
  return (view) => {
    const spec = view.service(subject.name)?.spec;
    const window = { seconds: parseDuration(spec?.drainWindow ?? '') ?? 0, from: 'drainWindow' };
    return {
      streams: (spec?.routes ?? [])
        .filter((route) => route.public && isStream(route))
        .map(({ path, sample, host, protocol, auth }) => ({
          path,
          protocol,
          ...(auth === undefined ? {} : { auth }),
          ...(sample === undefined ? {} : { sample }),
          ...(host === undefined ? {} : { host }),
        })),
      paths: (spec?.routes ?? []).filter(isStream).map(({ path }) => path),
      declared: spec?.drainWindow !== undefined,
      workloads: workloadsOf(view, subject)
        .filter(isLongRunning)
        .map((workload) => streamDrain(view, workload, readDrain(view, workload, window))),
    };
  };
}

function streamDrain(view: PlatformView, workload: Workload, drain: DrainInput): StreamDrain {
  const ready = containers(workload).some(
    ({ name, at }) => name === drain.container.name && at.get('readinessProbe').exists,
  );
  return { drain, ready, carriers: carriersOf(view, workload) };
}

function carriersOf(view: PlatformView, workload: Workload): StreamDrain['carriers'] {
  const routes = publicRoutesTo(view, [workload]).filter(({ kind }) => kind === 'ingress');
  const names = new Set(
    routes.flatMap((route) => controllerFor(view, route.edges[0], route.namespace)?.workload ?? []),
  );
  return [...names].flatMap((carrier) => {
    const proxy = view.workloads().find((one) => workloadName(one) === carrier);
    const own = proxy === undefined ? undefined : ownDrain(view, proxy);
    return own === undefined ? [] : [{ name: carrier, seconds: own.accepting.seconds + own.closing.seconds }];
  });
}

function isStream({ protocol }: { readonly protocol: string }): boolean {
  return protocol === 'websocket' || protocol === 'sse';
}
