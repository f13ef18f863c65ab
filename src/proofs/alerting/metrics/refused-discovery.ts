/** What the usual ways to find targets may be told. Source: prometheus `discovery/`; of other ways any word is taken. */
import type { Cursor } from '../../../model/cursor.ts';
import { clientWith } from '../shapes/http-client.ts';
import {
  anything,
  duration,
  each,
  flag,
  list,
  mapping,
  needs,
  oneOf,
  text,
  type Fields,
  type Shape,
} from '../shapes/shape.ts';

const ROLES = ['node', 'pod', 'service', 'endpoints', 'endpointslice', 'ingress'];
const role = oneOf(ROLES);

const WAYS: Readonly<Record<string, Shape>> = {
  kubernetes_sd_configs: clientWith(
    {
      ...each('api_server kubeconfig_file', text),
      role,
      namespaces: mapping({ own_namespace: flag, names: list(text) }),
      selectors: list(mapping({ role, ...each('label field', text) })),
      attach_metadata: mapping(each('node namespace', flag)),
    },
    needs('role', 'role missing (one of: pod, service, endpoints, endpointslice, node, ingress)'),
  ),
  file_sd_configs: mapping(
    { files: list(text), refresh_interval: duration },
    needs('files', 'file service discovery config must contain at least one path name'),
  ),
  http_sd_configs: clientWith({ url: text, refresh_interval: duration }, needs('url', 'URL is missing')),
  dns_sd_configs: mapping(
    { names: list(text), ...each('type port', anything), refresh_interval: duration },
    needs('names', 'DNS-SD config must contain at least one SRV record name'),
  ),
  ec2_sd_configs: clientWith({
    ...each('endpoint region access_key secret_key profile role_arn external_id'),
    port: anything,
    refresh_interval: duration,
    filters: list(mapping({ name: text, values: list(text) })),
  }),
  consul_sd_configs: clientWith({
    ...each(
      'server path_prefix token datacenter namespace partition tag_separator scheme username password filter health_filter',
    ),
    allow_stale: flag,
    ...each('services tags', list(text)),
    node_meta: anything,
    refresh_interval: duration,
  }),
};

/** The ways in which a job, or the list of Alertmanagers, finds its targets. */
export function discoveries(at: Cursor): Fields {
  const names = at.entries().flatMap(([key]) => (key.endsWith('_sd_configs') ? [key] : []));
  return Object.fromEntries(names.map((name) => [name, name in WAYS ? list(WAYS[name] ?? anything) : anything]));
}
