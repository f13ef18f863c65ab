import { isPrefix, type EdgeConfig, type EdgeRoute } from '../types.ts';

/** Requests at once above the rate, in seconds' worth of it. */
const BURST = 4;

export function zones({ routes, rateLimits }: EdgeConfig): string {
  if (!rateLimits) return '';
  return routes
    .map(
      ({ perSecond }, index) =>
        `  limit_conn_zone $binary_remote_addr zone=c${index}:1m;${
          perSecond === undefined
            ? ''
            : `\n  limit_req_zone $binary_remote_addr zone=r${index}:1m rate=${rateOf(perSecond)};`
        }`,
    )
    .join('\n');
}

/** nginx counts in whole requests, by second or by minute. */
function rateOf(perSecond: number): string {
  return perSecond >= 1 ? `${Math.floor(perSecond)}r/s` : `${Math.max(1, Math.floor(perSecond * 60))}r/m`;
}

export function location(config: EdgeConfig, route: EdgeRoute): string {
  const path = route.path.replace(/\*$/, '');
  const lines = [
    `set $edge_route "${route.path}";`,
    ...limits(config, route),
    `client_max_body_size ${route.bodyBytes};`,
    ...target(config, route),
  ];
  return `    location ${isPrefix(route) ? '^~' : '='} ${path} {\n${lines.map((line) => `      ${line}`).join('\n')}\n    }`;
}

function limits({ routes, rateLimits }: EdgeConfig, route: EdgeRoute): string[] {
  if (!rateLimits) return [];
  const index = routes.indexOf(route);
  const { perSecond, connections } = route;
  const rate =
    perSecond === undefined ? [] : [`limit_req zone=r${index} burst=${Math.ceil(perSecond * BURST)} nodelay;`];
  return [...rate, `limit_conn c${index} ${connections};`];
}

function target({ upstreams }: EdgeConfig, { target: to, protocol, readTimeout }: EdgeRoute): string[] {
  if ('file' in to) return [`alias ${to.file};`];
  if ('files' in to) return [`root ${to.files};`, 'try_files $uri /index.html;'];
  const upstream = upstreams.find(({ name }) => name === to.upstream);
  if (upstream === undefined) throw new RangeError(`the edge has no upstream ${to.upstream}`);
  return [
    `proxy_pass https://${upstream.name};`,
    `proxy_ssl_name ${upstream.tlsName};`,
    `proxy_read_timeout ${readTimeout}s;`,
    ...retries(protocol),
    ...(protocol === 'sse' ? ['proxy_buffering off;'] : []),
    ...(protocol === 'websocket' ? [`proxy_send_timeout ${readTimeout}s;`, 'proxy_buffering off;'] : []),
  ];
}

/**
 * A connection that could not be made is tried at another replica whatever the method, since nothing was sent; what was sent is sent again
 * only where the method is safe to repeat (nginx excludes POST, LOCK and PATCH). A gateway on its way out answers an upgrade with 503:
 * another one takes it.
 */
function retries(protocol: EdgeRoute['protocol']): string[] {
  const cases = protocol === 'websocket' ? 'error timeout http_503' : 'error timeout';
  return [`proxy_next_upstream ${cases};`, 'proxy_next_upstream_tries 2;', 'proxy_next_upstream_timeout 10s;'];
}
