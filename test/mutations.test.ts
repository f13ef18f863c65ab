import { fileURLToPath } from 'node:url';
import { beforeAll, describe, expect, it } from 'vitest';
import { loadAll } from 'js-yaml';
import { parse } from 'yaml';
import { openTree } from '../src/adapters/files.ts';
import { controls } from '../src/controls/catalog.ts';
import { runControls } from '../src/engine/run.ts';
import { memoryTree, platformOf } from './fixture-platform.ts';

/**
 * The reference platform with its mends is right in how it is spread, drained, streamed to and released. Each field that
 * matters is broken in turn, and the control that owns it must say so.
 */
type Owner = 'replica-spread' | 'graceful-shutdown' | 'stream-drain' | 'websocket-affinity' | 'progressive-delivery';
const OWNERS: readonly Owner[] = [
  'replica-spread',
  'graceful-shutdown',
  'stream-drain',
  'websocket-affinity',
  'progressive-delivery',
];

/** `Kind/name` of an object or `spec`, a path in it (an item of a list by its name), and the value, or what makes it of the old one. */
type Change = readonly [target: string, path: string, value: unknown];
interface Mutation {
  readonly what: string;
  readonly owner: Owner;
  readonly changes: readonly Change[];
}

const POD = 'spec.template.spec';
const SPREAD = `${POD}.topologySpreadConstraints.0`;
const CANARY = 'spec.strategy.canary';
const QUERY = 'provider.prometheus.query';
const GONE = undefined;

/** All pools said aloud: of those in Terraform nobody knows that there are no others. */
function pools(max: number): Change {
  const label = (name: string) => ({ 'gpucloud.example/pool': name });
  return [
    'spec',
    'environments.production.nodePools',
    [
      { name: 'general', labels: label('general'), min: 6, max: 18 },
      { name: 'data', labels: label('data'), taints: ['dedicated=data'], min: 3, max },
    ],
  ];
}

const of = (owner: Owner, rows: readonly (readonly [what: string, ...changes: Change[]])[]): Mutation[] =>
  rows.map(([what, ...changes]) => ({ what, owner, changes }));

