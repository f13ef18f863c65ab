import type { Query } from '../../model/control.ts';
import { cursor } from '../../model/kube.ts';
import { below, type Origin } from '../../model/origin.ts';
import type { PlatformView } from '../../model/platform.ts';
import { nginxControllers, type NginxController } from '../../proofs/edge/controllers.ts';
import { locationsOf, nginxServers } from '../../proofs/edge/nginx.ts';
import { deep, refersTo } from '../../proofs/edge/terraform.ts';
import { resourceBlocks } from '../../proofs/topology/index.ts';

/** A log of the edge and what goes into it. */
export interface EdgeLog {
  readonly name: string;
  /** Lower-case names of headers that it holds; `*`: all of them. */
  readonly headers: readonly string[];
  /** What brings the query in; undefined: nothing does. */
  readonly query?: string;
  readonly origin: Origin;
}

/** A public route that secrets travel by. */
export interface CanaryPath {
  readonly service: string;
  readonly path: string;
  readonly sample?: string;
  readonly host?: string;
}

export interface EdgeLogs {
  readonly paths: readonly CanaryPath[];
  readonly logs: readonly EdgeLog[];
}

function canaryPaths(view: PlatformView): CanaryPath[] {
  return view.spec.services.flatMap(({ name, routes }) =>
    routes
      .filter((route) => route.public)
      .map(({ path, sample, host }) => ({
        service: name,
        path,
        ...(sample === undefined ? {} : { sample }),
        ...(host === undefined ? {} : { host }),
      })),
  );
}

export function edgeLogs(): Query<EdgeLogs> {
  return (view) => ({
    paths: canaryPaths(view),
    logs: [
      ...nginxControllers(view)
        .filter(({ configMapFound }) => configMapFound)
        .flatMap((controller) => [...accessLog(controller), ...auditLog(controller)]),
      ...nginxLogs(view),
      ...envoyLogs(view),
      ...wafLogs(view),
    ],
  });
}

/** ingress-nginx logs "$request", hence the query, unless it is given a format. */
const DEFAULT_FORMAT =
  '$remote_addr - $remote_user [$time_local] "$request" $status $body_bytes_sent "$http_referer" "$http_user_agent"';

function accessLog({ settings, configMap, origin }: NginxController): EdgeLog[] {
  if (settings['disable-access-log'] === 'true' || settings['disable-http-access-log'] === 'true') return [];
  const format = settings['log-format-upstream'];
  return [
    {
      name: `the access log of ConfigMap ${configMap ?? ''}${format === undefined ? ', in the default format,' : ''}`,
      ...inFormat(format ?? DEFAULT_FORMAT),
      origin: format === undefined ? origin : below(origin, 'log-format-upstream'),
    },
  ];
}

/** Part B is the request's headers; the file that ingress-nginx ships says ABIJDEFHZ. The request line is in B as well. */
function auditLog({ settings, configMap, origin }: NginxController): EdgeLog[] {
  if (settings['enable-modsecurity'] !== 'true') return [];
  const snippet = settings['modsecurity-snippet'] ?? '';
  if (/^[ \t]*SecAuditEngine\s+Off/im.test(snippet)) return [];
  const parts = /^[ \t]*SecAuditLogParts\s+([A-Z]+)/im.exec(snippet)?.[1];
  return [
    {
      name: `the audit log of ModSecurity in ConfigMap ${configMap ?? ''}, parts ${parts ?? 'ABIJDEFHZ by default'},`,
      headers: (parts ?? 'ABIJDEFHZ').includes('B') ? ['*'] : [],
      origin: settings['modsecurity-snippet'] === undefined ? origin : below(origin, 'modsecurity-snippet'),
    },
  ];
}

