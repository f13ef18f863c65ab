import { below, type Origin } from '../../model/origin.ts';
import type { PlatformView } from '../../model/platform.ts';
import { nginxControllers } from '../../proofs/edge/controllers.ts';
import { locationsOf, nginxServers } from '../../proofs/edge/nginx.ts';

/** The format of an edge's access log. */
export interface EdgeFormat {
  readonly name: string;
  /** `off`: nothing is logged; `default`: the program's own, which is text. */
  readonly state: 'off' | 'default' | 'set';
  readonly json: boolean;
  /** Values are escaped, so that a header cannot break or forge a line. */
  readonly escaped: boolean;
  /** What a line about a request must tell and this format does not. */
  readonly lacks: readonly string[];
  readonly origin: Origin;
}

/** Variables of nginx, and of the modules ingress-nginx has, by what they tell. */
const FIELDS: readonly (readonly [string, RegExp])[] = [
  ['request id', /\$\{?(?:req_id|request_id|http_x_request_id)\b/],
  ['user agent', /\$\{?http_user_agent\b/],
  ['latency', /\$\{?(?:request_time|upstream_response_time)\b/],
  [
    'route',
    /\$\{?(?:uri|request_uri|request|location_path|ingress_name|service_name|proxy_upstream_name|document_uri)\b/,
  ],
  ['status', /\$\{?(?:status|upstream_status)\b/],
];
const TRACE: readonly [string, RegExp] = [
  'trace id',
  /\$\{?(?:opentelemetry_trace_id|otel_trace_id|opentelemetry_context_traceparent|http_traceparent|opentracing_context_\w+)\b/,
];

export function edgeFormats(view: PlatformView): EdgeFormat[] {
  return [...controllers(view), ...plainNginx(view)];
}

function controllers(view: PlatformView): EdgeFormat[] {
  return nginxControllers(view)
    .filter(({ configMapFound }) => configMapFound)
    .map(({ settings, configMap, origin }) => {
      const name = `the access log of ConfigMap ${configMap ?? ''}`;
      const off = settings['disable-access-log'] === 'true' || settings['disable-http-access-log'] === 'true';
      const format = settings['log-format-upstream'];
      const traces = settings['enable-opentelemetry'] === 'true';
      if (off || format === undefined) return formatOf(name, off ? 'off' : 'default', '', false, traces, origin);
      return formatOf(
        name,
        'set',
        format,
        settings['log-format-escape-json'] === 'true',
        traces,
        below(origin, 'log-format-upstream'),
      );
    });
}

/** The formats that the servers of an nginx use which the spec calls the edge. */
function plainNginx(view: PlatformView): EdgeFormat[] {
  const formats = nginxServers(view).flatMap(({ around, server, path }) => {
    const levels = [
      ...around,
      server.children ?? [],
      ...locationsOf(server).map(({ children }) => children ?? []),
    ].flat();
    const targets = levels.filter(({ name }) => name === 'access_log').filter(({ args }) => args[0] !== 'off');
    const traces = levels.some(({ name, args }) => name === 'otel_trace' && args[0] !== 'off');
    if (targets.length === 0)
      return [formatOf(`the access log of ${path}`, 'default', '', false, traces, server.origin)];
    return targets.map(({ args, origin }) => {
      const used = args.slice(1).find((word) => !word.includes('='));
      const declared = around.flat().find((directive) => directive.name === 'log_format' && directive.args[0] === used);
      const name = `the access log of ${path}, format ${used ?? 'combined'}`;
      if (declared === undefined) return formatOf(name, 'default', '', false, traces, origin);
      const [option, ...rest] = declared.args.slice(1);
      const escaped = option === 'escape=json';
      const text = (option?.startsWith('escape=') === true ? rest : declared.args.slice(1)).join('');
      return formatOf(name, 'set', text, escaped, traces, declared.origin);
    });
  });
  return [...new Map(formats.map((format) => [format.name, format])).values()];
}

function formatOf(
  name: string,
  state: EdgeFormat['state'],
  format: string,
  escaped: boolean,
  traces: boolean,
  origin: Origin,
): EdgeFormat {
  const wanted = traces ? [...FIELDS, TRACE] : FIELDS;
  return {
    name,
    state,
    json: isJson(format),
    escaped,
    lacks: state === 'set' ? wanted.filter(([, pattern]) => !pattern.test(format)).map(([field]) => field) : [],
    origin,
  };
}

/** Whether the format makes JSON, with a value in place of each variable: a string inside quotes, a number outside. */
function isJson(format: string): boolean {
  try {
    const value: unknown = JSON.parse(format.replace(/\$(?:\{\w+\}|\w+)/g, '1'));
    return typeof value === 'object' && value !== null && !Array.isArray(value);
  } catch {
    return false;
  }
}
