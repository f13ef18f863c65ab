/** Alertmanagers of VictoriaMetrics' operator, with the VMAlertmanagerConfigs that they take up. */
import type { Cursor } from '../../../../model/cursor.ts';
import { cursor, type KubeObject } from '../../../../model/kube.ts';
import type { PlatformView } from '../../../../model/platform.ts';
import { readSelector, selects } from '../../../../model/selector.ts';
import type { Matcher } from '../matcher.ts';
import { orRefusal, type Refusal } from '../../shapes/refused.ts';
import type { Route, RoutingConfig } from '../types.ts';
import { labelsOfNamespace } from './namespaces.ts';
import { readConfig } from './config.ts';
import { filesOf } from './embedded.ts';
import { fromFile, settled, type FoundAlertmanager } from './found.ts';
import { readMatchers } from './matchers.ts';
import { readVictoriaConfig, type VictoriaConfig } from './victoria-config.ts';

const KIND = 'VMAlertmanager.operator.victoriametrics.com';

/** Secrets that such an Alertmanager reads its configuration of, as `namespace/name`. */
export function secretsOfVictoria(view: PlatformView): string[] {
  return view.objects(KIND).flatMap((object) => {
    const secret = secretOf(object);
    return secret === undefined ? [] : [`${object.namespace ?? ''}/${secret}`];
  });
}

/** One that has the name of what the operator writes itself counts for nothing. */
function secretOf(object: KubeObject): string | undefined {
  const secret = cursor(object).get('spec', 'configSecret').string();
  return secret === '' || secret === `vmalertmanager-${object.name}-config` ? undefined : secret;
}

export function readVictoria(view: PlatformView): FoundAlertmanager[] {
  return view.objects(KIND).map((object) => {
    const name = `VMAlertmanager ${object.namespace ?? 'default'}/${object.name}`;
    const base = baseOf(view, object);
    if (base.config === undefined) return { name, rejected: [], ...base };
    const { taken, rejected } = configsFor(view, object, base.config.shared ?? []);
    return { name, rejected, ...base, config: withVictoriaConfigs(base.config, taken, cursor(object).get('spec')) };
  });
}

/** What the operator writes where it finds no configuration. */
const BLACKHOLE = { route: { receiver: 'blackhole' }, receivers: [{ name: 'blackhole' }] };

/** `configSecret` counts before `configRawYaml` (VictoriaMetrics/operator `factory/vmalertmanager`, `CreateOrUpdateConfig`). */
function baseOf(view: PlatformView, object: KubeObject): Omit<FoundAlertmanager, 'name' | 'rejected'> {
  const nowhere = { origin: object.origin, config: undefined, editable: false };
  const secret = secretOf(object);
  if (secret !== undefined) {
    const found = view.objects('Secret').find((one) => one.name === secret && one.namespace === object.namespace);
    const file = found === undefined ? undefined : filesOf(found).find(({ key }) => key === 'alertmanager.yaml');
    if (file !== undefined) return fromFile(view, file, 'fallback');
    const where = `Secret ${object.namespace ?? 'default'}/${secret}`;
    if (found === undefined)
      return { ...nowhere, unseen: `its configuration is in ${where}, which is not in the manifests` };
    return { ...nowhere, unseen: `${where} has no plain alertmanager.yaml` };
  }
  const raw = cursor(object).get('spec', 'configRawYaml');
  const written = raw.string() ?? '';
  if (written !== '') return fromFile(view, { key: 'configRawYaml', text: written, origin: raw.origin }, 'fallback');
  return { ...nowhere, ...settled(readConfig(BLACKHOLE, object.origin)) };
}

/**
 * Their routes come after those of the configuration proper, sorted by `namespace/name`; each continues and is held to its namespace unless
 * the VMAlertmanager says otherwise. Source: VictoriaMetrics/operator `factory/vmalertmanager/config.go`, `buildConfig` and `buildRoute`.
 */
function withVictoriaConfigs(base: RoutingConfig, configs: readonly VictoriaConfig[], spec: Cursor): RoutingConfig {
  const free = spec.get('disableNamespaceMatcher').boolean() === true;
  const label = spec.get('enforcedNamespaceLabel').string() || 'namespace';
  const enforced = readMatchers(spec, ['none', 'none', 'enforcedTopRouteMatchers'], 'fallback');
  const held = (name: string, namespace: string): Matcher[] =>
    free ? [] : [{ name, operator: '=', value: namespace }];
  const sorted = configs.toSorted((a, b) => (a.key < b.key ? -1 : 1));
  const keepsOn = spec.get('disableRouteContinueEnforce').boolean() !== true;
  const routes = sorted.flatMap(({ route, namespace }): Route[] => {
    if (route === undefined) return [];
    const matchers = [...route.matchers, ...held(label, namespace), ...enforced];
    return [{ ...route, matchers, continues: keepsOn || route.continues }];
  });
  return {
    ...base,
    root: { ...base.root, routes: [...base.root.routes, ...routes] },
    receivers: [...base.receivers, ...sorted.flatMap(({ receivers }) => receivers)],
    inhibitRules: [
      ...base.inhibitRules,
      ...sorted.flatMap(({ inhibitRules, namespace }) =>
        inhibitRules.map((rule) => ({
          ...rule,
          source: [...rule.source, ...held('namespace', namespace)],
          target: [...rule.target, ...held('namespace', namespace)],
        })),
      ),
    ],
    intervals: [...base.intervals, ...sorted.flatMap(({ intervals }) => intervals)],
  };
}

/** With neither selector all are taken or none; without one for namespaces those of its own; without one for objects all of those namespaces. */
function configsFor(
  view: PlatformView,
  object: KubeObject,
  shared: readonly string[],
): { taken: VictoriaConfig[]; rejected: { name: string; refusal: Refusal }[] } {
  const spec = cursor(object).get('spec');
  const [selector, spaces] = [
    readSelector(spec.get('configSelector')),
    readSelector(spec.get('configNamespaceSelector')),
  ];
  const takesAll = spec.get('selectAllByDefault').boolean() === true;
  const isTaken = (one: KubeObject): boolean => {
    if (selector === undefined && spaces === undefined) return takesAll;
    const namespace = one.namespace ?? 'default';
    const near =
      spaces === undefined
        ? namespace === (object.namespace ?? 'default')
        : selects(spaces, labelsOfNamespace(view, namespace));
    return near && (selector === undefined || selects(selector, one.labels));
  };
  const taken: VictoriaConfig[] = [];
  const rejected: { name: string; refusal: Refusal }[] = [];
  for (const one of view.objects('VMAlertmanagerConfig').filter(isTaken)) {
    const read = orRefusal(() => readVictoriaConfig(one, shared));
    if ('value' in read) taken.push(read.value);
    else
      rejected.push({ name: `VMAlertmanagerConfig ${one.namespace ?? 'default'}/${one.name}`, refusal: read.refused });
  }
  return { taken, rejected };
}
