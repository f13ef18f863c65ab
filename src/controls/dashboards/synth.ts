import type { Patch, Subject } from '../../model/control.ts';
import { sha256 } from '../../model/digest.ts';
import { faults, missingTopics, type Params } from './check.ts';
import type { Dashboards } from './query.ts';
import type { Candidate } from './topics.ts';

/**
 * One dashboard with a panel for each topic that is due and not shown, where something exposes what it needs; in a ConfigMap with
 * the label that Grafana's sidecar looks for. Nothing else is mended: a panel on a missing metric wants a decision.
 */
export function synth(subject: Subject, facts: Dashboards, params: Params): Patch[] {
  const missing = missingTopics(facts, params);
  const { place, library } = facts;
  const panels = missing.flatMap(({ topic, candidate }) => (candidate === undefined ? [] : [{ topic, candidate }]));
  if (
    library !== undefined ||
    missing.length === 0 ||
    panels.length < missing.length ||
    place === undefined ||
    faults(facts, params).length > 0
  )
    return [];
  const model = overview(subject.name, panels);
  return [
    {
      op: 'add-object',
      beside: place.origin,
      object: {
        apiVersion: 'v1',
        kind: 'ConfigMap',
        metadata: { name: 'launch-overview-dashboard', namespace: place.namespace, labels: place.labels },
        data: { 'launch-overview.json': `${JSON.stringify(model, undefined, 2)}\n` },
      },
      reason: `Shows ${panels.map(({ topic }) => topic).join(', ')}.`,
    },
  ];
}

const SOURCE = { type: 'prometheus', uid: '${datasource}' } as const;

/** A dashboard's model of Grafana 10 and newer; byte-identical for the same panels. */
export function overview(
  environment: string,
  panels: readonly { readonly topic: string; readonly candidate: Candidate }[],
): Record<string, unknown> {
  return {
    uid: `launch-${sha256(environment).slice('sha256:'.length, 'sha256:'.length + 12)}`,
    title: `Launch overview, ${environment}`,
    tags: ['launch'],
    timezone: 'utc',
    schemaVersion: 39,
    refresh: '1m',
    time: { from: 'now-6h', to: 'now' },
    templating: {
      list: [
        { name: 'datasource', label: 'Data source', type: 'datasource', query: 'prometheus', current: {}, hide: 0 },
      ],
    },
    panels: panels.map(({ topic, candidate }, index) => panel(topic, candidate, index)),
  };
}

function panel(topic: string, { expr, legend, unit }: Candidate, index: number): Record<string, unknown> {
  return {
    id: index + 1,
    type: 'timeseries',
    title: topic.charAt(0).toUpperCase() + topic.slice(1),
    datasource: SOURCE,
    gridPos: { x: (index % 2) * 12, y: Math.floor(index / 2) * 8, w: 12, h: 8 },
    fieldConfig: { defaults: { unit }, overrides: [] },
    options: { legend: { displayMode: 'list', placement: 'bottom' }, tooltip: { mode: 'multi' } },
    targets: [{ refId: 'A', datasource: SOURCE, expr, legendFormat: legend }],
  };
}
