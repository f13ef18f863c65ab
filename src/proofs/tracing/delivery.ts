import { containers, cursor, podSpec, workloadName, type KubeObject, type Workload } from '../../model/kube.ts';
import type { PlatformView } from '../../model/platform.ts';
import { workloadsBehind } from '../../model/service-pods.ts';
import { isCollectorImage, traceCollectors, type Listener, type TraceCollector } from './collectors.ts';
import { hasSidecar } from './settings.ts';

/** Whether spans sent to an endpoint are taken. */
export type Delivery =
  | { readonly state: 'taken'; readonly by: string; readonly how: string }
  | { readonly state: 'lost'; readonly because: string; readonly fromAbsence: boolean }
  | { readonly state: 'unknown'; readonly because: string };

export interface Sender {
  readonly workload: Workload;
  readonly endpoint: string;
  /** `grpc`, `http/protobuf`, `http/json`; absent: the SDK's own default, which differs. */
  readonly protocol?: string;
}

interface Address {
  readonly scheme?: string;
  readonly host: string;
  readonly port: number;
}

const lost = (because: string, fromAbsence = false): Delivery => ({ state: 'lost', because, fromAbsence });
const unknown = (because: string): Delivery => ({ state: 'unknown', because });

/** Follows an endpoint to the collector that listens there, and compares protocol and TLS. */
export function delivery(view: PlatformView, sender: Sender): Delivery {
  const address = parseAddress(sender.endpoint, sender.protocol);
  if (address === undefined) return unknown(`${sender.endpoint} is no address that can be read`);
  if (/^(?:localhost|127\.0\.0\.1)$/.test(address.host)) return toSidecar(view, sender, address);
  if (address.host.startsWith('$('))
    return /NODE|HOST/i.test(address.host)
      ? toNode(view, sender, address)
      : unknown(`what ${address.host} is cannot be told`);
  const [name = '', namespace = sender.workload.namespace, ...rest] = address.host.split('.');
  const isInside = rest.length === 0 || rest[0] === 'svc';
  if (!isInside) return { state: 'taken', by: address.host, how: 'a backend outside of the cluster' };
  const service = view.objects('Service', namespace).find((each) => each.name === name && each.apiVersion === 'v1');
  if (service === undefined) return toManaged(view, name, namespace, sender, address);
  return toService(view, service, sender, address);
}

function parseAddress(endpoint: string, protocol: string | undefined): Address | undefined {
  const match = /^(?:(https?|grpc):\/\/)?(\$\([A-Z_a-z]\w*\)|\[[^\]]+\]|[\w.-]+)(?::(\d+))?(?:\/.*)?$/.exec(
    endpoint.trim(),
  );
  if (match?.[2] === undefined) return undefined;
  const port = match[3] === undefined ? (protocol?.startsWith('http') === true ? 4318 : 4317) : Number(match[3]);
  return { ...(match[1] === undefined ? {} : { scheme: match[1] }), host: match[2], port };
}

function toSidecar(view: PlatformView, sender: Sender, address: Address): Delivery {
  const own = traceCollectors(view).find(({ workloads }) => workloads.includes(sender.workload));
  if (own !== undefined) return toCollector(own, sender, address, address.port, true);
  if (hasSidecar(sender.workload, isCollectorImage))
    return unknown('the configuration of the collector beside it is not in the repository');
  return lost(`${address.host} is the pod itself, which has no collector`);
}

/** `$(NODE_IP)`: a DaemonSet that opens the port on every node. */
function toNode(view: PlatformView, sender: Sender, address: Address): Delivery {
  const agents = traceCollectors(view).filter(({ workloads }) => workloads.some(({ kind }) => kind === 'DaemonSet'));
  for (const agent of agents) {
    const workload = agent.workloads[0];
    if (workload === undefined) continue;
    const hostNetwork = podSpec(workload).get('hostNetwork').boolean() === true;
    const ports = containers(workload).flatMap(({ at }) => at.get('ports').items());
    const opened = ports.find((port) => port.get('hostPort').integer() === address.port);
    if (opened !== undefined)
      return toCollector(agent, sender, address, opened.get('containerPort').integer() ?? address.port, false);
    if (hostNetwork) return toCollector(agent, sender, address, address.port, false);
  }
  return agents.length === 0
    ? unknown(`what listens on the node at port ${address.port} is not in the repository`)
    : lost(`no DaemonSet opens port ${address.port} on the node`);
}

/** The operator makes Services of its own: `NAME-collector`. */
function toManaged(view: PlatformView, name: string, namespace: string, sender: Sender, address: Address): Delivery {
  const managed = traceCollectors(view).find(
    (each) => each.name === `OpenTelemetryCollector ${namespace}/${name.replace(/-collector(?:-headless)?$/, '')}`,
  );
  if (managed !== undefined) return toCollector(managed, sender, address, address.port, false);
  const populated = view.objects('Service', namespace).length > 0;
  return populated
    ? lost(`there is no Service ${namespace}/${name}`, true)
    : unknown(`namespace ${namespace} is not in the repository`);
}