/** nginx variables of headers, cookies and the query. `$request` and `$request_uri` hold the query, `$uri` does not. */
function inFormat(format: string): Pick<EdgeLog, 'headers' | 'query'> {
  const variables = [...format.matchAll(/\$\{?([a-z0-9_]+)/gi)].map(([, name = '']) => name.toLowerCase());
  const headers = variables.flatMap((name) => {
    if (name.startsWith('cookie_')) return ['cookie'];
    const sent = /^(?:sent_|upstream_)?http_(.+)$/.exec(name)?.[1];
    return sent === undefined ? [] : [sent.replaceAll('_', '-')];
  });
  const query = variables.find((name) => /^(?:request|request_uri|args|query_string|arg_.+)$/.test(name));
  return { headers, ...(query === undefined ? {} : { query: `$${query}` }) };
}

/** nginx's own format, used where an access log names none. https://nginx.org/en/docs/http/ngx_http_log_module.html */
const COMBINED = '$remote_addr "$request" $status "$http_referer" "$http_user_agent"';

/** The formats that access logs use, each once; a format nothing uses writes nothing. */
function nginxLogs(view: PlatformView): EdgeLog[] {
  const logs = nginxServers(view).flatMap(({ around, server, path }) => {
    const levels = [...around, server.children ?? [], ...locationsOf(server).map(({ children }) => children ?? [])];
    const formats = around.flat().filter(({ name }) => name === 'log_format');
    const targets = levels.flat().filter(({ name }) => name === 'access_log');
    const written =
      targets.length === 0 ? [{ args: [], origin: server.origin }] : targets.filter(({ args }) => args[0] !== 'off');
    return written.map(({ args, origin }) => {
      const name = args[1] ?? 'combined';
      const format = formats.find((candidate) => candidate.args[0] === name);
      return {
        name: `the access log of ${path}, format ${name},`,
        ...inFormat(format?.args.slice(1).join(' ') ?? COMBINED),
        origin: format?.origin ?? origin,
      };
    });
  });
  return [...new Map(logs.map((log) => [log.name, log])).values()];
}

/** Formats of Envoy: EnvoyProxy of Envoy Gateway. `%REQ(:PATH)%` holds the query. */
function envoyLogs(view: PlatformView): EdgeLog[] {
  return view.objects('EnvoyProxy').flatMap((object) => {
    const accessLog = cursor(object).get('spec', 'telemetry', 'accessLog');
    if (!accessLog.get('settings').exists) return [];
    const text = JSON.stringify(accessLog.get('settings').value);
    const names = [...text.matchAll(/%(?:REQ|RESP)\(([^)%?]+)/g)].map(([, name = '']) => name.toLowerCase());
    const query = names.find((name) => name === ':path' || name === 'x-envoy-original-path');
    return [
      {
        name: `the access log of EnvoyProxy ${object.namespace ?? 'default'}/${object.name}`,
        headers: names,
        ...(query === undefined ? {} : { query: `%REQ(${query.toUpperCase()})%` }),
        origin: accessLog.origin,
      },
    ];
  });
}

/** WAFv2 logs whole requests, less what redacted_fields name. */
function wafLogs(view: PlatformView): EdgeLog[] {
  const acls = resourceBlocks(view, 'aws_wafv2_web_acl');
  return resourceBlocks(view, 'aws_wafv2_web_acl_logging_configuration').map((block) => {
    const fields = deep(block, 'redacted_fields');
    const redacted = fields
      .flatMap((field) => deep(field, 'single_header'))
      .map(({ attributes }) => String(attributes['name']?.literal ?? '').toLowerCase());
    const hidesQuery = fields.some((field) => deep(field, 'query_string').length > 0);
    const acl = acls.find((candidate) => refersTo(block.attributes['resource_arn'], candidate));
    return {
      name: `the log of ${acl?.labels.join('.') ?? block.labels.join('.')}`,
      headers: ['authorization', 'cookie'].filter((header) => !redacted.includes(header)),
      ...(hidesQuery ? {} : { query: 'the query string' }),
      origin: block.origin,
    };
  });
}
