/** Alertmanager's API (v2), and the routing that it has loaded. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';
import { CannotTell } from '../../../../model/drill/drill.ts';
import type { RoutedAlert, TakenRoute } from '../../../../model/drill/metrics.ts';
import { readConfig, routeLabels, Patterns } from '../../../../proofs/alerting/routing/index.ts';
import type { Lab } from '../../../lab/part.ts';

const routed = z.array(
  z.looseObject({
    labels: z.record(z.string(), z.string()),
    fingerprint: z.string(),
    receivers: z.array(z.looseObject({ name: z.string() })),
    status: z.looseObject({ inhibitedBy: z.array(z.string()), silencedBy: z.array(z.string()) }),
  }),
);

/** The answer of `/api/v2/alerts`. */
export function routedOf(answer: string): RoutedAlert[] {
  const all = routed.parse(JSON.parse(answer));
  const nameOf = new Map(all.map(({ fingerprint, labels }) => [fingerprint, labels['alertname'] ?? '']));
  return all.map(({ labels, receivers, status }) => ({
    name: labels['alertname'] ?? '',
    labels,
    receivers: receivers.map(({ name }) => name),
    inhibitedBy: status.inhibitedBy.map((fingerprint) => nameOf.get(fingerprint) ?? fingerprint),
    silenced: status.silencedBy.length > 0,
  }));
}

/** Where a configuration sends labels. */
export function routesIn(config: unknown, labels: Readonly<Record<string, string>>): TakenRoute[] {
  const read = readConfig(config, { path: 'alertmanager.json' });
  if ('refused' in read) throw new CannotTell(`Alertmanager's routing cannot be read: ${read.refused.because}`);
  return routeLabels(read.value.root, labels, new Patterns()).map(({ receiver, groupWait, groupInterval }) => ({
    receiver,
    groupWait,
    groupInterval,
  }));
}

/** What one of the lab's servers has loaded, whoever wrote it. */
export function loadedFile(lab: Lab, part: 'prometheus' | 'alertmanager'): Record<string, unknown> {
  return JSON.parse(readFileSync(join(lab.folder(part), `${part}.json`), 'utf8')) as Record<string, unknown>;
}

/** Labels that Prometheus adds to everything that it sends. */
export function externalLabels(prometheus: Record<string, unknown>): Record<string, string> {
  const { global } = z
    .looseObject({ global: z.looseObject({ external_labels: z.record(z.string(), z.string()).default({}) }) })
    .parse(prometheus);
  return global.external_labels;
}
