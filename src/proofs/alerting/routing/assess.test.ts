import { describe, expect, test } from 'vitest';
import { assessRouting, type RoutedAlert } from './assess.ts';
import { is, type LabelValue } from './labels.ts';
import { withConfigs } from './operator.ts';
import { readConfig } from './read/config.ts';
import { arrivingLabels } from './read/arriving.ts';
import { yieldedBy } from './read/yielded.ts';
import type { RoutingConfig } from './types.ts';

function read(routes: object[], rest: object = {}): RoutingConfig {
  const receivers = ['root', 'a', 'b'].map((name) => ({ name }));
  const result = readConfig({ route: { receiver: 'root', routes }, receivers, ...rest }, { path: 'a.yml' });
  if ('refused' in result) throw new Error(result.refused.because);
  return result.value;
}

function alert(
  name: string,
  labels: Record<string, string | LabelValue>,
  others: 'missing' | 'anything' = 'missing',
): RoutedAlert {
  const known = Object.entries(labels).map(([key, value]) => [key, typeof value === 'string' ? is(value) : value]);
  return { name, labels: { known: { ...Object.fromEntries(known), alertname: is(name) }, others } };
}

const receivers = (config: RoutingConfig, one: RoutedAlert): string[] =>
  (assessRouting(config, [one]).alerts[0]?.ways ?? []).map(({ result }) =>
    result.map(({ receiver }) => receiver).join(','),
  );

describe('inhibition', () => {
  const rule = (given: object): RoutingConfig => read([], { inhibit_rules: [given] });
  const edges = (config: RoutingConfig, ...alerts: RoutedAlert[]): string[] =>
    assessRouting(config, alerts).inhibitions.map(
      ({ source, target, certain }) =>
        `${alerts[source]?.name} ${certain ? 'mutes' : 'may mute'} ${alerts[target]?.name}`,
    );
  const [down, slow] = [alert('Down', { severity: 'P0' }), alert('Slow', { severity: 'P1' })];

  test('counts labels that both lack as equal, and asks of those that are not known', () => {
    const config = rule({ source_match: { severity: 'P0' }, target_match: { severity: 'P1' }, equal: ['region'] });
    expect(edges(config, down, slow)).toEqual(['Down mutes Slow']);
    expect(edges(config, down, alert('Slow', { severity: 'P1', region: 'eu' }))).toEqual([]);
    const somewhere = alert('Slow', { severity: 'P1', region: { kind: 'any', mayBeMissing: true } });
    expect(edges(config, down, somewhere)).toEqual(['Down may mute Slow']);
    const anywhere = alert('Slow', { severity: 'P1', region: { kind: 'any', mayBeMissing: false } });
    expect(edges(config, down, anywhere)).toEqual([]);
  });

  test('spares a target that is a source too from sources that are targets too', () => {
    const both = rule({ source_matchers: ['severity=~"P0|P1"'], target_matchers: ['severity=~"P0|P1"'] });
    expect(edges(both, down, slow)).toEqual([]);
    const wider = rule({ source_matchers: ['severity=~"P0|P1"'], target_matchers: ['severity="P1"'] });
    expect(edges(wider, down, slow)).toEqual(['Down mutes Slow']);
  });

  test('names rules that no alert can set off', () => {
    const config = rule({ source_match: { alertname: 'Dwon' }, target_match: { severity: 'P1' } });
    expect(assessRouting(config, [down, slow]).idleRules).toMatchObject([{ side: 'source' }]);
  });
});

