import type { Cursor } from '../../../../model/cursor.ts';
import { cursor, type KubeObject } from '../../../../model/kube.ts';
import type { DataDocument } from '../../../../model/document.ts';
import type { PlatformView } from '../../../../model/platform.ts';
import { readSelector, selects } from '../../../../model/selector.ts';
import { withConfigs, type MatcherStrategy, type NamespacedConfig } from '../operator.ts';
import type { Refusal } from '../../shapes/refused.ts';
import type { MatcherSyntax, RoutingConfig } from '../types.ts';
import { labelsOfNamespace } from './namespaces.ts';
import { readConfig } from './config.ts';
import { readCrd } from './crd.ts';
import { filesOf, isAlertmanagerConfig, parseEmbedded } from './embedded.ts';
import { fromFile, settled, type FoundAlertmanager } from './found.ts';
import { isTenant, ofTenants } from './tenants.ts';
import { variablesIn } from './variables.ts';
import { readVictoria, secretsOfVictoria } from './victoria.ts';

/** Every Alertmanager of the platform. A plain file counts where no object holds a configuration: there it is what the object is made of. */
export function alertmanagers(view: PlatformView): FoundAlertmanager[] {
  const managed = view.objects('Alertmanager').map((object) => readManaged(view, object));
  const used = new Set([
    ...view.objects('Alertmanager').map((object) => `${object.namespace ?? ''}/${secretOf(object)}`),
    ...secretsOfVictoria(view),
  ]);
  const tenants = ofTenants(view);
  const mounted = [...view.objects('ConfigMap'), ...view.objects('Secret')]
    .filter((object) => !used.has(`${object.namespace ?? ''}/${object.name}`))
    .flatMap((object) => readMounted(view, object, tenants.length > 0));
  const found = [...managed, ...mounted, ...readVictoria(view)];
  if (found.length > 0) return [...found, ...tenants];
  const files = ofThisEnvironment(view).filter(({ data }) => !isTenant(data));
  return [
    ...files.map(({ path, data, origin }) => ({
      name: path,
      origin,
      rejected: [],
      editable: true,
      ...settled(readConfig(data, origin, 'fallback', 'open')),
    })),
    ...tenants,
  ];
}

/** Without the files whose path names another environment, as long as others are left: `monitoring/staging/alertmanager.yml`. */
function ofThisEnvironment(view: PlatformView): readonly DataDocument[] {
  const files = view.data('alertmanager-config');
  const says = (path: string, name: string): boolean => `/${path}`.split(/[/._]/).some((word) => word === name);
  const others = view.spec.environments.filter(({ name }) => name !== view.environment.name);
  const own = files.filter(
    ({ path }) => says(path, view.environment.name) || !others.some(({ name }) => says(path, name)),
  );
  return own.length > 0 ? own : files;
}

function secretOf(object: KubeObject): string {
  return cursor(object).get('spec', 'configSecret').string() ?? `alertmanager-${object.name}`;
}

