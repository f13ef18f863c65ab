import { Cursor } from '../../model/cursor.ts';
import type { Query } from '../../model/control.ts';
import { cursor, podSpec, workloadName, type Workload } from '../../model/kube.ts';
import type { Origin } from '../../model/origin.ts';
import type { PlatformView } from '../../model/platform.ts';
import { sinksIn } from './sinks.ts';
import { resourceBlocks } from '../../proofs/topology/index.ts';

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
  /** How long lines are kept, and where that is said. */
  readonly retention: readonly string[];
}

/** Agents that ship logs, by the last part of their image's name. */
const AGENTS =
  /(?:^|\/)(?:fluent-?bit|aws-for-fluent-bit|fluentd(?:-kubernetes-daemonset)?|vector|promtail|alloy|grafana-agent|agent|filebeat|elastic-agent|datadog-agent|otel-collector|opentelemetry-collector(?:-contrib|-k8s)?|cloudwatch-agent|splunk-otel-collector|logging-agent|newrelic-fluentbit-output)(?:[:@]|$)/;

export function logPipeline(): Query<LogPipeline> {
  return (view) => ({
    provisional: view.provisional,
    collectors: view
      .workloads()
      .filter(readsNodeLogs)
      .map((workload) => collector(view, workload)),
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
  const seesLogs = spec
    .get('volumes')
    .items()
    .some((volume) => /^\/var\/(?:log|lib\/docker\/containers)/.test(volume.get('hostPath', 'path').string() ?? ''));
  return seesLogs && images.some((image) => AGENTS.test(image));
}

function collector(view: PlatformView, workload: Workload): Collector {
  const names = podSpec(workload)
    .get('volumes')
    .items()
    .flatMap((volume) => [
      ...(volume.get('configMap', 'name').string() ?? '').split(' '),
      ...volume
        .get('projected', 'sources')
        .items()
        .map((source) => source.get('configMap', 'name').string() ?? ''),
    ])
    .filter((name) => name !== '');
  const texts = view
    .objects('ConfigMap', workload.namespace)
    .filter(({ name }) => names.includes(name))
    .flatMap((object) => Object.values(cursor(object).get('data').stringMap()));
  const documents = view
    .data('otel-collector')
    .filter(({ data }) => texts.some((text) => holds(text, data)))
    .flatMap(({ data, origin }) => logExporters(new Cursor(data, origin)));
  return {
    name: workloadName(workload),
    sinks: [...new Set([...documents, ...texts.flatMap(sinksIn)])],
    configured: texts.length > 0,
    origin: workload.object.origin,
  };
}

/** Whether a ConfigMap's text is this file: it names every exporter. */
function holds(text: string, data: unknown): boolean {
  const exporters = new Cursor(data, { path: '' })
    .get('exporters')
    .entries()
    .map(([name]) => name);
  return exporters.length > 0 && exporters.every((name) => text.includes(`${name}:`));
}

/** Exporters that keep nothing. */
const TERMINALS = /^(?:debug|logging|nop)(?:\/|$)/;

/** Exporters of pipelines for logs; a connector, which only counts lines, is none. */
function logExporters(root: Cursor): string[] {
  const connectors = root
    .get('connectors')
    .entries()
    .map(([name]) => name);
  return root
    .get('service', 'pipelines')
    .entries()
    .filter(([name]) => /^logs(?:\/|$)/.test(name))
    .flatMap(([, pipeline]) => pipeline.get('exporters').strings())
    .filter((name) => !connectors.includes(name) && !TERMINALS.test(name));
}

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
    .flatMap((text) => /\bretention_period:\s*["']?(\d+[hdw])/.exec(text)?.[1] ?? [])
    .map((period) => `Loki ${period}`);
  const { audit } = view.spec;
  return [...groups, ...loki, ...(audit?.retention === undefined ? [] : [`audit ${audit.retention}`])];
}
