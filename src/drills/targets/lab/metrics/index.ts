/** The lab's own Prometheus and Alertmanager. */
import { existsSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Metrics } from '../../../../model/drill/metrics.ts';
import type { OpenLab } from '../../../lab/open.ts';
import { hurried, load, loadedFiles } from '../../../lab/parts/observability/loaded.ts';
import { askTls } from '../../../lab/parts/observability/ready.ts';
import type { Use } from '../../../target.ts';
import { externalLabels, loadedFile, routedOf, routesIn } from './alertmanager.ts';
import { alertsOf, queryPrometheus, rulesOf, type AskApi } from './prometheus.ts';
import { simulateRules } from './simulate.ts';
import { startTwin } from './twin.ts';

export function labMetrics({ lab }: OpenLab, use: Use): Metrics {
  const ask: AskApi = (path) => askTls(lab.port('prometheus', 'https'), path, lab.client, use.signal);
  return {
    query: (promql) => queryPrometheus(ask, promql),
    alerts: () => alertsOf(ask),
    rules: () => rulesOf(ask),
    routes: (labels) => {
      const all = { ...externalLabels(loadedFile(lab, 'prometheus')), ...labels };
      return Promise.resolve(routesIn(loadedFile(lab, 'alertmanager'), all));
    },
    routed: async () =>
      routedOf(await askTls(lab.port('alertmanager', 'https'), '/api/v2/alerts', lab.client, use.signal)),
    servers: { prometheus: ['prometheus'], alertmanager: ['alertmanager'] },
    async hurry({ faster, intervalSeconds }) {
      const before = join(use.scratch, 'monitoring-before.json');
      const files = loadedFiles(lab);
      // Two changes of one run are undone to what was there before the first.
      if (!existsSync(before)) writeFileSync(before, JSON.stringify(files), { mode: 0o600 });
      await use.undo.before({ kind: 'monitoring-pace', data: { directory: lab.directory, before } });
      await load(lab, hurried(files, { faster, interval: intervalSeconds }), use.signal);
    },
    simulate: async (simulation) =>
      simulateRules(await rulesOf(ask), simulation, join(use.scratch, 'simulation'), use.signal),
    twin: async (options) => startTwin(lab, await rulesOf(ask), options, use),
  };
}
