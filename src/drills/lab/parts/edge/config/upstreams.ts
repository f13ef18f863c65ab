import type { EdgeConfig, Upstream } from '../types.ts';

/**
 * No replica is ever passed over for what failed before. Trying one that is gone costs a refused connection, and the next one is asked; passing
 * over costs requests: while one replica restarts, three slow handshakes of a busy moment put the other one aside as well, and nginx answers 502
 * itself ("no live upstreams"). Where connections stay open it is worse: a replica counts as recovered only once a connection to it has
 * ended, so one that is back would get a single WebSocket in two seconds. ingress-nginx does the same: who is asked is for readiness to say.
 */
const NEVER_ASIDE = 'max_fails=0';

export function upstreamBlocks({ upstreams, upstreamIdle }: EdgeConfig): string {
  return upstreams.map((upstream) => block(upstream, upstreamIdle)).join('\n');
}

function block({ name, replicas, affinity }: Upstream, idle: number): string {
  const servers = replicas.map(({ address, down }) => `    server ${address} ${NEVER_ASIDE}${down ? ' down' : ''};`);
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
