import type { Query, Subject } from '../../model/control.ts';
import { containers, workloadName, type Workload } from '../../model/kube.ts';
import type { Origin } from '../../model/origin.ts';
import type { PlatformView, Service } from '../../model/platform.ts';
import { isLongRunning, runsForEver, theEnvironment, workloadsOf } from '../../model/subjects.ts';
import {
  delivery,
  isCollectorImage,
  NOWHERE,
  traceCollectors,
  traceSettings,
  type Delivery,
} from '../../proofs/tracing/index.ts';

/** A variable of a platform's own that holds the address of a collector, as many demo applications have it. */
const OWN_VARIABLES = [
  'OTEL_COLLECTOR_ADDR',
  'COLLECTOR_SERVICE_ADDR',
  'OTEL_EXPORTER_OTLP_GRPC_ENDPOINT',
  'OTLP_ENDPOINT',
  'OTEL_ENDPOINT',
  'OTEL_COLLECTOR_ENDPOINT',
];

/** How one workload sends its spans, and whether they arrive. */
export interface Sending {
  readonly workload: string;
  readonly state: 'set' | 'off' | 'unknown' | 'unset';
  readonly endpoint?: string;
  readonly because?: string;
  readonly delivery?: Delivery;
  readonly origin: Origin;
}

export interface ServiceFacts {
  readonly about: 'service';
  readonly sendings: readonly Sending[];
}

export interface CollectorFacts {
  readonly name: string;
  readonly pipelines: readonly {
    readonly name: string;
    readonly takesOtlp: boolean;
    readonly backends: readonly string[];
    readonly processors: readonly string[];
    /** Those of them that let no span through. */
    readonly refusing: readonly string[];
    readonly origin: Origin;
  }[];
  readonly idle: readonly { readonly what: string; readonly origin: Origin }[];
  /** Exporters that could keep something, and that no pipeline ends in. */
  readonly unusedExporters: readonly { readonly name: string; readonly origin: Origin }[];
  readonly undefined: readonly { readonly what: string; readonly origin: Origin }[];
  readonly exports: readonly { readonly name: string; readonly delivery: Delivery; readonly origin: Origin }[];
  readonly origin: Origin;
}

export interface EnvironmentFacts {
  readonly about: 'environment';
  readonly provisional: boolean;
  readonly collectors: readonly CollectorFacts[];
  /** Workloads with the program of a collector, of which no configuration could be read. */
  readonly unread: readonly string[];
  /** Samplers that services are told of. */
  readonly samplers: readonly string[];
  /** Where every sender goes on with traces of others, and none starts one: what tells the first of them. */
  readonly startsNone?: { readonly origin: Origin };
  readonly senders: number;
}

/** Kinds of services whose time is somebody's: what only serves files, or is not ours, sends no spans of its own. */
const KINDS: readonly string[] = ['api', 'worker', 'relay', 'gateway', 'undefined'];

/**
 * Services of the spec that do work for somebody, and the environment. Without a spec nobody says which workloads are services of one's
 * own: those that are told of a collector count.
 */
export function traced(view: PlatformView): Subject[] {
  const services = view.services().filter((service) => runsForEver(service) && isTraced(view, service));
  return [...services.map(({ name }): Subject => ({ kind: 'service', name })), ...theEnvironment(view)];
}

function isTraced(view: PlatformView, service: Service): boolean {
  if (service.declared) return KINDS.includes(String(service.spec.kind));
  return (
    view.provisional &&
    service.workloads.some((workload) => traceSettings(view, workload, OWN_VARIABLES).state === 'set')
  );
}

export function facts(subject: Subject): Query<ServiceFacts | EnvironmentFacts> {
  return (view) => {
    if (subject.kind === 'environment') return environmentFacts(view);
    return {
      about: 'service',
      sendings: workloadsOf(view, subject)
        .filter(isLongRunning)
        .map((workload) => sending(view, workload)),
    };
  };
}

