/**
 * Everything that says whom Grafana tells, in the form of its own files: of files of provisioning, of ConfigMaps and Secrets, of objects of
 * grafana-operator and of Terraform. Reads the classes `grafana-alerting`, `kubernetes` and `terraform`.
 */
import { Cursor } from '../../../../model/cursor.ts';
import { cursor, type KubeObject } from '../../../../model/kube.ts';
import { isGrafanaAlerting } from '../../../../model/grafana-alerting.ts';
import type { Origin } from '../../../../model/origin.ts';
import type { PlatformView } from '../../../../model/platform.ts';
import { embedded } from '../../embedded.ts';
import { listOf } from '../../lenient.ts';
import { filesOf } from '../../routing/index.ts';
import { scopeOf, scopesOf, type Scope } from '../scopes.ts';
import { policyOfOperator } from './operator.ts';
import { ofTerraform } from './terraform.ts';

/** A contact point, a policy or a mute timing where it stands. */
export interface Entry {
  readonly holder: string;
  readonly scopes: readonly Scope[];
  readonly at: Cursor;
  /** All that can be pointed at, where `at` lies in a text within another or is made of something else. */
  readonly shownAt?: Origin;
  /** Why nothing can be told of it. */
  readonly because?: string;
  /** Why it is not applied. */
  readonly refused?: string;
}

export interface Sources {
  readonly contactPoints: readonly Entry[];
  readonly policies: readonly Entry[];
  readonly intervals: readonly Entry[];
}

export function notifyingSources(view: PlatformView): Sources {
  const files = view.data('grafana-alerting');
  const written = new Set(files.map(({ data }) => JSON.stringify(data)));
  const all = [
    ...files.map(({ path, data, origin }) => ofFile(path, new Cursor(data, origin))),
    ...[...view.objects('ConfigMap'), ...view.objects('Secret')].flatMap((object) => mounted(object, written)),
    ofOperator(view),
    ofTerraform(view),
  ];
  return {
    contactPoints: all.flatMap(({ contactPoints }) => contactPoints),
    policies: all.flatMap(({ policies }) => policies),
    intervals: all.flatMap(({ intervals }) => intervals),
  };
}

function ofFile(holder: string, root: Cursor, shownAt?: Origin): Sources {
  const entries = (key: string): Entry[] =>
    listOf(root.get(key)).map((at) => ({
      holder,
      scopes: [scopeOf(at.get('orgId').value)],
      at,
      ...(shownAt !== undefined && { shownAt }),
    }));
  return { contactPoints: entries('contactPoints'), policies: entries('policies'), intervals: entries('muteTimes') };
}

/** As the chart of Grafana and its sidecar mount them. */
function mounted(object: KubeObject, written: ReadonlySet<string>): Sources[] {
  return filesOf(object).flatMap(({ key, text, origin }): Sources[] => {
    if (!/^\s*["']?(?:contactPoints|policies|muteTimes)["']?\s*:/m.test(text)) return [];
    const data = embedded(text);
    if (data === undefined || written.has(JSON.stringify(data)) || !isGrafanaAlerting(data)) return [];
    return [
      ofFile(
        `${object.kind} ${object.namespace ?? 'default'}/${object.name}, ${key}`,
        new Cursor(data, origin),
        origin,
      ),
    ];
  });
}

function ofOperator(view: PlatformView): Sources {
  const entry = (object: KubeObject, at: Cursor): Entry => ({
    holder: `${object.kind} ${object.namespace ?? 'default'}/${object.name}`,
    scopes: scopesOf(view, object),
    at,
  });
  const spec = (object: KubeObject): Cursor => cursor(object).get('spec');
  return {
    contactPoints: view
      .objects('GrafanaContactPoint.grafana.integreatly.org')
      .map((object) => entry(object, contactPointOf(object))),
    policies: view.objects('GrafanaNotificationPolicy.grafana.integreatly.org').map((object) => {
      const { route, ...why } = policyOfOperator(view, object);
      return { ...entry(object, route), ...why };
    }),
    intervals: view.objects('GrafanaMuteTiming.grafana.integreatly.org').map((object) => entry(object, spec(object))),
  };
}

/** One receiver, or `receivers` since grafana-operator 5.21; its name is the object's where it has none. */
function contactPointOf(object: KubeObject): Cursor {
  const spec = cursor(object).get('spec');
  const receivers = spec.get('receivers').exists ? spec.get('receivers').value : [spec.value];
  return new Cursor({ name: spec.get('name').value ?? object.name, receivers }, spec.origin);
}
