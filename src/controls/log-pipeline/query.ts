import { Cursor } from '../../model/cursor.ts';
import type { Query } from '../../model/control.ts';
import { cursor, podSpec, workloadName, type Workload } from '../../model/kube.ts';
import type { Origin } from '../../model/origin.ts';
import type { PlatformView } from '../../model/platform.ts';
import { configFiles } from './files.ts';
import { sinksIn } from './sinks.ts';
import { embedded } from '../../proofs/alerting/embedded.ts';
import { resourceBlocks } from '../../proofs/topology/index.ts';
import { isCollectorImage } from '../../proofs/tracing/index.ts';

/** An agent that reads the logs of a node's containers. */
export interface Collector {
  readonly name: string;
  /** Where it sends log lines to; terminals and discards left out. */
  readonly sinks: readonly string[];
  /** False where its configuration is not in the repository. */
  readonly configured: boolean;
  readonly origin: Origin;
}

export interface LogPipeline {
  readonly provisional: boolean;
  readonly collectors: readonly Collector[];
  /** Objects from which an operator makes agents, whose configuration is not read. */
  readonly operated: readonly string[];
  /** How long lines are kept, and where that is said. */
  readonly retention: readonly string[];
}

/** Agents that ship logs, by the last part of their image's name. */
const AGENTS =
  /(?:^|\/)(?:fluent-?bit|aws-for-fluent-bit|fluentd(?:-kubernetes-daemonset)?|vector|promtail|alloy|grafana-agent|agent|filebeat|elastic-agent|datadog-agent|otel-collector|opentelemetry-collector(?:-contrib|-k8s)?|cloudwatch-agent|splunk-otel-collector|logging-agent|newrelic-fluentbit-output)(?:[:@]|$)/;

export function logPipeline(): Query<LogPipeline> {
  return (view) => ({
    provisional: view.provisional,
    collectors: [
      ...view
        .workloads()
        .filter(readsNodeLogs)
        .map((workload) => collector(view, workload)),
      ...operatedCollectors(view),
    ],
    operated: OPERATED.flatMap((kind) => view.objects(kind))
      .map(({ kind, name }) => `${kind} ${name}`)
      .toSorted(),
    retention: retentions(view),
  });
}

/** A DaemonSet with the program of an agent that sees the node's log folder. */
function readsNodeLogs(workload: Workload): boolean {
  if (workload.kind !== 'DaemonSet') return false;
  const spec = podSpec(workload);
  const images = spec
    .get('containers')
    .items()
    .flatMap((container) => container.get('image').string() ?? []);
  return seesNodeLogs(spec) && images.some((image) => AGENTS.test(image) || isCollectorImage(image));
}

/** Whether what has these volumes sees the folder in which a node keeps the lines of its containers. */
function seesNodeLogs(spec: Cursor): boolean {
  return spec
    .get('volumes')
    .items()
    .some((volume) => /^\/var\/(?:log|lib\/docker\/containers)/.test(volume.get('hostPath', 'path').string() ?? ''));
}

/** Kinds of operators for agents: Fluent Operator, Logging operator, OpenShift Logging, Grafana. */
const OPERATED: readonly string[] = [
  'FluentBit',
  'FluentbitAgent',
  'Logging',
  'ClusterLogForwarder',
  'ClusterLogging',
  'PodLogs',
];

/** What the operator of OpenTelemetry runs on every node. */
function operatedCollectors(view: PlatformView): Collector[] {
  return view.objects('OpenTelemetryCollector').flatMap((object) => {
    const spec = cursor(object).get('spec');
    if (spec.get('mode').string() !== 'daemonset' || !seesNodeLogs(spec)) return [];
    const config = spec.get('config');
    const data = typeof config.value === 'string' ? embedded(config.value) : config.value;
    return [
      {
        name: `OpenTelemetryCollector ${object.namespace ?? 'default'}/${object.name}`,
        sinks: logExporters(new Cursor(data, config.origin)),
        configured: true,
        origin: object.origin,
      },
    ];
  });
}

function collector(view: PlatformView, workload: Workload): Collector {
  const files = configFiles(view, workload);
  const collectors = files.flatMap(({ text }) => logExporters(new Cursor(embedded(text), workload.object.origin)));
  return {
    name: workloadName(workload),
    sinks: [...new Set([...collectors, ...sinksIn(files)])],
    configured: files.length > 0,
    origin: workload.object.origin,
  };
}

/** Exporters that keep nothing. */
const TERMINALS = /^(?:debug|logging|nop)(?:\/|$)/;

/** Receivers that read the lines of a node. */
const READERS = /^(?:filelog|journald|receiver_creator|fluentforward)(?:\/|$)/;

/** Exporters that lines come to from what reads them, through connectors; a connector itself keeps none. */
function logExporters(root: Cursor): string[] {
  const connectors = new Set(
    root
      .get('connectors')
      .entries()
      .map(([name]) => name),
  );
  const pipelines = root
    .get('service', 'pipelines')
    .entries()
    .filter(([name]) => /^logs(?:\/|$)/.test(name))
    .map(([, at]) => ({ receivers: at.get('receivers').strings(), exporters: at.get('exporters').strings() }));
  const carrying = new Set<string>();
  const takes = ({ receivers }: { readonly receivers: readonly string[] }): boolean =>
    receivers.some((name) => READERS.test(name) || (connectors.has(name) && carrying.has(name)));
  for (const _ of pipelines)
    for (const to of pipelines.filter(takes).flatMap(({ exporters }) => exporters)) carrying.add(to);
  return [...carrying].filter((name) => !connectors.has(name) && !TERMINALS.test(name));
}

/** Without one of these Loki minds no period. https://grafana.com/docs/loki/latest/operations/storage/retention/ */
const LOKI_DELETES = /\b(?:retention_enabled|retention_deletes_enabled):\s*["']?true\b/;

/** Retention as Terraform, Loki or the spec say it. */
function retentions(view: PlatformView): string[] {
  const groups = resourceBlocks(view, 'aws_cloudwatch_log_group').flatMap(({ labels, attributes }) =>
    attributes['retention_in_days'] === undefined
      ? []
      : [
          `${labels.join('.')} ${String(attributes['retention_in_days'].literal ?? attributes['retention_in_days'].text)} days`,
        ],
  );
  const loki = view
    .objects('ConfigMap')
    .flatMap((object) => Object.values(cursor(object).get('data').stringMap()))
    .filter((text) => LOKI_DELETES.test(text))
    .flatMap((text) => /\bretention_period:\s*["']?(\d+[hdw])/.exec(text)?.[1] ?? [])
    .map((period) => `Loki ${period}`);
  const { audit } = view.spec;
  return [...groups, ...loki, ...(audit?.retention === undefined ? [] : [`audit ${audit.retention}`])];
}