function sending(view: PlatformView, workload: Workload): Sending {
  const settings = traceSettings(view, workload, OWN_VARIABLES);
  const name = workloadName(workload);
  if (settings.state === 'unset') return { workload: name, state: 'unset', origin: workload.object.origin };
  const { origin } = settings;
  if (settings.state !== 'set') return { workload: name, state: settings.state, because: settings.because, origin };
  const { endpoint, protocol, variable } = settings;
  // A variable of one's own says nothing of the protocol either; without a scheme it is gRPC by habit.
  const spoken = protocol ?? (OWN_VARIABLES.includes(variable) && !endpoint.includes('://') ? 'grpc' : undefined);
  const answer = delivery(view, { workload, endpoint, ...(spoken === undefined ? {} : { protocol: spoken }) });
  return { workload: name, state: 'set', endpoint, delivery: answer, origin };
}

function environmentFacts(view: PlatformView): EnvironmentFacts {
  const workloads = view.workloads().filter(isLongRunning);
  const told = workloads.map((workload) => traceSettings(view, workload, OWN_VARIABLES));
  const senders = told.flatMap((each) => (each.state === 'set' ? [each] : []));
  const startsNone = senders.every((each) => each.startsNone) && told.every(({ state }) => state !== 'unknown');
  const read = new Set(traceCollectors(view).flatMap((collector) => collector.workloads));
  return {
    about: 'environment',
    provisional: view.provisional,
    collectors: traceCollectors(view)
      .filter(({ pipelines, listeners }) => pipelines.length > 0 || listeners.length > 0)
      .map((collector) => ({
        name: collector.name,
        pipelines: collector.pipelines.map(({ name, receivers, backends, processors, refusing, origin }) => ({
          name,
          takesOtlp: receivers.some((id) => id.split('/')[0] === 'otlp'),
          backends,
          processors,
          refusing,
          origin,
        })),
        idle: collector.idle,
        unusedExporters: collector.exporters.flatMap(({ name, type, isIdle, origin }) =>
          isIdle && !NOWHERE.test(type) ? [{ name, origin }] : [],
        ),
        undefined: collector.undefined,
        exports: collector.pipelines.length === 0 ? [] : onwards(view, collector),
        origin: collector.origin,
      })),
    unread: workloads
      .filter((workload) => !read.has(workload) && runsCollector(workload))
      .map(workloadName)
      .toSorted(),
    samplers: [...new Set(senders.flatMap(({ sampler }) => (samples(sampler) ? [sampler] : [])))].sort(),
    ...(startsNone && senders[0] !== undefined && { startsNone: { origin: senders[0].origin } }),
    senders: senders.length,
  };
}

function runsCollector(workload: Workload): boolean {
  return containers(workload).some(({ at }) => isCollectorImage(at.get('image').string() ?? ''));
}

/** Whether a sampler of the SDK leaves anything out. */
function samples(sampler: string | undefined): sampler is string {
  return sampler !== undefined && !sampler.endsWith('always_on');
}

/** OTLP that a collector sends on, judged as that of a service is. */
function onwards(view: PlatformView, collector: ReturnType<typeof traceCollectors>[number]): CollectorFacts['exports'] {
  const [workload] = collector.workloads;
  if (workload === undefined) return [];
  const used = new Set(collector.pipelines.flatMap(({ backends }) => backends));
  return collector.exporters.flatMap(({ name, type, endpoint, origin }) => {
    if (!used.has(name) || endpoint === undefined || endpoint.includes('${') || !/^otlp(?:_?http|_?grpc)?$/.test(type))
      return [];
    const protocol = /http/.test(type) ? 'http/protobuf' : 'grpc';
    return [
      { name, delivery: delivery(view, { workload, endpoint: endpoint.replace(/^dns:\/\/\//, ''), protocol }), origin },
    ];
  });
}
