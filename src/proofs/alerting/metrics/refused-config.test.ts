import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { needs } from '../../../../test/need.ts';
import type { PlatformView } from '../../../model/platform.ts';
import { refusedConfigs } from './refused-config.ts';

const JOB = { job_name: 'a', static_configs: [{ targets: ['api:9090'] }] };
const job = (more: object): object => ({ scrape_configs: [{ ...JOB, ...more }] });
const found = (way: string, how: object): object => job({ [`${way}_sd_configs`]: [how] });
const beside = (more: object): object => ({ ...more, scrape_configs: [JOB] });
const relabel = (rule: object): object => job({ relabel_configs: [rule] });

const RIGHT: readonly object[] = [
  job({ scrape_timeout: '30s', sample_limit: 1000, honor_labels: true, params: { module: ['x'] } }),
  job({ authorization: { credentials: 'x' }, tls_config: { insecure_skip_verify: true }, scheme: 'https' }),
  job({ file_sd_configs: [{ files: ['x.json'], refresh_interval: '1m' }] }),
  found('kubernetes', {
    role: 'endpointslice',
    namespaces: { own_namespace: true, names: ['shop'] },
    selectors: [{ role: 'endpointslice', label: 'app=api' }],
    attach_metadata: { node: true },
    tls_config: { insecure_skip_verify: true },
  }),
  found('http', { url: 'http://targets.example/', refresh_interval: '30s', basic_auth: { username: 'a' } }),
  found('dns', { names: ['_x._tcp.example'], type: 'A', port: 9100, refresh_interval: '30s' }),
  found('ec2', { region: 'eu-west-1', port: 9100, filters: [{ name: 'tag:a', values: ['b'] }] }),
  found('consul', { server: 'consul:8500', services: ['api'], tags: ['x'], allow_stale: true }),
  relabel({ action: 'keep', source_labels: ['a'], regex: 'x' }),
  relabel({ action: 'Replace', target_label: 'x' }),
  relabel({ action: 'labelmap', regex: 'x(.*)' }),
  beside({
    alerting: { alertmanagers: [{ api_version: 'v2', timeout: '10s', static_configs: [{ targets: ['am:9093'] }] }] },
  }),
  beside({ global: { external_labels: { a: 'b' }, evaluation_interval: '15s' }, rule_files: ['*.yml'] }),
  beside({ remote_write: [{ url: 'http://x' }], storage: { tsdb: { out_of_order_time_window: '30m' } } }),
];

const WRONG: readonly (readonly [object, string])[] = [
  [{ scrape_configs: [JOB, JOB] }, 'found multiple scrape configs with job name "a"'],
  [{ scrape_configs: [{ static_configs: [] }] }, 'job_name is empty'],
  [{ scrape_configs: [null] }, 'empty or null scrape config section'],
  [job({ scrape_intervall: '5s' }), 'field scrape_intervall not found'],
  [job({ scrape_interval: '15 s' }), 'not a valid duration string: "15 s"'],
  [job({ scrape_timeout: '2m' }), 'scrape timeout greater than scrape interval for scrape config with job name "a"'],
  [
    beside({ global: { scrape_interval: '5s', scrape_timeout: '10s' } }),
    'global scrape timeout greater than scrape interval',
  ],
  [job({ static_configs: [{ targets: ['http://api:9090'] }] }), '"http://api:9090" is not a valid hostname'],
  [job({ static_configs: [{ target: ['api:9090'] }] }), 'field target not found'],
  [
    job({ basic_auth: { username: 'a' }, bearer_token: 'x' }),
    'at most one of basic_auth & bearer_token must be configured',
  ],
  [relabel({ source_labels: ['a'] }), "relabel configuration for replace action requires 'target_label' value"],
  [relabel({ action: 'hashmod', target_label: 'x' }), 'relabel configuration for hashmod requires non-zero modulus'],
  [relabel({ target_label: 'x', regexp: 'y' }), 'field regexp not found'],
  [found('kubernetes', { roles: 'pod' }), 'field roles not found'],
  [
    found('kubernetes', { namespaces: {} }),
    'role missing (one of: pod, service, endpoints, endpointslice, node, ingress)',
  ],
  [found('kubernetes', { role: 'pod', namespaces: { name: ['shop'] } }), 'field name not found'],
  [
    found('kubernetes', { role: 'pods' }),
    'role is "pods", not one of node, pod, service, endpoints, endpointslice, ingress',
  ],
  [found('file', { file: ['x.json'] }), 'field file not found'],
  [found('http', { urls: 'http://targets.example/' }), 'field urls not found'],
  [found('dns', { names: ['x'], refresh: '30s' }), 'field refresh not found'],
  [found('ec2', { region: 'eu-west-1', filters: [{ name: 'tag:a', value: ['b'] }] }), 'field value not found'],
  [found('consul', { server: 'consul:8500', service: ['api'] }), 'field service not found'],
  [beside({ rules: [] }), 'field rules not found'],
  [beside({ global: { external_label: {} } }), 'field external_label not found'],
  [beside({ alerting: { alertmanager: [] } }), 'field alertmanager not found'],
];

function mistake(data: object): string | undefined {
  const view = {
    platform: {},
    objects: () => [],
    data: () => [{ path: 'prometheus.yml', data, origin: { path: 'prometheus.yml' } }],
  };
  return refusedConfigs(view as unknown as PlatformView)[0]?.because;
}

describe('configurations of Prometheus', () => {
  it.each(RIGHT)('%j is right', (data) => {
    expect(mistake(data)).toBeUndefined();
  });

  it.each(WRONG)('%j is wrong', (data, because) => {
    expect(mistake(data)).toBe(because);
  });

  it('are told from those of Promtail and vmagent', () => {
    expect(mistake({ clients: [], scrape_configs: [{ job_name: 'a', pipeline_stages: [] }] })).toBeUndefined();
    expect(mistake(job({ stream_parse: true }))).toBeUndefined();
  });
});

it.runIf(needs('promtool'))('promtool says the same', { timeout: 60_000 }, () => {
  const folder = mkdtempSync(join(tmpdir(), 'launchgate-prometheus-'));
  try {
    const refuses = (data: object): boolean => {
      const path = join(folder, 'prometheus.yml');
      writeFileSync(path, JSON.stringify(data));
      return spawnSync('promtool', ['check', 'config', '--syntax-only', path]).status !== 0;
    };
    // Debian's knows no Kubernetes and no Consul.
    const known = RIGHT.filter((data) => !/(?:kubernetes|consul)_sd_configs/.test(JSON.stringify(data)));
    expect(known.filter(refuses)).toEqual([]);
    expect(WRONG.filter(([data]) => !refuses(data))).toEqual([]);
  } finally {
    rmSync(folder, { recursive: true });
  }
});
