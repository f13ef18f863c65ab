import type { EdgeConfig, Upstream } from '../types.ts';

/**
 * A replica is passed over for `fail_timeout` after three failures, not after one: a single slow request must not put a replica aside,
 * or two of them leave nobody. Connections to those that are idle are closed by the edge first, see `upstreamIdle`.
 */
const FAILURES = 'max_fails=3 fail_timeout=2s';
/**
 * Where connections stay open, nobody is passed over: nginx counts a replica as recovered only once a connection to it has ended, so one that
 * is back would get a single WebSocket in two seconds. Trying one that is gone costs a refused connection.
 */
const NO_FAILURES = 'max_fails=0';

export function upstreamBlocks({ upstreams, upstreamIdle }: EdgeConfig): string {
  return upstreams.map((upstream) => block(upstream, upstreamIdle)).join('\n');
}

function block({ name, replicas, affinity }: Upstream, idle: number): string {
  const servers = replicas.map(
    ({ address, down }) =>
      `    server ${address} ${affinity === 'session' ? NO_FAILURES : FAILURES}${down ? ' down' : ''};`,
  );
  return `  upstream ${name} {
    zone ${name} 256k;${affinity === 'session' ? '\n    hash $terminal_session consistent;' : ''}
${servers.join('\n')}${idle > 0 ? `\n    keepalive 64;\n    keepalive_timeout ${Math.round(idle * 1000)}ms;` : ''}
  }`;
}

/** TLS to the replicas, with names, both ways; once for all of them but the name. */
export function upstreamTls({ client }: EdgeConfig): string {
  return `  proxy_http_version 1.1;
  proxy_ssl_certificate ${client.cert};
  proxy_ssl_certificate_key ${client.key};
  proxy_ssl_trusted_certificate ${client.ca};
  proxy_ssl_verify on;
  proxy_ssl_verify_depth 3;
  proxy_ssl_server_name on;
  proxy_ssl_protocols TLSv1.2 TLSv1.3;
  proxy_ssl_session_reuse on;
  proxy_connect_timeout 3s;
  proxy_send_timeout 30s;
  proxy_max_temp_file_size 0;`;
}