const MUTATIONS: readonly Mutation[] = [
  ...of('replica-spread', [
    ['the spread over zones is only wished for', ['Rollout/api', `${SPREAD}.whenUnsatisfiable`, 'ScheduleAnyway']],
    ['maxSkew is removed', ['Rollout/api', `${SPREAD}.maxSkew`, GONE]],
    ['whenUnsatisfiable is removed', ['StatefulSet/nats', `${SPREAD}.whenUnsatisfiable`, GONE]],
    ['maxSkew is raised', ['Rollout/api', `${SPREAD}.maxSkew`, 5]],
    [
      'the selector of the spread misses',
      ['StatefulSet/postgres', `${SPREAD}.labelSelector`, { matchLabels: { app: 'db' } }],
    ],
    ['the spread has no selector', ['StatefulSet/redis', `${SPREAD}.labelSelector`, GONE]],
    [
      'the spread is over another topology',
      ['StatefulSet/nats', `${SPREAD}.topologyKey`, 'topology.kubernetes.io/region'],
    ],
    ['there is no spread', ['Rollout/console', `${POD}.topologySpreadConstraints`, GONE]],
    ['the minimum is lowered', ['HorizontalPodAutoscaler/api', 'spec.minReplicas', 4]],
    [
      'a single zone is selected',
      ['Rollout/terminal-gateway', `${POD}.nodeSelector`, { 'topology.kubernetes.io/zone': 'eu-central-1a' }],
    ],
    ['zones are given up', pools(6), ['spec', 'environments.production.zones', ['eu-central-1a']]],
    ['the data pool is as small as its zones', pools(3)],
    ['the quorum is raised', ['spec', 'services.api.quorum', 5]],
    ['the data pool is not tolerated', pools(6), ['StatefulSet/nats', `${POD}.tolerations`, GONE]],
    [
      'a pool is selected that is not there',
      pools(6),
      ['StatefulSet/redis', `${POD}.nodeSelector`, { 'gpucloud.example/pool': 'storage' }],
    ],
  ]),
  ...of('graceful-shutdown', [
    ['the grace period is shortened', ['Rollout/api', `${POD}.terminationGracePeriodSeconds`, 60]],
    [
      'the grace period is left to the default',
      ['Rollout/billing-worker', `${POD}.terminationGracePeriodSeconds`, GONE],
    ],
    ['there is no preStop', ['Rollout/console', `${POD}.containers.console.lifecycle`, GONE]],
    ['preStop is shortened', ['Deployment/pgbouncer', `${POD}.containers.0.lifecycle.preStop.sleep.seconds`, 2]],
    ['the drain window has grown', ['spec', 'services.billing-worker.drainWindow', '3m']],
    ['there is no readiness probe', ['Rollout/api', `${POD}.containers.api.readinessProbe`, GONE]],
    ['pods go first', ['Rollout/console', `${CANARY}.maxUnavailable`, 1]],
    ['a shell keeps the signal', ['Rollout/api', `${POD}.containers.api.command`, ['sh', '-c', 'migrate && serve']]],
    [
      'the proxy stops accepting at once',
      ['Deployment/ingress-web', `${POD}.containers.0.args`, without('shutdown-grace-period')],
    ],
    ['workers of the proxy close late', ['ConfigMap/ingress-config-terminal', 'data.worker-shutdown-timeout', '240s']],
  ]),
  ...of('stream-drain', [
    [
      'terminals are killed before their window',
      ['Rollout/terminal-gateway', `${POD}.terminationGracePeriodSeconds`, 600],
    ],
    ['terminals are taken while going', ['Rollout/terminal-gateway', `${POD}.containers.0.lifecycle`, GONE]],
    [
      'preStop is longer than was planned for',
      ['Rollout/terminal-gateway', `${POD}.containers.0.lifecycle.preStop.sleep.seconds`, 90],
    ],
  ]),
  ...of('websocket-affinity', [
    [
      'the proxy cuts silent terminals',
      ['Ingress/terminal', 'metadata.annotations.nginx%ingress%kubernetes%io/proxy-read-timeout', '30'],
    ],
    [
      'the load balancer cuts silent terminals',
      ['terraform/modules/edge/main.tf', 'idle_timeout = 1000', 'idle_timeout = 40'],
    ],
    [
      'the load balancer is left to its default, and pings are rare',
      ['terraform/modules/edge/main.tf', 'idle_timeout = 1000', ''],
      ['spec', 'services.terminal-gateway.routes.0.pingInterval', '60s'],
    ],
    ['pings are rarer than what the gateway bears', ['spec', 'services.terminal-gateway.routes.0.pingInterval', '15m']],
    [
      'events are cut between their comments',
      ['Ingress/api-events', 'metadata.annotations.nginx%ingress%kubernetes%io/proxy-read-timeout', '15'],
    ],
  ]),
  ...of('progressive-delivery', [
    ['an analysis is removed', ['Rollout/api', `${CANARY}.steps.5`, { pause: { duration: '1m' } }]],
    ['the first step is too large', ['Rollout/console', `${CANARY}.steps.0.setWeight`, 60]],
    ['a step is missing', ['Rollout/api', `${CANARY}.steps`, (steps: unknown[]) => steps.slice(3)]],
    ['a template has another name', ['AnalysisTemplate/terminal-canary', 'metadata.name', 'terminals']],
    ['silence is not asked about', ['AnalysisTemplate/http-canary', 'spec.metrics.error-ratio.successCondition', GONE]],
    [
      'silence is success',
      [
        'AnalysisTemplate/http-canary',
        'spec.metrics.error-ratio.successCondition',
        'len(result) == 0 || result[0] <= 0.01',
      ],
      ['AnalysisTemplate/http-canary', 'spec.metrics.error-ratio.failureCondition', GONE],
    ],
    [
      'silence counts as zero',
      [
        'AnalysisTemplate/worker-canary',
        `spec.metrics.failure-ratio.${QUERY}`,
        (query: string) => `(${query}) or vector(0)`,
      ],
    ],
    [
      'inconclusive answers are borne',
      ['AnalysisTemplate/http-canary', 'spec.metrics.error-ratio.inconclusiveLimit', 5],
    ],
    ['failures are borne', ['AnalysisTemplate/http-canary', 'spec.metrics.p99.failureLimit', 5]],
    [
      'the latency is not asked',
      ['AnalysisTemplate/terminal-canary', 'spec.metrics', (metrics: unknown[]) => metrics.slice(0, 1)],
    ],
    [
      'the median is asked',
      ['AnalysisTemplate/edge-canary', `spec.metrics.p99.${QUERY}`, (query: string) => query.replace('0.99', '0.5')],
    ],
    [
      'both versions are asked, with a wide threshold',
      [
        'AnalysisTemplate/edge-canary',
        'spec.metrics.error-ratio.successCondition',
        (text: string) => text.replace('0.01', '0.5'),
      ],
      [
        'AnalysisTemplate/edge-canary',
        'spec.metrics.error-ratio.failureCondition',
        (text: string) => text.replace('0.01', '0.5'),
      ],
    ],
    ['it measures without end', ['AnalysisTemplate/http-canary', 'spec.metrics.error-ratio.count', GONE]],
    ['the analysis is a dry run', ['AnalysisTemplate/http-canary', 'spec.dryRun', [{ metricName: 'error-ratio' }]]],
    ['no former version is kept', ['Rollout/api', 'spec.revisionHistoryLimit', 0]],
    ['a canary that hangs stays', ['Rollout/api', 'spec.progressDeadlineAbort', GONE]],
    ['a service is released all at once', ['Rollout/console', `${CANARY}.steps`, GONE]],
  ]),
];

