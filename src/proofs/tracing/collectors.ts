import { Cursor, isMapping } from '../../model/cursor.ts';
import { containers, cursor, workloadName, type Workload } from '../../model/kube.ts';
import { oncePerPlatform } from '../../model/once.ts';
import type { Origin } from '../../model/origin.ts';
import type { PlatformView } from '../../model/platform.ts';
import { volumeSources } from '../../model/volumes.ts';
import { embedded } from '../alerting/embedded.ts';
import { keepsNothing } from './refusing.ts';

/** A place where a collector takes spans. */
export interface Listener {
  /** `otlp`, `otlp/internal`. */
  readonly receiver: string;
  readonly protocol: 'grpc' | 'http';
  readonly port: number;
  /** Only the pod itself reaches it; `unknown`: that depends on a release that is not known. */
  readonly isLocal: boolean | 'unknown';
  readonly tls: boolean;
  /** The trace pipelines that it feeds; none: it does nothing. */
  readonly pipelines: readonly string[];
}

export interface Pipeline {
  readonly name: string;
  readonly receivers: readonly string[];
  readonly processors: readonly string[];
  readonly exporters: readonly string[];
  /** What it reaches in the end, through connectors too; terminals and discards left out. */
  readonly backends: readonly string[];
  /** Processors that let no span through. */
  readonly refusing: readonly string[];
  readonly origin: Origin;
}

/** A collector of OpenTelemetry with its configuration. */
export interface TraceCollector {
  /** `Deployment observability/otel-gateway`, or the file of a configuration that no workload mounts. */
  readonly name: string;
  readonly workloads: readonly Workload[];
  readonly listeners: readonly Listener[];
  /** Pipelines for traces. */
  readonly pipelines: readonly Pipeline[];
  /** Receivers and processors that are configured and stand in no pipeline: they do nothing. */
  readonly idle: readonly { readonly what: string; readonly origin: Origin }[];
  /** What keeps the collector from starting: names that nothing defines, connectors that only one side uses. */
  readonly undefined: readonly { readonly what: string; readonly origin: Origin }[];
  readonly exporters: readonly {
    readonly name: string;
    readonly type: string;
    readonly endpoint?: string;
    /** No pipeline of any signal ends in it. */
    readonly isIdle: boolean;
    readonly origin: Origin;
  }[];
  readonly origin: Origin;
}

/** The collector has bound `localhost` unless told otherwise since this release (v0.104.0, `component.UseLocalHostAsDefaultHost`). */
const LOCAL_SINCE = 104;

const IMAGE =
  /(?:^|\/)(?:opentelemetry-collector(?:-[\w-]+)?|otel-?col(?:lector)?(?:-contrib|-k8s)?|otelcol(?:-contrib)?|aws-otel-collector)(?=[:@]|$)/;

export function isCollectorImage(image: string): boolean {
  return IMAGE.test(image);
}

/** Every collector: workloads with the ConfigMap they mount, OpenTelemetryCollector objects, and files that stand alone. Reads `kubernetes` and `otel-collector`. */
export const traceCollectors = oncePerPlatform((view: PlatformView): readonly TraceCollector[] => {
  const run = view.workloads().flatMap((workload) => ofWorkload(view, workload));
  const objects = view.objects('OpenTelemetryCollector').flatMap((object) => {
    const config = cursor(object).get('spec', 'config');
    const data = typeof config.value === 'string' ? embedded(config.value) : config.value;
    if (!isMapping(data)) return [];
    const at = typeof config.value === 'string' ? new Cursor(data, config) : config;
    const places = typeof config.value === 'string' ? 'text' : 'file';
    return [read(at, `OpenTelemetryCollector ${object.namespace ?? 'default'}/${object.name}`, [], 0, places)];
  });
  if (run.length + objects.length > 0) return [...run, ...objects];
  return view
    .data('otel-collector')
    .map(({ data, origin, path }) => read(new Cursor(data, origin), path, [], 'unknown', 'file'));
});

function ofWorkload(view: PlatformView, workload: Workload): TraceCollector[] {
  const image = containers(workload)
    .map(({ at }) => at.get('image').string() ?? '')
    .find(isCollectorImage);
  if (image === undefined) return [];
  const names = volumeSources(workload).map((source) => source.get('configMap', 'name').string());
  const version = /:v?0\.(\d+)/.exec(image)?.[1];
  return view
    .objects('ConfigMap', workload.namespace)
    .filter(({ name }) => names.includes(name))
    .flatMap((object) => cursor(object).get('data').entries())
    .flatMap(([, text]) => {
      const data = typeof text.value === 'string' ? embedded(text.value) : undefined;
      if (data === undefined || !isMapping(data['service']) || !isMapping(data['receivers'])) return [];
      return [
        read(
          new Cursor(data, text.origin),
          workloadName(workload),
          [workload],
          version === undefined ? 'unknown' : Number(version),
          'text',
        ),
      ];
    });
}

