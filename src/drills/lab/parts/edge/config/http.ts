import { join } from 'node:path';
import type { EdgeConfig } from '../types.ts';

/**
 * One line of JSON for each request. `$uri` has no query, in which tickets and reset tokens travel; Authorization, Cookie and
 * Sec-WebSocket-Protocol are not in it at all. What looks like a token in the path or in the user agent is left out too.
 */
const LOG_FIELDS: readonly (readonly [string, string])[] = [
  ['time', '"$time_iso8601"'],
  ['level', '"$log_level"'],
  ['service', '"edge"'],
  ['msg', '"request"'],
  ['request_id', '"$request_id"'],
  ['trace_id', '"$trace_id"'],
  ['span_id', '"$span_id"'],
  ['parent_span_id', '"$parent_span_id"'],
  ['remote_addr', '"$remote_addr"'],
  ['method', '"$request_method"'],
  ['host', '"$host"'],
  ['path', '"$log_path"'],
  ['route', '"$edge_route"'],
  ['status', '$status'],
  ['latency_ms', '$latency_ms'],
  ['ended', '$msec'],
  ['upstream', '"$upstream_addr"'],
  ['upstream_status', '"$upstream_status"'],
  ['upstream_connect', '"$upstream_connect_time"'],
  ['upstream_latency', '"$upstream_response_time"'],
  ['bytes_in', '$request_length'],
  ['bytes_out', '$bytes_sent'],
  ['tls', '"$ssl_protocol"'],
  ['limited', '"$limit_req_status"'],
  ['user_agent', '"$log_agent"'],
];

/** A JWT, or what follows an authentication scheme. */
const TOKEN = String.raw`(?:eyJ[A-Za-z0-9_-]{8,}\.|(?:bearer|basic|ticket)[ .+%:])`;

export function logging(folder: string): string {
  const format = `{${LOG_FIELDS.map(([key, value]) => `"${key}":${value}`).join(',')}}`;
  return `  log_format edge escape=json '${format}';
  access_log ${join(folder, 'logs/access.log')} edge;`;
}

/**
 * Variables of every request. The request id is always the edge's own, 32 hex digits: whatever a client sends under that name is
 * dropped. A trace that comes with a valid traceparent (W3C Trace Context, version 00) goes on under the edge's own span, as section 3.3 of
 * it says of whoever takes part; without one it begins here, with the request id as trace.
 */
export function variables(): string {
  const trace = String.raw`~^00-(?<given_trace>(?!0{32})[0-9a-f]{32})-(?<given_span>(?!0{16})[0-9a-f]{16})-(?<given_flags>[0-9a-f]{2})$`;
  return `  map $http_traceparent $trace_id { default $request_id; "${trace}" $given_trace; }
  map $request_id $span_id { "~^(?<first_half>.{16})" $first_half; }
  map $http_traceparent $parent_span_id { default ""; "${trace}" $given_span; }
  map $http_traceparent $traceparent { default "00-$request_id-$span_id-01"; "${trace}" "00-$given_trace-$span_id-$given_flags"; }
  map $http_traceparent $tracestate { default ""; "${trace}" $http_tracestate; }
  map $http_upgrade $upgrade_asked { default ""; "~*^websocket$" websocket; }
  map $upgrade_asked $connection_header { default upgrade; "" ""; }
  map $uri $terminal_session { default $uri; "~^/ws/terminal/(?<session_of_path>[^/]+)" $session_of_path; }
  map $status $log_level { default info; "~^4" warn; "~^5" error; }
  map $request_time $latency_ms { "~^0\\.0*(?<below>\\d+)$" $below; "~^(?<whole>\\d+)\\.(?<rest>\\d{3})$" $whole$rest; default 0; }
  map $uri $log_path { default $uri; "~*${TOKEN}" "[redacted]"; }
  map $http_user_agent $log_agent { default $http_user_agent; "~*${TOKEN}" "[redacted]"; }
  map $status $retry_after { default ""; 429 1; 503 2; }`;
}

/** Slow clients are cut: ten seconds for the whole head, and between two reads of a body or two writes of an answer. */
export function clients({ headers: { uriBytes, headerBytes } }: EdgeConfig): string {
  return `  client_header_timeout 10s;
  client_body_timeout 10s;
  send_timeout 10s;
  keepalive_timeout 75s;
  reset_timedout_connection on;
  client_header_buffer_size 1k;
  large_client_header_buffers ${Math.max(1, Math.floor(headerBytes / uriBytes))} ${uriBytes};
  limit_req_status 429;
  limit_conn_status 429;
  limit_req_log_level info;
  limit_conn_log_level info;`;
}

/** Set for every request to an upstream. A location that sets one header would inherit none, so none does. */
export function upstreamHeaders(): string {
  const headers: readonly (readonly [string, string])[] = [
    ['Host', '$host:$server_port'],
    ['X-Request-Id', '$request_id'],
    ['traceparent', '$traceparent'],
    ['tracestate', '$tracestate'],
    ['X-Real-IP', '$remote_addr'],
    ['X-Forwarded-For', '$remote_addr'],
    ['X-Forwarded-Proto', 'https'],
    ['X-Forwarded-Host', '$http_host'],
    ['X-Forwarded-Port', '$server_port'],
    ['Forwarded', '""'],
    ['Upgrade', '$upgrade_asked'],
    ['Connection', '$connection_header'],
  ];
  return headers.map(([name, value]) => `  proxy_set_header ${name} ${value};`).join('\n');
}
