import type { Query, Subject } from '../../model/control.ts';
import { environmentOf } from '../../model/env.ts';
import { workloadName, type Workload } from '../../model/kube.ts';
import type { Origin } from '../../model/origin.ts';
import type { PlatformView, Service } from '../../model/platform.ts';
import { isLongRunning, runsForEver, theEnvironment, workloadsOf } from '../../model/subjects.ts';
import { edgesOf, type EdgeId } from './edge.ts';

/** What a workload is told of propagation. */
export interface Propagation {
  readonly workload: string;
  /** Formats in `OTEL_PROPAGATORS`; undefined when nothing sets it. */
  readonly formats?: readonly string[];
  /** `OTEL_SDK_DISABLED` is true. */
  readonly disabled: boolean;
  /** An OpenTelemetry SDK is told something, so that its default holds where no format is set. */
  readonly instrumented: boolean;
  /** A value that is not in the repository decides. */
  readonly hidden?: string;
  readonly origin: Origin;
}

export interface ServiceFacts {
  readonly about: 'service';
  readonly workloads: readonly Propagation[];
  /** Stores for messages that it uses, by flow: nothing of HTTP carries an id through these. */
  readonly messaging: readonly string[];
}

export interface EnvironmentFacts {
  readonly about: 'environment';
  readonly edges: readonly EdgeId[];
}

/** What serves files or is not ours hands nothing on. */
const KINDS: readonly string[] = ['api', 'worker', 'relay', 'gateway', 'undefined'];
/** Kinds of stores that carry messages, jobs and events. A cache is none, but Redis is both: the spec's channels say so. */
const MESSAGING: readonly string[] = ['nats', 'kafka', 'rabbitmq', 'pulsar', 'sqs', 'temporal'];

export function correlated(view: PlatformView): Subject[] {
  const services = view.services().filter((service) => {
    const { declared, spec, workloads } = service;
    if (!runsForEver(service)) return false;
    if (declared) return KINDS.includes(String(spec.kind));
    return view.provisional && workloads.some((workload) => propagation(view, workload).instrumented);
  });
  return [...services.map(({ name }): Subject => ({ kind: 'service', name })), ...theEnvironment(view)];
}

export function facts(subject: Subject): Query<ServiceFacts | EnvironmentFacts> {
  return (view) => {
    if (subject.kind === 'environment') return { about: 'environment', edges: edgesOf(view) };
    const service = view.service(subject.name);
    return {
      about: 'service',
      workloads: workloadsOf(view, subject)
        .filter(isLongRunning)
        .map((workload) => propagation(view, workload)),
      messaging: service === undefined ? [] : messagingOf(view, service),
    };
  };
}

function propagation(view: PlatformView, workload: Workload): Propagation {
  const environment = environmentOf(view, workload);
  const find = (name: string): (typeof environment)[number] | undefined =>
    environment.find((each) => each.name === name);
  const valueOf = (variable: (typeof environment)[number] | undefined): string | undefined =>
    variable?.source.from === 'literal' || variable?.source.from === 'configMap' ? variable.source.value : undefined;
  const set = find('OTEL_PROPAGATORS');
  const formats = valueOf(set);
  const whole = find('*');
  const hidden =
    set !== undefined && formats === undefined
      ? 'OTEL_PROPAGATORS'
      : whole === undefined
        ? undefined
        : 'a whole Secret';
  return {
    workload: workloadName(workload),
    ...(formats === undefined ? {} : { formats: formats.split(',').map((format) => format.trim().toLowerCase()) }),
    disabled: valueOf(find('OTEL_SDK_DISABLED'))?.toLowerCase() === 'true',
    instrumented: environment.some(({ name }) => name.startsWith('OTEL_')),
    ...(hidden === undefined ? {} : { hidden }),
    origin: set?.origin ?? workload.object.origin,
  };
}

/** Message stores of its flows, and Redis stores whose channels it publishes or subscribes. */
function messagingOf(view: PlatformView, { name }: Service): string[] {
  const { flows, channels, stores, services } = view.spec;
  const kindOf = (target: string): string => {
    const [, called = ''] = target.split('/');
    const kind = stores.find((store) => store.name === called)?.kind;
    return String(kind ?? (services.some((service) => service.name === called) ? called : ''));
  };
  const byFlow = (flows ?? [])
    .filter(({ from, to }) => from === `service/${name}` && MESSAGING.includes(kindOf(to)))
    .map(({ to }) => to);
  const byChannel = channels
    .filter(({ publishers, subscribers }) => publishers.includes(name) || subscribers.includes(name))
    .map(({ store }) => `store/${store}`);
  return [...new Set([...byFlow, ...byChannel])].sort();
}
