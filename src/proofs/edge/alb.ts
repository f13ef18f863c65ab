/** What the AWS load balancer controller makes of an Ingress, its class and its group. */
import { isMapping } from '../../model/cursor.ts';
import { cursor, type KubeObject } from '../../model/kube.ts';
import { oncePerPlatform } from '../../model/once.ts';
import type { PlatformView } from '../../model/platform.ts';

const PREFIX = 'alb.ingress.kubernetes.io/';

type Annotations = Readonly<Record<string, string>>;

/**
 * Annotations about the load balancer, which the Ingresses of a group share: one that says it says it for all of them.
 * https://kubernetes-sigs.github.io/aws-load-balancer-controller/latest/guide/ingress/annotations/#ingressgroup
 */
const OF_GROUP = [
  'scheme',
  'load-balancer-attributes',
  'ssl-redirect',
  'ssl-policy',
  'wafv2-acl-arn',
  'waf-acl-id',
  'web-acl-id',
].map((name) => `${PREFIX}${name}`);

/** The annotations that hold for an Ingress: those of its class before its own, and those that others of its group have. */
export function albAnnotations(view: PlatformView, ingressClass: string | undefined, own: Annotations): Annotations {
  const ofClass = classAnnotations(view, ingressClass);
  const group = ofClass[GROUP] ?? own[GROUP];
  const shared = group === undefined ? [] : (sharedBy(view).get(group) ?? []);
  return Object.assign({}, ...shared, own, ofClass);
}

/** Where an action leads: a Service with its port, or what is not in the cluster, in words. */
export type AlbTarget = { readonly service: string; readonly port?: number | string } | { readonly outside: string };

/**
 * What the action of a name forwards to, as its annotation says; none for a redirect or a fixed response. The controller reads the keys in
 * any case. https://kubernetes-sigs.github.io/aws-load-balancer-controller/latest/guide/ingress/annotations/#actions
 */
export function albTargets(view: PlatformView, annotations: Annotations, action: string): AlbTarget[] {
  const name = `${PREFIX}actions.${action}`;
  const text = annotations[name];
  const said = text === undefined ? undefined : lowered(view.readData(text));
  if (said === undefined) return [{ outside: `no annotation ${name} can be read` }];
  if (said['type'] !== 'forward') return [];
  const groups = lowered(said['forwardconfig'])?.['targetgroups'];
  const each: unknown[] = Array.isArray(groups) ? groups : [said];
  return each.map((group) => targetOf(lowered(group) ?? {}));
}

function targetOf({ servicename: service, serviceport: port }: Record<string, unknown>): AlbTarget {
  if (typeof service !== 'string') return { outside: 'its target group is made outside of the cluster' };
  if (typeof port === 'string') return { service, port: /^\d+$/.test(port) ? Number(port) : port };
  return { service, ...(typeof port === 'number' && { port }) };
}

function lowered(value: unknown): Record<string, unknown> | undefined {
  if (!isMapping(value)) return undefined;
  return Object.fromEntries(Object.entries(value).map(([key, member]) => [key.toLowerCase(), member]));
}

const GROUP = `${PREFIX}group.name`;

const sharedBy = oncePerPlatform((view: PlatformView): ReadonlyMap<string, Annotations[]> => {
  const groups = new Map<string, Annotations[]>();
  for (const object of view.objects('Ingress.networking.k8s.io')) {
    const own = cursor(object).get('metadata', 'annotations').stringMap();
    const group = classAnnotations(view, classOf(object))[GROUP] ?? own[GROUP];
    if (group === undefined) continue;
    const shared = Object.fromEntries(Object.entries(own).filter(([key]) => OF_GROUP.includes(key)));
    groups.set(group, [...(groups.get(group) ?? []), shared]);
  }
  return groups;
});

function classOf(object: KubeObject): string | undefined {
  return cursor(object).get('spec', 'ingressClassName').string();
}

/** What the IngressClassParams of a class say, as annotations would. */
function classAnnotations(view: PlatformView, ingressClass: string | undefined): Annotations {
  const params = classParams(view, ingressClass);
  if (params === undefined) return {};
  const spec = cursor(params).get('spec');
  const attributes = spec
    .get('loadBalancerAttributes')
    .items()
    .map((one) => `${one.get('key').string()}=${one.get('value').string()}`);
  const said = {
    scheme: spec.get('scheme').string(),
    'group.name': spec.get('group', 'name').string(),
    'target-type': spec.get('targetType').string(),
    'ssl-policy': spec.get('sslPolicy').string(),
    'ssl-redirect': spec.get('sslRedirectPort').string(),
    'wafv2-acl-arn': spec.get('wafv2AclArn').string(),
    // EKS in Auto Mode calls them otherwise.
    'certificate-arn': listed([...spec.get('certificateArn').strings(), ...spec.get('certificateARNs').strings()]),
    'load-balancer-attributes': listed(attributes),
  };
  return Object.fromEntries(
    Object.entries(said).flatMap(([name, value]) => (value === undefined ? [] : [[`${PREFIX}${name}`, value]])),
  );
}

function listed(values: readonly string[]): string | undefined {
  return values.length === 0 ? undefined : values.join(',');
}

function classParams(view: PlatformView, ingressClass: string | undefined): KubeObject | undefined {
  const declared = view.objects('IngressClass').find(({ name }) => name === ingressClass);
  const name = declared === undefined ? undefined : cursor(declared).get('spec', 'parameters', 'name').string();
  return view.objects('IngressClassParams').find((object) => object.name === name);
}