/** `release`: the minor version; 0 for the operator, which binds all addresses by itself. `places`: those within a text are the text's own. */
function read(
  root: Cursor,
  name: string,
  workloads: readonly Workload[],
  release: number | 'unknown',
  places: 'file' | 'text',
): TraceCollector {
  const origin = root.origin;
  const placeOf = (at: Cursor): Origin => (places === 'file' ? at.origin : origin);
  const named = (key: string): [string, Cursor][] => root.get(key).entries();
  const all = root.get('service', 'pipelines').entries();
  const connectors = new Set(named('connectors').map(([id]) => id));
  const refusing = new Set(named('processors').flatMap(([id, at]) => (keepsNothing(id, at) ? [id] : [])));
  const pipelines = all
    .filter(([id]) => /^traces(?:\/|$)/.test(id))
    .map(([id, at]) => pipeline(id, at, { all, connectors, refusing }, placeOf(at)));
  const used = (role: string): Set<string> => new Set(all.flatMap(([, at]) => at.get(role).strings()));
  const idle = (['receivers', 'processors'] as const).flatMap((role) =>
    named(role).flatMap(([id, at]) =>
      used(role).has(id) ? [] : [{ what: `${role.slice(0, -1)} ${id}`, origin: placeOf(at) }],
    ),
  );
  const lost = (['receivers', 'processors', 'exporters'] as const).flatMap((role) => {
    const known = new Set([...named(role).map(([id]) => id), ...(role === 'processors' ? [] : connectors)]);
    return [...used(role)].flatMap((id) =>
      known.has(id) ? [] : [{ what: `${role.slice(0, -1)} ${id}, which is not defined`, origin }],
    );
  });
  const halves = [...connectors].flatMap((id) => {
    const [taken, given] = [used('receivers').has(id), used('exporters').has(id)];
    if (taken === given) return [];
    const [here, missing] = taken ? ['receiver', 'exporter'] : ['exporter', 'receiver'];
    return [{ what: `connector ${id} as ${here}, and none names it as ${missing}`, origin }];
  });
  return {
    name,
    workloads,
    listeners: named('receivers').flatMap(([id, at]) => listeners(id, at, pipelines, release)),
    pipelines,
    idle,
    undefined: [...lost, ...halves],
    exporters: named('exporters').map(([id, at]) => {
      const endpoint = at.get('endpoint').value;
      return {
        name: id,
        type: typeOf(id),
        ...(typeof endpoint === 'string' ? { endpoint } : {}),
        isIdle: !used('exporters').has(id),
        origin: placeOf(at),
      };
    }),
    origin,
  };
}

function typeOf(id: string): string {
  return id.split('/')[0] ?? id;
}

/** Exporters that keep nothing. */
export const NOWHERE = /^(?:debug|logging|nop)$/;

/** What a pipeline is read in. */
interface Around {
  readonly all: readonly [string, Cursor][];
  readonly connectors: ReadonlySet<string>;
  /** Processors that let nothing through. */
  readonly refusing: ReadonlySet<string>;
}

function pipeline(name: string, at: Cursor, around: Around, origin: Origin): Pipeline {
  const processors = at.get('processors').strings();
  return {
    name,
    receivers: at.get('receivers').strings(),
    processors,
    exporters: at.get('exporters').strings(),
    backends: [...backendsOf(name, around, new Set())],
    refusing: processors.filter((id) => around.refusing.has(id)),
    origin,
  };
}

/** Exporters of a pipeline, and of the trace pipelines that its connectors lead into. */
function backendsOf(name: string, around: Around, seen: Set<string>): Set<string> {
  const { all, connectors, refusing } = around;
  if (seen.has(name)) return new Set();
  seen.add(name);
  const own = all.find(([id]) => id === name)?.[1];
  const refuses =
    own
      ?.get('processors')
      .strings()
      .some((id) => refusing.has(id)) === true;
  const exporters = own === undefined || refuses ? [] : own.get('exporters').strings();
  return new Set(
    exporters.flatMap((id) => {
      if (!connectors.has(id)) return NOWHERE.test(typeOf(id)) ? [] : [id];
      const next = all.filter(
        ([other, at]) => /^traces(?:\/|$)/.test(other) && at.get('receivers').strings().includes(id),
      );
      return next.flatMap(([other]) => [...backendsOf(other, around, seen)]);
    }),
  );
}

const PORTS = { grpc: 4317, http: 4318 } as const;

function listeners(id: string, at: Cursor, pipelines: readonly Pipeline[], release: number | 'unknown'): Listener[] {
  if (typeOf(id) !== 'otlp') return [];
  const protocols = at.get('protocols').entries();
  return (['grpc', 'http'] as const).flatMap((protocol): Listener[] => {
    const own = protocols.find(([key]) => key === protocol)?.[1];
    if (own === undefined) return [];
    const endpoint = own.get('endpoint').value;
    const written = typeof endpoint === 'string' ? /^(.*?):(\d+)$/.exec(endpoint.replaceAll(/[[\]]/g, '')) : null;
    return [
      {
        receiver: id,
        protocol,
        port: written?.[2] === undefined ? PORTS[protocol] : Number(written[2]),
        isLocal:
          written === null
            ? release === 'unknown'
              ? 'unknown'
              : release >= LOCAL_SINCE
            : /^(?:localhost|127\.|::1)/.test(written[1] ?? ''),
        tls: own.get('tls').exists,
        pipelines: pipelines.filter(({ receivers }) => receivers.includes(id)).map(({ name }) => name),
      },
    ];
  });
}
