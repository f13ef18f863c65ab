/** nginx's whole configuration as text: its main file and ModSecurity's, for a folder that holds nothing else. */
import { join } from 'node:path';
import type { EdgeConfig } from '../types.ts';
import { clients, logging, upstreamHeaders, variables } from './http.ts';
import { zones } from './location.ts';
import { servers } from './servers.ts';
import { upstreamBlocks, upstreamTls } from './upstreams.ts';
import { wafRules } from './waf.ts';

const MODULE = '/usr/lib/nginx/modules/ngx_http_modsecurity_module.so';

/** Folders below the edge's that nginx and ModSecurity expect to exist. */
export const EDGE_FOLDERS: readonly string[] = ['conf', 'logs', 'run', 'temp', 'private'];

export function edgeFiles(config: EdgeConfig, folder: string): ReadonlyMap<string, string> {
  return new Map([
    ['conf/nginx.conf', mainFile(config, folder)],
    ['conf/modsecurity.conf', wafRules(config, folder)],
  ]);
}

function mainFile(config: EdgeConfig, folder: string): string {
  const temporary = ['client_body', 'proxy', 'fastcgi', 'uwsgi', 'scgi'];
  return `load_module ${MODULE};
daemon off;
worker_processes 2;
worker_rlimit_nofile 16384;
worker_shutdown_timeout ${config.workerShutdown}s;
pid ${join(folder, 'run/nginx.pid')};
# Lines of the error log hold whole request lines, query and all, from "error" on: only what ends a worker is written.
error_log ${join(folder, 'private/error.log')} crit;
events { worker_connections 8192; }
http {
${temporary.map((name) => `  ${name}_temp_path ${join(folder, 'temp', name)};`).join('\n')}
  include /etc/nginx/mime.types;
  default_type application/octet-stream;
  server_tokens off;
  server_names_hash_bucket_size 128;
  variables_hash_max_size 2048;
  variables_hash_bucket_size 128;
${variables()}
${logging(folder)}
${clients(config)}
${zones(config)}
  ssl_certificate ${config.certificate.cert};
  ssl_certificate_key ${config.certificate.key};
  ssl_protocols TLSv1.2 TLSv1.3;
  ssl_ciphers ECDHE+AESGCM:ECDHE+CHACHA20;
  ssl_session_cache shared:edge:2m;
  ssl_session_tickets off;
  modsecurity ${config.waf.mode === 'off' ? 'off' : 'on'};
  modsecurity_transaction_id $request_id;
  modsecurity_rules_file ${join(folder, 'conf/modsecurity.conf')};
${upstreamTls(config)}
${upstreamHeaders()}
${upstreamBlocks(config)}
${servers(config)}
}
`;
}
