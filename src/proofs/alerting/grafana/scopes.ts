/** Which Grafana something belongs to. Reads the class `kubernetes`. */
import { cursor, type KubeObject } from '../../../model/kube.ts';
import { oncePerPlatform } from '../../../model/once.ts';
import type { PlatformView } from '../../../model/platform.ts';
import { readSelector, selects } from '../../../model/selector.ts';

/**
 * The organisation of one Grafana: `Grafana`, `Grafana, organisation 2`, `Grafana monitoring/main`. Each has policies, contact points and
 * rules of its own.
 */
export type Scope = string;

/** Of files and of Terraform, which do not say which Grafana reads them. The first organisation is the default. */
export function scopeOf(organisation: unknown): Scope {
  const id = typeof organisation === 'number' || typeof organisation === 'string' ? String(organisation) : '1';
  return id === '1' || id === '' || id === '0' ? 'Grafana' : `Grafana, organisation ${id}`;
}

const instances = oncePerPlatform((view: PlatformView): readonly KubeObject[] =>
  view.objects('Grafana.grafana.integreatly.org'),
);

/** The Grafanas that an object of grafana-operator selects. Where there is one or none in sight they are all the same. */
export function scopesOf(view: PlatformView, object: KubeObject): readonly Scope[] {
  const spec = cursor(object).get('spec');
  if (spec.get('suspend').value === true) return [];
  const all = instances(view);
  const selector = readSelector(spec.get('instanceSelector'));
  if (all.length < 2) return [scopeOf(1)];
  const everywhere = spec.get('allowCrossNamespaceImport').value === true;
  return all
    .filter(({ labels, namespace }) => {
      const near = everywhere || (namespace ?? 'default') === (object.namespace ?? 'default');
      return near && (selector === undefined || selects(selector, labels));
    })
    .map(({ name, namespace }) => `Grafana ${namespace ?? 'default'}/${name}`);
}