const example = fileURLToPath(new URL('../examples/gpu-cloud', import.meta.url));

describe('the reference platform, broken in turn', () => {
  let sources: Record<string, string>;
  beforeAll(() => {
    const tree = openTree(example);
    const kept = tree.files.filter((path) => path.startsWith('terraform/') || path === 'launchgate.yaml');
    sources = Object.fromEntries(kept.map((path) => [path, tree.text(path)]));
    sources['all.yaml'] = tree.text('mends/rendered/k8s/overlays/production.yaml');
  });

  it('is right as it is', async () => {
    expect(await failing([])).toEqual([]);
  });

  it.each(MUTATIONS.map((one) => [one.owner, one.what, one.changes] as const))('%s: %s', async (owner, _, changes) => {
    expect(await failing(changes)).toContain(owner);
  });

  /** The controls that fail after the changes, of those that own these fields. */
  async function failing(changes: readonly Change[]): Promise<string[]> {
    const objects: unknown[] = loadAll(sources['all.yaml'] ?? '');
    const spec: unknown = parse(sources['launchgate.yaml'] ?? '');
    const files = { ...sources };
    for (const [target, path, value] of changes) {
      if (files[target] !== undefined) files[target] = replaced(files[target], path, String(value));
      else alter(target === 'spec' ? spec : find(objects, target), path.split('.'), value);
    }
    delete files['all.yaml'];
    files['launchgate.yaml'] = JSON.stringify(spec);
    files['k8s/overlays/production/all.yaml'] = objects.map((object) => JSON.stringify(object)).join('\n---\n');
    const chosen = controls.filter(({ meta }) => OWNERS.some((owner) => owner === meta.id));
    const { conclusions } = runControls(await platformOf(memoryTree(files)), chosen);
    return conclusions.filter(({ result }) => result.outcome === 'fail').map(({ control }) => control.meta.id);
  }
});

type Node = Record<string | number, unknown>;

function find(objects: readonly unknown[], target: string): unknown {
  const [kind, name] = target.split('/');
  const found = (objects as { kind: string; metadata: { name: string } }[]).find(
    (object) => object.kind === kind && object.metadata.name === name,
  );
  if (found === undefined) throw new Error(`no ${target}`);
  return found;
}

/** Steps down by keys, indexes and names of items; `%` stands for a dot in a key. */
function alter(at: unknown, [first = '', ...rest]: readonly string[], value: unknown): void {
  const node = at as Node;
  const key = Array.isArray(at) ? indexOf(at as unknown[], first) : first.replaceAll('%', '.');
  if (rest.length > 0) return alter(node[key], rest, value);
  if (value === GONE) delete node[key];
  else node[key] = typeof value === 'function' ? (value as (before: unknown) => unknown)(node[key]) : value;
}

function indexOf(items: readonly unknown[], name: string): number {
  if (/^\d+$/.test(name)) return Number(name);
  const index = items.findIndex((item) => (item as { name?: string }).name === name);
  if (index === -1) throw new Error(`no item ${name}`);
  return index;
}

function replaced(text: string, from: string, to: string): string {
  expect(text).toContain(from);
  return text.replace(from, to);
}

function without(word: string): (words: string[]) => string[] {
  return (words) => words.filter((one) => !one.includes(word));
}
