/** Something that a dashboard must show, by what its queries read. */
export interface Topic {
  readonly name: string;
  readonly shows: RegExp;
  /** What makes it due: always, a WAF at the edge, or a kind of store. */
  readonly due: 'always' | 'waf' | readonly string[];
  /** Queries that show it, best first; one is fit when all that it reads is exposed. */
  readonly queries: readonly Candidate[];
}

export interface Candidate {
  readonly expr: string;
  readonly legend: string;
  readonly unit: string;
}

const query = (expr: string, legend: string, unit = 'short'): Candidate => ({ expr, legend, unit });
const EVERY = '[$__rate_interval]';

/** What launch-readiness asks of dashboards, and the planning metrics of the layers that the platform has. */
export const TOPICS: readonly Topic[] = [
  {
    name: 'traffic',
    shows: /(?:rate|increase)\s*\(.*(?:requests?(?:_total)?\b|request_count|_duration_(?:milli)?seconds_count)/s,
    due: 'always',
    queries: [
      query(`sum by (service) (rate(http_requests_total${EVERY}))`, '{{service}}', 'reqps'),
      query(`sum by (ingress) (rate(nginx_ingress_controller_requests${EVERY}))`, '{{ingress}}', 'reqps'),
      query(`sum by (destination_workload) (rate(istio_requests_total${EVERY}))`, '{{destination_workload}}', 'reqps'),
    ],
  },
  {
    name: 'latency',
    shows: /histogram_quantile|_duration_(?:milli)?seconds|latency/,
    due: 'always',
    queries: [
      query(
        `histogram_quantile(0.99, sum by (le, service) (rate(http_request_duration_seconds_bucket${EVERY})))`,
        'p99 {{service}}',
        's',
      ),
      query(
        `histogram_quantile(0.99, sum by (le, ingress) (rate(nginx_ingress_controller_request_duration_seconds_bucket${EVERY})))`,
        'p99 {{ingress}}',
        's',
      ),
      query(
        `histogram_quantile(0.99, sum by (le) (rate(istio_request_duration_milliseconds_bucket${EVERY})))`,
        'p99',
        'ms',
      ),
    ],
  },
  {
    name: 'errors',
    shows: /(?:status|code)\w*\s*(?:=~?|!~?)\s*"[^"]*[45]|errors?|fail/i,
    due: 'always',
    queries: [
      query(
        `sum by (service) (rate(http_requests_total{status=~"5.."}${EVERY}) or rate(http_requests_total{code=~"5.."}${EVERY}))`,
        '5xx {{service}}',
        'reqps',
      ),
      query(
        `sum by (ingress) (rate(nginx_ingress_controller_requests{status=~"5.."}${EVERY}))`,
        '5xx {{ingress}}',
        'reqps',
      ),
      query(`sum(rate(istio_requests_total{response_code=~"5.."}${EVERY}))`, '5xx', 'reqps'),
    ],
  },
  {
    name: 'resources',
    shows: /container_(?:cpu|memory)|node_(?:cpu|memory)|process_(?:cpu|resident)|kube_pod_container_resource/,
    due: 'always',
    queries: [
      query(`sum by (namespace, pod) (rate(container_cpu_usage_seconds_total{container!=""}${EVERY}))`, '{{pod}}'),
      query(`sum by (instance) (rate(process_cpu_seconds_total${EVERY}))`, '{{instance}}'),
    ],
  },
  {
    name: 'certificates',
    shows:
      /certmanager_certificate|ssl_earliest_cert_expiry|ssl_expire_time|ssl_last_chain_expiry|cert\w*_expir|x509_cert/,
    due: 'always',
    queries: [
      query('sort(certmanager_certificate_expiration_timestamp_seconds - time())', '{{namespace}}/{{name}}', 's'),
      query('sort(probe_ssl_earliest_cert_expiry - time())', '{{instance}}', 's'),
      query('sort(nginx_ingress_controller_ssl_expire_time_seconds - time())', '{{host}}', 's'),
    ],
  },
  {
    name: 'WAF',
    shows: /waf|modsec|coraza/i,
    due: 'waf',
    queries: [query(`sum by (waf_action) (rate(waf_events_total${EVERY}))`, '{{waf_action}}')],
  },
  {
    name: 'cache hit rate',
    shows: /keyspace_(?:hits|misses)|cache\w*_(?:requests|hits|misses|lookups)|cache_hit/i,
    due: ['redis'],
    queries: [
      query(
        `rate(redis_keyspace_hits_total${EVERY}) / (rate(redis_keyspace_hits_total${EVERY}) + rate(redis_keyspace_misses_total${EVERY}))`,
        '{{instance}}',
        'percentunit',
      ),
    ],
  },
  {
    name: 'cache evictions',
    shows: /evict/i,
    due: ['redis'],
    queries: [query(`sum by (instance) (rate(redis_evicted_keys_total${EVERY}))`, '{{instance}}')],
  },
  {
    name: 'database transactions',
    shows: /pg_stat_database_xact|mysql_global_status_(?:queries|questions|commands)/,
    due: ['postgres', 'mysql', 'mariadb'],
    queries: [
      query(`sum by (datname) (rate(pg_stat_database_xact_commit${EVERY}))`, '{{datname}}', 'ops'),
      query(`sum(rate(mysql_global_status_queries${EVERY}))`, 'queries', 'ops'),
    ],
  },
  {
    name: 'database buffer hits',
    shows: /blks_(?:hit|read)|buffer_pool_read|buffer_?hit/,
    due: ['postgres', 'mysql', 'mariadb'],
    queries: [
      query(
        `sum(rate(pg_stat_database_blks_hit${EVERY})) / (sum(rate(pg_stat_database_blks_hit${EVERY})) + sum(rate(pg_stat_database_blks_read${EVERY})))`,
        'hit ratio',
        'percentunit',
      ),
      query(
        `1 - sum(rate(mysql_global_status_innodb_buffer_pool_reads${EVERY})) / sum(rate(mysql_global_status_innodb_buffer_pool_read_requests${EVERY}))`,
        'hit ratio',
        'percentunit',
      ),
    ],
  },
  {
    name: 'queue lag',
    shows: /num_pending|consumer\w*_lag|queue_(?:depth|length)|backlog|_lag(?:_|\b)/,
    due: ['nats', 'kafka'],
    queries: [
      query('max by (stream_name, consumer_name) (nats_consumer_num_pending)', '{{consumer_name}}'),
      query('sum by (consumergroup, topic) (kafka_consumergroup_lag)', '{{consumergroup}}'),
    ],
  },
];
