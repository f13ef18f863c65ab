/** The platform's own routing with every receiver's end replaced by the lab's pager: what is tested is who would have been told, and when. */
import { parseDuration } from '../../../../model/duration.ts';
import type { AlertmanagerFile } from './documents.ts';
import type { Timing } from './timing.ts';

/** Integrations that wake somebody; the others leave a message. */
const PAGES: ReadonlySet<string> = new Set([
  'pagerduty_configs',
  'opsgenie_configs',
  'victorops_configs',
  'pushover_configs',
  'sns_configs',
]);

const DEAD_MAN = /dead-?man|heart-?beat|watchdog|snitch/i;
const WAITS = ['group_wait', 'group_interval', 'repeat_interval'] as const;

/** Where the pager is, and the bearer token that it wants. */
export interface PagerAddress {
  readonly url: string;
  readonly tokenFile: string;
}

/** The file for the lab. Parts that name files, hosts or secrets of the cluster (`global`, `templates`) do not come along. */
export function redirected(file: AlertmanagerFile, pager: PagerAddress, timing: Timing): Record<string, unknown> {
  const { global: _, templates: __, receivers, route, ...rest } = file;
  return {
    ...rest,
    global: { resolve_timeout: '1m' },
    route: timedRoute(route, timing),
    receivers: receivers.map((receiver) => toPager(receiver, pager)),
  };
}

/** For a platform without routing: one receiver, so that firing alerts are seen. */
export const PLAIN_ROUTING: AlertmanagerFile = {
  route: { receiver: 'pager', group_by: ['alertname'], group_wait: '0s' },
  receivers: [{ name: 'pager', pagerduty_configs: [{}] }],
};

function toPager(receiver: AlertmanagerFile['receivers'][number], pager: PagerAddress): Record<string, unknown> {
  const { name, ...integrations } = receiver;
  const hooks = Object.entries(integrations).flatMap(([kind, configs]) => {
    if (!Array.isArray(configs)) return [];
    return configs.map((config: unknown, index) => ({
      url: `${pager.url}/v1/${endpoint(name, kind)}/${encodeURIComponent(name)}?integration=${kind.replace(/_configs$/, '')}-${index + 1}`,
      send_resolved: sendsResolved(config, kind),
      max_alerts: 0,
      http_config: { authorization: { credentials_file: pager.tokenFile } },
    }));
  });
  return { name, ...(hooks.length === 0 ? {} : { webhook_configs: hooks }) };
}

function endpoint(receiver: string, kind: string): 'beats' | 'pages' | 'messages' {
  if (DEAD_MAN.test(receiver)) return 'beats';
  return PAGES.has(kind) ? 'pages' : 'messages';
}

/** Alertmanager's own defaults: e-mail and chat do not say that something is over, paging and webhooks do. */
function sendsResolved(config: unknown, kind: string): boolean {
  const said =
    typeof config === 'object' && config !== null ? (config as Record<string, unknown>)['send_resolved'] : undefined;
  return typeof said === 'boolean' ? said : PAGES.has(kind) || kind === 'webhook_configs';
}

/** The routing tree with its waits at another speed. */
export function timedRoute(route: Record<string, unknown>, timing: Timing): Record<string, unknown> {
  const routes = Array.isArray(route['routes']) ? (route['routes'] as Record<string, unknown>[]) : undefined;
  const waits = WAITS.flatMap((key): [string, string][] => {
    const seconds = parseDuration(String(route[key] ?? ''));
    return seconds === undefined ? [] : [[key, timedWait(key, seconds, timing)]];
  });
  return {
    ...route,
    ...Object.fromEntries(waits),
    ...(routes === undefined ? {} : { routes: routes.map((child) => timedRoute(child, timing)) }),
  };
}

/** Alertmanager refuses an interval of nought. */
function timedWait(key: (typeof WAITS)[number], seconds: number, { faster, groupWait }: Timing): string {
  if (key === 'group_wait') return wholeSeconds(groupWait ?? seconds / faster);
  return wholeSeconds(Math.max(1, seconds / faster));
}

function wholeSeconds(seconds: number): string {
  return `${Math.round(seconds)}s`;
}
