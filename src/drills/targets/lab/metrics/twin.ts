/**
 * A Prometheus and an Alertmanager of the drill's own, with the rules and routes that the lab's have loaded, for alerts whose causes a lab cannot
 * have. They page the lab's pager; what they page carries a mark.
 */
import { spawn, type ChildProcess } from 'node:child_process';
import { basename, join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { CannotTell } from '../../../../model/drill/drill.ts';
import type { LoadedRule, MonitoringTwin, TwinOptions } from '../../../../model/drill/metrics.ts';
import { knowsAlertmanager } from '../../../lab/parts/observability/index.ts';
import { timedRoute } from '../../../lab/parts/observability/alertmanager.ts';
import { askTls } from '../../../lab/parts/observability/ready.ts';
import { timed, type Timing } from '../../../lab/parts/observability/timing.ts';
import { text } from '../../../lab/parts/observability/write.ts';
import type { Lab } from '../../../lab/part.ts';
import { baseEnvironment } from '../../../lab/run/launch.ts';
import { MARK } from '../../../lab/run/owned.ts';
import { reservePorts } from '../../../lab/run/ports.ts';
import { needProgram } from '../../../lab/run/programs.ts';
import { ownerFor } from '../../../lab/run/users.ts';
import { makeFolder, writeOwned } from '../../../lab/trust/mount.ts';
import type { Use } from '../../../target.ts';
import { RUN_MARK } from '../../../undo/end-processes.ts';
import { externalLabels, loadedFile, routedOf, routesIn } from './alertmanager.ts';
import { openMetrics, startInjector } from './inject.ts';
import { alertsOf, groupsOf, missedEvaluations, rulesOf, type AskApi } from './prometheus.ts';
import { promtool } from './simulate.ts';

/** Label of everything that the twin sends. */
const LABEL = 'launchgate_drill';
const USER = 'prometheus';
const READY_MS = 30_000;

interface Places {
  readonly lab: Lab;
  readonly folder: string;
  /** The run's id. */
  readonly run: string;
  readonly timing: Timing;
  readonly ports: { readonly prometheus: number; readonly alertmanager: number; readonly injector: number };
}

export async function startTwin(
  lab: Lab,
  loaded: readonly LoadedRule[],
  options: TwinOptions,
  use: Use,
): Promise<MonitoringTwin> {
  const folder = join(use.scratch, 'monitoring');
  makeFolder(folder, ownerFor(USER));
  const mark = { name: LABEL, value: use.run };
  const quiet = await use.undo.before({ kind: 'acknowledge-pages', data: { directory: lab.directory, mark } });
  const ended = await use.undo.before({ kind: 'end-processes', data: { run: use.run } });
  const injector = await startInjector(options.history, options.historySeconds);
  const [prometheus = 0, alertmanager = 0] = await reservePorts([undefined, undefined]);
  const timing = { interval: options.intervalSeconds, faster: options.faster };
  const places = { lab, folder, run: use.run, timing, ports: { prometheus, alertmanager, injector: injector.port } };
  await backfill(places, options, use.signal);
  writeConfiguration(places, loaded);
  const running = [startAlertmanager(places), startPrometheus(places)];
  const ask: AskApi = (path) => askTls(prometheus, path, lab.client, use.signal);
  const askRoutes: AskApi = (path) => askTls(alertmanager, path, lab.client, use.signal);
  await Promise.all([ask, askRoutes].map((each, at) => ready(each, running[1 - at], use.signal)));
  await knowsAlertmanager(ask, use.signal);
  return {
    mark,
    inject: (series) => {
      injector.set(series);
      return Promise.resolve(Date.now());
    },
    alerts: () => alertsOf(ask),
    rules: () => rulesOf(ask),
    routed: async () => routedOf(await askRoutes('/api/v2/alerts')),
    routes: (labels) => {
      const all = { ...externalLabels(loadedFile(lab, 'prometheus')), [LABEL]: use.run, ...labels };
      return Promise.resolve(routesIn(routingAt(lab, timing), all));
    },
    missed: () => missedEvaluations(ask),
    async close() {
      await injector.close();
      await ended.now();
      await quiet.now();
    },
  };
}

async function backfill({ lab, folder, timing }: Places, options: TwinOptions, signal: AbortSignal): Promise<void> {
  const owner = ownerFor(USER);
  makeFolder(join(folder, 'data'), owner);
  if (options.history.length === 0 || options.historySeconds === 0) return;
  const history = join(folder, 'history.om');
  const span = { seconds: options.historySeconds, step: timing.interval, until: Date.now() / 1000 };
  writeOwned(history, openMetrics(options.history, span), 0o600, owner);
  const args = ['tsdb', 'create-blocks-from', 'openmetrics', history, join(folder, 'data')];
  const { status, said } = await promtool(args, signal, { ...owner });
  if (status !== 0) throw new CannotTell(`promtool made no blocks of the history for ${lab.id}: ${said.slice(0, 500)}`);
}

function writeConfiguration({ lab, folder, run, timing, ports }: Places, loaded: readonly LoadedRule[]): void {
  const owner = ownerFor(USER);
  const write = (name: string, value: unknown): void => writeOwned(join(folder, name), text(value), 0o600, owner);
  write('rules.json', { groups: timed(groupsOf(loaded), timing) });
  const own = loadedFile(lab, 'prometheus');
  const { alerting, global } = own as { alerting: { alertmanagers: object[] }; global: Record<string, unknown> };
  const every = `${timing.interval}s`;
  write('prometheus.json', {
    global: {
      ...global,
      scrape_interval: every,
      scrape_timeout: every,
      evaluation_interval: every,
      external_labels: { ...externalLabels(own), [LABEL]: run },
    },
    rule_files: [join(folder, 'rules.json')],
    alerting: {
      alertmanagers: alerting.alertmanagers.map((one) => ({
        ...one,
        static_configs: [{ targets: [`127.0.0.1:${ports.alertmanager}`] }],
      })),
    },
    scrape_configs: [
      { job_name: 'drill', honor_labels: true, static_configs: [{ targets: [`127.0.0.1:${ports.injector}`] }] },
    ],
  });
  write('alertmanager.json', routingAt(lab, timing));
}

function routingAt(lab: Lab, timing: Timing): Record<string, unknown> {
  const loaded = loadedFile(lab, 'alertmanager');
  return { ...loaded, route: timedRoute(loaded['route'] as Record<string, unknown>, timing) };
}

function startPrometheus(places: Places): ChildProcess {
  const { lab, folder, ports } = places;
  return start(places, '/usr/bin/prometheus', [
    `--config.file=${join(folder, 'prometheus.json')}`,
    `--web.config.file=${join(lab.folder('prometheus'), 'web.json')}`,
    `--web.listen-address=127.0.0.1:${ports.prometheus}`,
    '--rules.alert.resend-delay=2s',
    `--storage.tsdb.path=${join(folder, 'data')}`,
    '--log.format=json',
  ]);
}

function startAlertmanager(places: Places): ChildProcess {
  const { lab, folder, ports } = places;
  return start(places, '/usr/bin/prometheus-alertmanager', [
    `--config.file=${join(folder, 'alertmanager.json')}`,
    `--web.config.file=${join(lab.folder('alertmanager'), 'web.json')}`,
    `--storage.path=${join(folder, 'routing')}`,
    `--web.listen-address=127.0.0.1:${ports.alertmanager}`,
    '--cluster.listen-address=',
    '--log.format=json',
  ]);
}

/** In a session of its own, and marked: whoever undoes the run finds it, and so does `lab down`. */
function start({ lab, folder, run }: Places, file: string, args: readonly string[]): ChildProcess {
  const child = spawn(needProgram(file), args, {
    cwd: folder,
    detached: true,
    stdio: 'ignore',
    env: { ...baseEnvironment(folder), [MARK]: lab.id, [RUN_MARK]: run },
    ...ownerFor(USER),
  });
  child.on('error', () => undefined);
  child.unref();
  return child;
}

async function ready(ask: AskApi, process: ChildProcess | undefined, signal: AbortSignal): Promise<void> {
  for (const end = Date.now() + READY_MS; ; await sleep(50, undefined, { signal })) {
    try {
      await ask('/-/ready');
      return;
    } catch (error) {
      if (Date.now() < end && process?.exitCode === null) continue;
      throw new CannotTell(`${basename(process?.spawnfile ?? '')} of the drill does not start`, { cause: error });
    }
  }
}
