/** From the lab's plan to what the servers read: which processes are scraped, which names are asked, which rules hold. */
import { setTimeout as sleep } from 'node:timers/promises';
import { z } from 'zod';
import type { Lab } from '../../part.ts';
import { labHost } from '../edge/routes.ts';
import { prometheusConfig, type Probe, type Target } from './prometheus.ts';
import { askTls } from './ready.ts';
import type { Timing } from './timing.ts';
import { alertmanagerText, platformDocuments, ruleFiles, text } from './write.ts';

/** Secret that Alertmanager shows to the pager. */
export const TOKEN = 'pager-token';

/**
 * Rules and routing at another speed: writes both and has both servers load them. A drill that asks for it sets it back to
 * `LAB_TIMING` afterwards.
 */
export async function setTiming(lab: Lab, timing: Timing, signal: AbortSignal): Promise<void> {
  lab.write('prometheus', 'prometheus.json', writePrometheus(lab, timing));
  lab.write('alertmanager', 'alertmanager.json', alertmanagerFile(lab, timing));
  for (const part of ['alertmanager', 'prometheus'])
    await askTls(lab.port(part, 'https'), '/-/reload', lab.client, signal, 'POST');
  await knowsAlertmanager((path) => askTls(lab.port('prometheus', 'https'), path, lab.client, signal), signal);
}

/** A Prometheus that has just started or loaded its configuration finds Alertmanager up to five seconds later, and drops what fires until then. */
export async function knowsAlertmanager(ask: (path: string) => Promise<string>, signal: AbortSignal): Promise<void> {
  for (;;) {
    const { data } = found.parse(JSON.parse(await ask('/api/v1/alertmanagers')));
    if (data.activeAlertmanagers.length > 0) return;
    await sleep(50, undefined, { signal });
  }
}

const found = z.looseObject({ data: z.looseObject({ activeAlertmanagers: z.array(z.unknown()) }) });

export function alertmanagerFile(lab: Lab, timing: Timing): string {
  const { root, spec } = lab.plan;
  const pagerAddress = {
    url: `http://${address(lab, 'pager', 'http')}`,
    tokenFile: lab.secretFile('alertmanager', TOKEN),
  };
  return alertmanagerText(platformDocuments(root, spec.exclude), pagerAddress, timing);
}

/** Writes the rules; answers the text of the main file that names them. */
export function writePrometheus(lab: Lab, timing: Timing): string {
  const { root, spec } = lab.plan;
  const rules = ruleFiles(platformDocuments(root, spec.exclude), timing);
  const scraping = {
    targets: targetsOf(lab),
    probes: probesOf(lab),
    prober: address(lab, 'prober', 'http'),
    alertmanager: address(lab, 'alertmanager', 'https'),
    client: lab.tls('prometheus'),
    ruleFiles: [...rules].map(([path, content]) => lab.write('prometheus', path, content)),
    environment: 'lab',
  };
  return text(prometheusConfig(scraping, timing));
}

/**
 * The services' pages of metrics, and those of the collector and of the monitoring itself. The pager is outside of the platform, as its own would be.
 * Node agents are not scraped: a customer is root where they run, and the platform's policies let Prometheus through to none.
 */
function targetsOf(lab: Lab): Target[] {
  const services = lab.plan.spec.services.flatMap(({ name, workloads }) =>
    lab.replicas(name).map((part) => ({
      address: address(lab, part, 'metrics'),
      service: name,
      namespace: workloads?.[0]?.namespace ?? 'default',
      pod: part,
    })),
  );
  const collector = ['otlp'].filter((part) => lab.has(part));
  const edge = lab.has('edge-metrics')
    ? [{ address: address(lab, 'edge-metrics', 'http'), service: 'edge', namespace: 'edge', pod: 'edge' }]
    : [];
  const own = (part: string, port: string): Target => ({
    address: address(lab, part, port),
    service: part,
    namespace: 'observability',
    pod: part,
  });
  return [
    ...services,
    ...edge,
    ...collector.map((part) => own(part, 'http')),
    ...['prometheus', 'alertmanager'].map((part) => ({ ...own(part, 'https'), tls: true })),
  ];
}

/** The public routes as a customer asks them, and the readiness of every replica. */
function probesOf(lab: Lab): Probe[] {
  const { spec } = lab.plan;
  const replicas = spec.services.flatMap(({ name }) =>
    lab.replicas(name).map((part) => ({ url: `http://${address(lab, part, 'health')}/readyz`, job: name })),
  );
  if (!lab.has('edge')) return replicas;
  const paths = spec.services.flatMap(({ name, routes }) =>
    lab.replicas(name).length === 0
      ? []
      : routes
          .filter(isAsked)
          .map(({ host, path }) => `${labHost(host ?? spec.edge?.host ?? name)} ${probedPath(path)}`),
  );
  const origin = lab.port('edge', 'https');
  const urls = [...new Set(paths)].map((one) => `https://${one.replace(' ', `:${origin}`)}`);
  return [...replicas, ...urls.map((url) => ({ url, job: 'edge' }))];
}

/** What a GET without a credential reaches: the service itself says that a login, an upgrade or a path is missing, or the edge that nobody is there. */
function isAsked({ public: open, protocol }: Lab['plan']['spec']['services'][number]['routes'][number]): boolean {
  return open && protocol !== 'grpc' && protocol !== 'webhook';
}

/** `/api/v1/*` is asked at `/api/v1/`. */
function probedPath(path: string): string {
  return path.replace(/\*$/, '');
}

/** `host:port` of a part on this machine. */
export function address(lab: Lab, part: string, port: string): string {
  return `127.0.0.1:${lab.port(part, port)}`;
}
