/** Prometheus's configuration: every process of the lab that has a page of metrics, the rules, and the way to Alertmanager. */
import type { TlsFiles } from '../../part.ts';
import type { Timing } from './timing.ts';

export interface Target {
  /** `host:port`. */
  readonly address: string;
  /** `api`; becomes the job and the label `service`. */
  readonly service: string;
  readonly namespace: string;
  /** The part, in the place of a pod. */
  readonly pod: string;
  readonly tls?: boolean;
}

/** Asked by the lab's prober, the way a customer would. */
export interface Probe {
  readonly url: string;
  readonly job: string;
}

export interface Scraping {
  readonly targets: readonly Target[];
  readonly probes: readonly Probe[];
  /** `host:port` of what answers `/probe?target=`. */
  readonly prober: string;
  readonly alertmanager: string;
  readonly client: TlsFiles;
  readonly ruleFiles: readonly string[];
  readonly environment: string;
}

export function prometheusConfig(scraping: Scraping, { interval }: Timing): Record<string, unknown> {
  const every = `${interval}s`;
  const tls = tlsConfig(scraping.client);
  return {
    global: {
      scrape_interval: every,
      scrape_timeout: every,
      evaluation_interval: every,
      external_labels: { environment: scraping.environment },
    },
    rule_files: scraping.ruleFiles,
    alerting: {
      alertmanagers: [{ scheme: 'https', tls_config: tls, static_configs: [{ targets: [scraping.alertmanager] }] }],
    },
    scrape_configs: [...jobs(scraping.targets, tls), ...probing(scraping)],
  };
}

/** Services say their own name in the label `service`, and are believed. */
function jobs(targets: readonly Target[], tls: object): Record<string, unknown>[] {
  return [...Map.groupBy(targets, ({ service }) => service)].map(([job, own]) => ({
    job_name: job,
    honor_labels: true,
    ...(own.some((target) => target.tls === true) ? { scheme: 'https', tls_config: tls } : {}),
    static_configs: own.map(({ address, service, namespace, pod }) => ({
      targets: [address],
      labels: { service, namespace, pod },
    })),
  }));
}

function probing({ probes, prober }: Scraping): Record<string, unknown>[] {
  return [...Map.groupBy(probes, ({ job }) => job)].map(([job, own]) => ({
    job_name: `probe-${job}`,
    metrics_path: '/probe',
    static_configs: [{ targets: own.map(({ url }) => url) }],
    relabel_configs: [
      { source_labels: ['__address__'], target_label: '__param_target' },
      { source_labels: ['__param_target'], target_label: 'instance' },
      { target_label: '__address__', replacement: prober },
    ],
  }));
}

function tlsConfig({ cert, key, ca }: TlsFiles): object {
  return { ca_file: ca, cert_file: cert, key_file: key, server_name: 'localhost' };
}

/** For `--web.config.file` of Prometheus and Alertmanager (exporter-toolkit): TLS 1.2 and up, whoever asks. */
export function webConfig({ cert, key }: TlsFiles): Record<string, unknown> {
  return { tls_server_config: { cert_file: cert, key_file: key, min_version: 'TLS12' } };
}
