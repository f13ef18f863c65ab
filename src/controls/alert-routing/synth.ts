import type { Patch, Subject } from '../../model/control.ts';
import { below } from '../../model/origin.ts';
import { matcherText, type Receiver, type Route, type RoutingConfig } from '../../proofs/alerting/routing/index.ts';
import { judge, type Params } from './check.ts';
import type { Rotation, Routing } from './input.ts';
import { pagingAlerts } from './paging.ts';
import { judgeSides } from './ways.ts';

/**
 * Writes the configuration where there is none, and adds receivers of rotations and a last route for the severities that page, as far
 * as nothing is left to find then. Which of two routes is meant, and what takes alerts too early, stays with people.
 */
export function synth(_subject: Subject, input: Routing, params: Params): Patch[] {
  if (judge(input, judgeSides(input), params).findings.length === 0) return [];
  const [found, second] = input.alertmanagers;
  if (found === undefined) return newConfiguration(input, params);
  if (second !== undefined || !found.editable || found.config === undefined) return [];
  const { config, patches } = repaired(found.config, found.origin, input, params);
  const mended: Routing = { ...input, alertmanagers: [{ ...found, config }] };
  return judge(mended, judgeSides(mended), params).findings.length === 0 ? patches : [];
}

function repaired(
  config: RoutingConfig,
  origin: Routing['alertmanagers'][number]['origin'],
  input: Routing,
  params: Params,
): { config: RoutingConfig; patches: Patch[] } {
  const rotations = routable(input);
  const receivers = rotations.filter(({ receiver }) => !config.receivers.some(({ name }) => name === receiver));
  const values = pagingValues(input, params);
  const routes = rotations.flatMap(({ receiver, severities }, index): Route[] => {
    const own = values.filter(({ severity }) => severities.includes(severity)).map(({ value }) => value);
    if (own.length === 0 || config.root.routes.some((route) => route.receiver === receiver)) return [];
    const matchers = [{ name: params.label, operator: '=~' as const, value: own.join('|') }];
    const continues = index < rotations.length - 1;
    const id = `route.routes[new ${receiver}]`;
    return [{ ...config.root, id, receiver, matchers, continues, routes: [], muted: [], active: [] }];
  });
  const patches: Patch[] = [
    ...receivers.map(({ receiver, name }, index): Patch => ({
      op: 'set',
      origin: below(origin, 'receivers', config.receivers.length + index),
      value: pager(receiver),
      reason: `rotation ${name} is paged by ${receiver}, which is not there`,
    })),
    ...routes.map((route, index): Patch => ({
      op: 'set',
      origin: below(origin, 'route', 'routes', config.root.routes.length + index),
      value: {
        receiver: route.receiver,
        matchers: route.matchers.map(matcherText),
        ...(route.continues && { continue: true }),
      },
      reason: `nothing leads to ${route.receiver}`,
    })),
  ];
  const added = receivers.map(({ receiver }): Receiver => ({ name: receiver, integrations: ['pagerduty'] }));
  return {
    config: {
      ...config,
      receivers: [...config.receivers, ...added],
      root: { ...config.root, routes: [...config.root.routes, ...routes] },
    },
    patches,
  };
}

function routable({ rotations }: Routing): (Rotation & { receiver: string })[] {
  return (rotations ?? []).flatMap((rotation) =>
    rotation.receiver === undefined ? [] : [{ ...rotation, receiver: rotation.receiver }],
  );
}

/** The values that the severity label has in alerts that page. */
function pagingValues(input: Routing, params: Params): { value: string; severity: string }[] {
  const found = new Map<string, string>();
  for (const { alert, severity } of pagingAlerts(input, params)) {
    const value = alert.labels.known[params.label];
    if (value?.kind === 'is') found.set(value.value, severity);
  }
  return [...found].map(([value, severity]) => ({ value, severity })).sort((a, b) => (a.value < b.value ? -1 : 1));
}

/** The key comes from a mounted Secret: it is no part of the configuration. */
function pager(receiver: string): Readonly<Record<string, unknown>> {
  return {
    name: receiver,
    pagerduty_configs: [{ routing_key_file: `/etc/alertmanager/secrets/alertmanager-receivers/${receiver}` }],
  };
}

/** A whole configuration beside the first rules. What no rotation takes pages the first one, until somebody names a quieter place. */
function newConfiguration(input: Routing, params: Params): Patch[] {
  const rotations = routable(input);
  const [first] = rotations;
  const beside = input.alerts[0]?.origin.path;
  if (first === undefined || beside === undefined) return [];
  const values = pagingValues(input, params);
  const routes = rotations.flatMap(({ receiver, severities }, index) => {
    const own = values.filter(({ severity }) => severities.includes(severity)).map(({ value }) => value);
    if (own.length === 0) return [];
    const last = index === rotations.length - 1;
    return [
      `    - matchers: ['${params.label}=~"${own.join('|')}"']`,
      `      receiver: ${receiver}`,
      ...(last ? [] : ['      continue: true']),
    ];
  });
  const receivers = [...new Set(rotations.map(({ receiver }) => receiver))].flatMap((receiver) => [
    `  - name: ${receiver}`,
    '    pagerduty_configs:',
    `      - routing_key_file: /etc/alertmanager/secrets/alertmanager-receivers/${receiver}`,
  ]);
  const content = [
    '# Keys are mounted from a Secret. What no route below takes pages too: give it a quieter receiver.',
    'route:',
    `  receiver: ${first.receiver}`,
    '  group_by: [alertname]',
    '  routes:',
    ...routes,
    'receivers:',
    ...receivers,
    '',
  ].join('\n');
  const path = `${beside.includes('/') ? `${beside.slice(0, beside.lastIndexOf('/'))}/` : ''}alertmanager.yml`;
  return [{ op: 'create-file', path, content, reason: 'no configuration of an Alertmanager leads to the rotations' }];
}
