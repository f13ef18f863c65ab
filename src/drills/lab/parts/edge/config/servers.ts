import type { EdgeConfig } from '../types.ts';
import { location } from './location.ts';

const HIDDEN = ['Server', 'X-Powered-By', 'X-Request-Id'];

/** `add_header` of a location replaces those around it, so they stand in the server block and nowhere else. */
function securityHeaders({ ports, routes, connect }: EdgeConfig): readonly (readonly [string, string])[] {
  const own = [...new Set(routes.map(({ host }) => host))].flatMap((host) => [
    `https://${host}:${ports.https}`,
    `wss://${host}:${ports.https}`,
  ]);
  // The terminal draws with styles of its own making.
  const styles = "style-src 'self' 'unsafe-inline'";
  return [
    ['Strict-Transport-Security', 'max-age=31536000; includeSubDomains'],
    ['X-Content-Type-Options', 'nosniff'],
    ['X-Frame-Options', 'DENY'],
    ['Referrer-Policy', 'strict-origin-when-cross-origin'],
    ['Permissions-Policy', 'camera=(), microphone=(), geolocation=()'],
    [
      'Content-Security-Policy',
      `default-src 'self'; connect-src 'self' ${[...own, ...connect].join(' ')}; img-src 'self' data:; ${styles}; frame-ancestors 'none'; base-uri 'none'`,
    ],
  ];
}

export function servers(config: EdgeConfig): string {
  const hosts = [...new Set(config.routes.map(({ host }) => host))];
  return [
    unknownNames(config),
    redirect(config, hosts),
    health(config),
    ...hosts.map((host) => site(config, host)),
  ].join('\n');
}

/** No certificate for a name nobody declared; and no service for a Host that differs from the name of the handshake. */
function unknownNames({ address, ports }: EdgeConfig): string {
  return `  server {
    listen ${address}:${ports.https} ssl http2 default_server;
    listen ${address}:${ports.http} default_server;
    server_name _;
    set $edge_route "";
    ssl_reject_handshake on;
    return 421;
  }`;
}

function redirect({ address, ports }: EdgeConfig, hosts: readonly string[]): string {
  return `  server {
    listen ${address}:${ports.http};
    server_name ${hosts.join(' ')};
    set $edge_route "";
    return 308 https://$host:${ports.https}$request_uri;
  }`;
}

/** For the lab and its Prometheus only; never behind the WAF, never on a public name. */
function health({ address, ports, generation }: EdgeConfig): string {
  return `  server {
    listen ${address}:${ports.health};
    server_name _;
    access_log off;
    set $edge_route "";
    modsecurity off;
    default_type text/plain;
    location = /livez { return 200 "generation ${generation}\\n"; }
    location = /stub_status { stub_status; }
    location / { return 404; }
  }`;
}

function site(config: EdgeConfig, host: string): string {
  const { address, ports, routes } = config;
  const own = securityHeaders(config);
  const headers = [...own, ['X-Request-Id', '$request_id'] as const, ['Retry-After', '$retry_after'] as const];
  const declared = routes.filter((route) => route.host === host);
  return `  server {
    listen ${address}:${ports.https} ssl http2;
    server_name ${host};
    set $edge_route "";
${headers.map(([name, value]) => `    add_header ${name} "${value}" always;`).join('\n')}
${[...HIDDEN, ...own.map(([name]) => name)].map((name) => `    proxy_hide_header ${name};`).join('\n')}
${declared.map((route) => location(config, route)).join('\n')}
${declared.some(({ path }) => path === '/') ? '' : '    location / { return 404; }\n'}  }`;
}