function toService(view: PlatformView, service: KubeObject, sender: Sender, address: Address): Delivery {
  const called = `Service ${service.namespace ?? 'default'}/${service.name}`;
  const spec = cursor(service).get('spec');
  const port = spec
    .get('ports')
    .items()
    .find((each) => each.get('port').integer() === address.port);
  if (port === undefined) return lost(`${called} has no port ${address.port}`);
  const workloads = workloadsBehind(view, service);
  if (workloads.length === 0)
    return !spec.get('selector').exists
      ? unknown(`${called} has no selector`)
      : lost(`${called} selects no pods`, true);
  const target = port.get('targetPort').integerOrString() ?? address.port;
  const collector = traceCollectors(view).find((each) =>
    each.workloads.some((workload) => workloads.includes(workload)),
  );
  const numbers = workloads.flatMap((workload) => (typeof target === 'number' ? [target] : numbered(workload, target)));
  if (numbers[0] === undefined)
    return lost(
      `${called} leads to port ${target}, which no container of ${workloads.map(workloadName).join(', ')} has`,
    );
  if (collector !== undefined) return toCollector(collector, sender, address, numbers[0], false);
  const isCollector = workloads.some((workload) =>
    containers(workload).some(({ at }) => isCollectorImage(at.get('image').string() ?? '')),
  );
  if (isCollector)
    return unknown(`the configuration of ${workloads.map(workloadName).join(', ')} is not in the repository`);
  return byConvention(workloads, sender, numbers[0]);
}

function numbered(workload: Workload, name: string): number[] {
  return containers(workload).flatMap(({ at }) =>
    at
      .get('ports')
      .items()
      .flatMap((port) => (port.get('name').string() === name ? (port.get('containerPort').integer() ?? []) : [])),
  );
}

/** A backend that takes OTLP by itself, such as Tempo or Jaeger: its two ports mean what they mean everywhere. */
function byConvention(workloads: readonly Workload[], { protocol }: Sender, port: number): Delivery {
  const spoken = port === 4317 ? 'grpc' : port === 4318 ? 'http' : undefined;
  const by = workloads.map(workloadName).join(', ');
  if (spoken === undefined) return unknown(`what ${by} speaks at port ${port} is not known`);
  return mismatch(protocol, spoken, port) ?? { state: 'taken', by, how: `OTLP over ${spoken} at port ${port}` };
}

function toCollector(
  collector: TraceCollector,
  { protocol }: Sender,
  { scheme }: Address,
  port: number,
  fromWithin: boolean,
): Delivery {
  const listener = collector.listeners.find((each) => each.port === port);
  if (listener === undefined)
    return lost(`no OTLP receiver of ${collector.name} listens at port ${port}${listening(collector.listeners)}`);
  if (listener.pipelines.length === 0)
    return lost(`receiver ${listener.receiver} of ${collector.name} stands in no pipeline for traces`);
  if (!fromWithin && listener.isLocal === true)
    return lost(`receiver ${listener.receiver} of ${collector.name} binds localhost, which other pods do not reach`);
  const wrong = mismatch(protocol, listener.protocol, port);
  if (wrong !== undefined) return wrong;
  if (scheme === 'https' && !listener.tls)
    return lost(`the endpoint wants TLS, and receiver ${listener.receiver} of ${collector.name} speaks plain text`);
  if (scheme === 'http' && listener.tls)
    return lost(`the endpoint speaks plain text, and receiver ${listener.receiver} of ${collector.name} wants TLS`);
  if (!fromWithin && listener.isLocal === 'unknown')
    return unknown(
      `receiver ${listener.receiver} of ${collector.name} names no address: since release 0.104 it then binds localhost`,
    );
  return { state: 'taken', by: collector.name, how: `OTLP over ${listener.protocol} at port ${port}` };
}

function listening(listeners: readonly Listener[]): string {
  if (listeners.length === 0) return '; it has none';
  return `; they listen at ${listeners.map(({ port, protocol }) => `${port} (${protocol})`).join(', ')}`;
}

/** gRPC at an HTTP port and the reverse fail on every span. Unsaid, the specification's default is HTTP, and some SDKs' is gRPC. */
function mismatch(protocol: string | undefined, spoken: 'grpc' | 'http', port: number): Delivery | undefined {
  if (protocol === undefined) {
    if (spoken === 'http') return undefined;
    return unknown(
      `port ${port} speaks gRPC, and no OTEL_EXPORTER_OTLP_PROTOCOL says that the SDK does: the default of most is http/protobuf`,
    );
  }
  const said = protocol.startsWith('http') ? 'http' : 'grpc';
  return said === spoken
    ? undefined
    : lost(`it sends ${protocol}, and port ${port} speaks ${spoken === 'grpc' ? 'gRPC' : 'HTTP'}`);
}
