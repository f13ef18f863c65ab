/** Configurations that Prometheus does not start with: then nothing is scraped and no rule is evaluated. Source: prometheus `config/config.go`. */
import type { Cursor } from '../../../model/cursor.ts';
import type { PlatformView } from '../../../model/platform.ts';
import { patternOf } from '../regex/automaton.ts';
import { RegexProblem } from '../regex/syntax.ts';
import { promDuration } from '../promql/time-span.ts';
import { clientWith, sigv4 } from '../shapes/http-client.ts';
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
import { orRefusal, Refused, text as textAt, type Refusal } from '../shapes/refused.ts';
import { discoveries } from './refused-discovery.ts';
import { configurations } from './scrape-config.ts';

/** A configuration with what is wrong with it. */
export interface RefusedConfig extends Refusal {
  readonly name: string;
}

export function refusedConfigs(view: PlatformView): RefusedConfig[] {
  return configurations(view).flatMap(({ root, name }) => {
    if (isOfAnother(root)) return [];
    const read = orRefusal(() => config(root));
    return 'refused' in read ? [{ name, ...read.refused }] : [];
  });
}

/** Promtail, Grafana's agents and vmagent take files of nearly the same form. */
const OF_OTHERS = /^(?:server|clients|positions|metrics|integrations|logs|traces|scrape_config_files_dir)$/;
const OF_OTHER_JOBS =
  /^(?:pipeline_stages|journal|syslog|stream_parse|no_stale_markers|series_limit|scrape_align_interval|scrape_offset|relabel_debug|metric_relabel_debug|disable_compression|disable_keepalive|headers|proxy_(?:bearer_token|basic_auth|authorization|tls_config|headers)\w*)$/;

function isOfAnother(root: Cursor): boolean {
  const jobs = root.get('scrape_configs').items();
  const rules = jobs.flatMap((job) => job.get('relabel_configs').items());
  return (
    root.entries().some(([key]) => OF_OTHERS.test(key)) ||
    jobs.some((job) => job.entries().some(([key]) => OF_OTHER_JOBS.test(key))) ||
    rules.some((rule) => rule.get('if').exists)
  );
}

const LIMITS: Fields = each(
  'body_size_limit sample_limit target_limit label_limit label_name_length_limit label_value_length_limit keep_dropped_targets metric_name_validation_scheme metric_name_escaping_scheme scrape_native_histograms convert_classic_histograms_to_nhcb always_scrape_classic_histograms extra_scrape_metrics scrape_protocols scrape_failure_log_file',
  anything,
);

const ACTIONS = 'replace keep drop keepequal dropequal hashmod labelmap labeldrop labelkeep lowercase uppercase'.split(
  ' ',
);

const pattern: Shape = (at) => {
  const read = patternOf(textAt(at) ?? '');
  if (read instanceof RegexProblem && read.kind === 'invalid')
    throw new Refused(`error parsing regexp: ${read.message}`, at.origin);
};

const relabelling = list(
  mapping(
    {
      ...each('separator modulus target_label replacement', anything),
      source_labels: list(text),
      regex: pattern,
      action: oneOf(ACTIONS, true),
    },
    (at) => {
      const action = (textAt(at.get('action')) ?? 'replace').toLowerCase();
      if (/^(?:replace|hashmod|lowercase|uppercase|keepequal|dropequal)$/.test(action))
        needs('target_label', `relabel configuration for ${action} action requires 'target_label' value`)(at);
      if (action === 'hashmod') needs('modulus', 'relabel configuration for hashmod requires non-zero modulus')(at);
    },
  ),
);

/** Addresses without a scheme or path: those are `scheme` and `metrics_path`. */
const address: Shape = (at) => {
  const written = textAt(at) ?? '';
  if (written.includes('/')) throw new Refused(`${JSON.stringify(written)} is not a valid hostname`, at.origin);
};

const statics = list(mapping({ targets: list(address), labels: anything }));

const job: Shape = (at) => {
  if (!at.exists) throw new Refused('empty or null scrape config section', at.origin);
  clientWith(
    {
      ...LIMITS,
      static_configs: anything,
      ...discoveries(at),
      ...each('job_name metrics_path scheme'),
      ...each('honor_labels honor_timestamps track_timestamps_staleness enable_compression', flag),
      ...each('scrape_interval scrape_timeout', duration),
      ...each('params fallback_scrape_protocol scrape_classic_histograms', anything),
      ...each('native_histogram_bucket_limit native_histogram_min_bucket_factor', anything),
      ...each('relabel_configs metric_relabel_configs', relabelling),
    },
    needs('job_name', 'job_name is empty'),
  )(at);
  // A job that is probed relabels its targets, which are the addresses of pages.
  if (!at.get('relabel_configs').exists) statics(at.get('static_configs'));
};

const alertmanagers: Shape = (at) => {
  clientWith({
    static_configs: anything,
    ...discoveries(at),
    ...each('scheme path_prefix api_version'),
    timeout: duration,
    sigv4,
    ...each('relabel_configs alert_relabel_configs', relabelling),
  })(at);
  if (!at.get('relabel_configs').exists) statics(at.get('static_configs'));
};

const config: Shape = mapping(
  {
    global: mapping({
      ...LIMITS,
      ...each('scrape_interval scrape_timeout evaluation_interval rule_query_offset query_max_duration', duration),
      ...each('query_log_file external_labels query_max_series query_max_samples_read', anything),
    }),
    alerting: mapping({ alertmanagers: list(alertmanagers), alert_relabel_configs: relabelling }),
    scrape_configs: list(job),
    ...each('rule_files scrape_config_files', list(text)),
    ...each('runtime storage tracing remote_write remote_read otlp', anything),
  },
  jobsOnce,
  inTime,
);

function jobsOnce(root: Cursor): void {
  const seen = new Set<string>();
  for (const one of root.get('scrape_configs').items()) {
    const name = textAt(one.get('job_name')) ?? '';
    if (seen.has(name))
      throw new Refused(`found multiple scrape configs with job name ${JSON.stringify(name)}`, one.origin);
    seen.add(name);
  }
}

/** A job must be through before it begins again. */
function inTime(root: Cursor): void {
  const often = root.get('global', 'scrape_timeout');
  const usual = promDuration(textAt(root.get('global', 'scrape_interval')) ?? '1m') ?? 60;
  if ((promDuration(textAt(often) ?? '') ?? 0) > usual)
    throw new Refused('global scrape timeout greater than scrape interval', often.origin);
  for (const one of root.get('scrape_configs').items()) {
    const interval = promDuration(textAt(one.get('scrape_interval')) ?? '') ?? usual;
    const timeout = promDuration(textAt(one.get('scrape_timeout')) ?? '') ?? 0;
    if (timeout > interval)
      throw new Refused(
        `scrape timeout greater than scrape interval for scrape config with job name ${JSON.stringify(textAt(one.get('job_name')) ?? '')}`,
        one.origin,
      );
  }
}