describe('routes', () => {
  test('a label that is not known goes every way, never two that contradict each other', () => {
    const config = read([
      { matchers: ['team="a"'], receiver: 'a' },
      { matchers: ['team!="a"'], receiver: 'b' },
    ]);
    expect(receivers(config, alert('X', {}, 'anything')).sort()).toEqual(['a', 'b']);
    expect(receivers(config, alert('X', {}))).toEqual(['b']);
  });

  test('what is not understood may go either way, and is not proven', () => {
    const config = read([{ matchers: ['team=~"\\\\ba"'], receiver: 'a' }]);
    const { ways } = assessRouting(config, [alert('X', { team: 'a' })]).alerts[0] ?? { ways: [] };
    expect(ways.map(({ result, proven }) => `${result[0]?.receiver} ${proven}`).sort()).toEqual([
      'a false',
      'root false',
    ]);
  });

  test('dead ones are told with what takes their alerts', () => {
    const config = read([
      { matchers: ['severity=~"P0|P1"'], receiver: 'a' },
      { matchers: ['severity="P0"'], receiver: 'b' },
      { matchers: ['team="x"'], receiver: 'b', routes: [{ matchers: ['team="y"'] }] },
    ]);
    expect(assessRouting(config, []).dead).toMatchObject([
      { route: { id: 'route.routes[1]' }, because: { shadowedBy: [{ id: 'route.routes[0]' }] } },
      { route: { id: 'route.routes[2].routes[0]' }, because: 'contradiction' },
    ]);
  });

  test('continue keeps a later one alive', () => {
    const routes = (continues: boolean): object[] => [
      { matchers: ['severity="P0"'], receiver: 'a', continue: continues },
      { matchers: ['severity="P0"'], receiver: 'b' },
    ];
    expect(receivers(read(routes(true)), alert('X', { severity: 'P0' }))).toEqual(['a,b']);
    expect(assessRouting(read(routes(true)), []).dead).toEqual([]);
    expect(assessRouting(read(routes(false)), []).dead).toHaveLength(1);
  });
});

test('configurations of namespaces come first, continue, and see their own alerts only', () => {
  const own = read([{ matchers: ['severity="P0"'], receiver: 'b' }]);
  const base = read([{ matchers: ['severity="P0"'], receiver: 'a' }]);
  const config = {
    namespace: 'shop',
    name: 'x',
    route: { ...own.root, id: 'shop' },
    receivers: [],
    inhibitRules: [],
    intervals: [],
  };
  const merged = withConfigs(base, [config], 'OnNamespace', 'monitoring');
  expect(receivers(merged, alert('X', { severity: 'P0', namespace: 'shop' }))).toEqual(['b,a']);
  expect(receivers(merged, alert('X', { severity: 'P0', namespace: 'other' }))).toEqual(['a']);
  const free = withConfigs(
    base,
    [{ ...config, namespace: 'monitoring' }],
    'OnNamespaceExceptForAlertmanagerNamespace',
    'monitoring',
  );
  expect(receivers(free, alert('X', { severity: 'P0', namespace: 'other' }))).toEqual(['b,a']);
});

describe('labels as they arrive', () => {
  const rule = { name: 'Down', labels: { severity: 'P0', team: '{{ $labels.team }}' } };
  const sender = { externalLabels: { cluster: 'eu', severity: 'none' }, relabels: [] };

  test('the rule has the last word over its expression, and external labels fill in what is missing', () => {
    const { labels } = arrivingLabels(rule, yieldedBy('sum by (job) (up{job="api"}) == 0').labels, [sender]);
    expect(labels.known).toMatchObject({
      alertname: is('Down'),
      severity: is('P0'),
      cluster: is('eu'),
      job: is('api'),
    });
    expect(labels.known['team']).toEqual({ kind: 'any', mayBeMissing: true });
    expect(labels.others).toBe('missing');
  });

  test('relabelling changes, drops and hides', () => {
    const base = { separator: ';', regex: '(.*)', targetLabel: '', replacement: '$1', sourceLabels: ['severity'] };
    const after = (...relabels: object[]): ReturnType<typeof arrivingLabels> =>
      arrivingLabels(rule, yieldedBy('vector(1)').labels, [
        { ...sender, relabels: relabels.map((one) => ({ ...base, action: 'replace', ...one })) },
      ]);
    expect(after({ targetLabel: 'level', regex: 'P.', replacement: 'page' }).labels.known['level']).toEqual(is('page'));
    expect(after({ action: 'drop', regex: 'P0' }).dropped).toBe('yes');
    expect(after({ action: 'drop', sourceLabels: ['team'], regex: 'x' }).dropped).toBe('perhaps');
    expect(after({ action: 'labeldrop', regex: 'sev.*' }).labels.known['severity']).toEqual(is(''));
    expect(after({ action: 'labelmap', regex: '__(.*)' }).labels).toEqual({ known: {}, others: 'anything' });
  });
});