/** What Mimir and Cortex fall back to counts for no tenant that has its own. */
function readMounted(view: PlatformView, object: KubeObject, hasTenants: boolean): FoundAlertmanager[] {
  return filesOf(object).flatMap((file) => {
    if (hasTenants && /fallback/.test(file.key)) return [];
    if (!/\.ya?ml$/.test(file.key) || !/^["']?receivers["']?:/m.test(file.text)) return [];
    const parsed = parseEmbedded(file);
    if ('data' in parsed && !isAlertmanagerConfig(parsed.data)) return [];
    const name = `${object.kind} ${object.namespace ?? ''}/${object.name}`;
    return [{ name, rejected: [], ...fromFile(view, file, 'fallback', variablesIn(view, object)) }];
  });
}

/** `fallback` since 0.27, and where no version is given. */
function syntaxOf(spec: Cursor): MatcherSyntax {
  const version = /(\d+)\.(\d+)/.exec(spec.get('version').string() ?? spec.get('image').string() ?? '');
  if (version === null) return 'fallback';
  return Number(version[1]) === 0 && Number(version[2]) < 27 ? 'classic' : 'fallback';
}

/** What the operator uses where it finds no configuration. */
const NOTHING = { route: { receiver: 'null' }, receivers: [{ name: 'null' }] };

function readManaged(view: PlatformView, object: KubeObject): FoundAlertmanager {
  const spec = cursor(object).get('spec');
  const namespace = object.namespace ?? 'default';
  const name = `Alertmanager ${namespace}/${object.name}`;
  const { taken, rejected } = configsFor(view, spec, namespace);
  const base = baseFor(view, object, spec, taken.length > 0);
  if (base.config === undefined) return { name, rejected, ...base };
  const lacking = lackingIn(base.config, taken);
  if (lacking !== undefined) return { name, rejected, ...base, config: undefined, refused: lacking };
  const strategy = (spec.get('alertmanagerConfigMatcherStrategy', 'type').string() ?? 'OnNamespace') as MatcherStrategy;
  return { name, rejected, ...base, config: withConfigs(base.config, taken, strategy, namespace) };
}

/** Alertmanager refuses the whole that the operator makes where `global` lacks what one AlertmanagerConfig leaves to it. */
function lackingIn({ shared }: RoutingConfig, taken: readonly NamespacedConfig[]): Refusal | undefined {
  if (shared === undefined) return undefined;
  for (const { namespace, name, route, receivers } of taken)
    for (const { wants = [], origin } of route === undefined ? [] : receivers) {
      const want = wants.find(({ global }) => !global.some((key) => shared.includes(key)));
      if (want !== undefined)
        return {
          because: `${want.lack}, which AlertmanagerConfig ${namespace}/${name} leaves to it`,
          ...(origin !== undefined && { origin }),
        };
    }
  return undefined;
}

function baseFor(
  view: PlatformView,
  object: KubeObject,
  spec: Cursor,
  hasConfigs: boolean,
): Omit<FoundAlertmanager, 'name' | 'rejected'> {
  const nowhere = { origin: object.origin, config: undefined, editable: false };
  const global = spec.get('alertmanagerConfiguration', 'name').string();
  if (global !== undefined) return { ...nowhere, ...globalBase(view, object, global) };
  const secret = view
    .objects('Secret')
    .find(({ name, namespace }) => name === secretOf(object) && namespace === object.namespace);
  const file = secret === undefined ? undefined : filesOf(secret).find(({ key }) => key === 'alertmanager.yaml');
  if (file !== undefined) return fromFile(view, file, syntaxOf(spec), 'open');
  if (secret === undefined && hasConfigs && !spec.get('configSecret').exists)
    return { ...nowhere, ...settled(readConfig(NOTHING, object.origin)) };
  const missing = `Secret ${object.namespace ?? 'default'}/${secretOf(object)}`;
  const because =
    secret === undefined
      ? `its configuration is in ${missing}, which is not in the manifests`
      : `${missing} has no plain alertmanager.yaml`;
  return { ...nowhere, unseen: because };
}

/** `alertmanagerConfiguration`: an AlertmanagerConfig as the whole, without a namespace's matcher. */
function globalBase(
  view: PlatformView,
  { namespace }: KubeObject,
  name: string,
): Pick<FoundAlertmanager, 'config' | 'refused' | 'unseen'> {
  const found = view.objects('AlertmanagerConfig', namespace).find((object) => object.name === name);
  if (found === undefined)
    return {
      config: undefined,
      unseen: `AlertmanagerConfig ${namespace ?? 'default'}/${name} is not in the manifests`,
    };
  const read = readCrd(found);
  if ('refused' in read) return { config: undefined, refused: read.refused };
  const { route, receivers, inhibitRules, intervals } = read.value;
  if (route === undefined)
    return { config: undefined, refused: { because: 'root route must exist', origin: found.origin } };
  return { config: { root: route, receivers, inhibitRules, intervals } };
}

/** The AlertmanagerConfigs that an Alertmanager selects: none without a selector, those of its own namespace by default. */
function configsFor(
  view: PlatformView,
  spec: Cursor,
  namespace: string,
): { taken: NamespacedConfig[]; rejected: { name: string; refusal: Refusal }[] } {
  const selector = readSelector(spec.get('alertmanagerConfigSelector'));
  if (selector === undefined) return { taken: [], rejected: [] };
  const spaces = readSelector(spec.get('alertmanagerConfigNamespaceSelector'));
  const inScope = (other: string): boolean =>
    spaces === undefined ? other === namespace : selects(spaces, labelsOfNamespace(view, other));
  const taken: NamespacedConfig[] = [];
  const rejected: { name: string; refusal: Refusal }[] = [];
  for (const object of view.objects('AlertmanagerConfig')) {
    if (!inScope(object.namespace ?? 'default') || !selects(selector, object.labels)) continue;
    const read = readCrd(object);
    if ('value' in read) taken.push(read.value);
    else
      rejected.push({
        name: `AlertmanagerConfig ${object.namespace ?? 'default'}/${object.name}`,
        refusal: read.refused,
      });
  }
  return { taken, rejected };
}
