/**
 * Which listeners of a Gateway take a route, and why the others do not: by section, port, kind, namespace and host, as the Gateway API has it
 * (the reasons `NoMatchingParent`, `NotAllowedByListeners` and `NoMatchingListenerHostname` of a route's status).
 */
import type { Cursor } from '../../model/cursor.ts';
import { cursor, type KubeObject } from '../../model/kube.ts';
import type { PlatformView } from '../../model/platform.ts';
import { hostsMeet } from './hosts.ts';
import { annotationsOf } from './ingress.ts';
import { isInternalBalancer, isInternalClass } from './internal.ts';
import { listenersRefusal, namespaceRefusal } from './namespaces.ts';
import type { Attachment, Refusal } from './types.ts';

export const GROUP = 'gateway.networking.k8s.io';
/** Resources that add listeners to a Gateway, with their groups: XListenerSet is the experimental one. */
const SETS: Readonly<Record<string, string>> = {
  ListenerSet: GROUP,
  XListenerSet: 'gateway.networking.x-k8s.io',
};
export type RouteKind = 'HTTPRoute' | 'GRPCRoute' | 'TLSRoute';

/** What comes of one entry of `parentRefs`. */
export interface Parent {
  /** `Gateway edge/gw`. */
  readonly name: string;
  /** Its load balancer takes no traffic from the internet. */
  readonly internal: boolean;
  /** Listeners that take the route, those included of which it is not known. */
  readonly attachments: readonly Attachment[];
  /** Why no listener takes it, or why that is not known. */
  readonly refusal?: Refusal;
  readonly at: Cursor;
}

/** Protocols whose listeners take a kind; one of an implementation's own (`example.com/quic`), or one that is not said, may take any. */
const CARRIED_BY: Readonly<Record<RouteKind, RegExp>> = {
  HTTPRoute: /^HTTPS?$|\//,
  GRPCRoute: /^HTTPS?$|\//,
  TLSRoute: /^TLS$|\//,
};

/** The Gateway that an entry of `parentRefs` names; none for a parent of another kind, such as a Service in a mesh. */
export function parentOf(view: PlatformView, kind: RouteKind, route: KubeObject, at: Cursor): Parent | undefined {
  const namespace = at.get('namespace').string() ?? route.namespace ?? 'default';
  const name = at.get('name').string() ?? '';
  const title = `${namespace}/${name}`;
  const parentKind = at.get('kind').string() ?? 'Gateway';
  if (Object.hasOwn(SETS, parentKind)) {
    const set = named(view, parentKind, namespace, name);
    return set === undefined
      ? elsewhere(parentKind, title, 'it is not in the repository', at)
      : setOf(view, kind, route, set, at);
  }
  if (parentKind !== 'Gateway' || (at.get('group').string() ?? GROUP) !== GROUP) return undefined;
  const gateway = named(view, 'Gateway', namespace, name);
  if (gateway === undefined) return elsewhere('Gateway', title, 'it is not in the repository', at);
  return {
    name: `Gateway ${title}`,
    internal: isInternal(gateway),
    ...listenersFor(view, kind, route, gateway, title, at),
    at,
  };
}

function named(view: PlatformView, kind: string, namespace: string, name: string): KubeObject | undefined {
  return view.objects(`${kind}.${SETS[kind] ?? GROUP}`, namespace).find((object) => object.name === name);
}

/** The listeners of a set, where the Gateway that it adds them to lets it. */
function setOf(view: PlatformView, kind: RouteKind, route: KubeObject, set: KubeObject, at: Cursor): Parent {
  const parent = cursor(set).get('spec', 'parentRef');
  const namespace = parent.get('namespace').string() ?? set.namespace ?? 'default';
  const title = `${namespace}/${parent.get('name').string() ?? ''}`;
  const gateway = named(view, 'Gateway', namespace, parent.get('name').string() ?? '');
  const own = listenersFor(view, kind, route, set, title, at);
  const refusal =
    gateway === undefined
      ? { because: `its Gateway ${title} is not in the repository`, proven: false }
      : listenersRefusal(view, set, gateway);
  const isOut = refusal?.proven === true;
  return {
    name: `${set.kind} ${set.namespace ?? 'default'}/${set.name}`,
    internal: gateway !== undefined && isInternal(gateway),
    attachments: isOut ? [] : own.attachments,
    ...(isOut || own.refusal === undefined ? refusal && { refusal } : { refusal: own.refusal }),
    at,
  };
}

/** Nothing is known of its listeners; one is taken to be there, with TLS, so that what it would publish is judged. */
function elsewhere(kind: string, name: string, because: string, at: Cursor): Parent {
  return {
    name: `${kind} ${name}`,
    internal: false,
    attachments: [{ gateway: name, tls: 'yes', certificates: [] }],
    refusal: { because, proven: false },
    at,
  };
}

function isInternal(gateway: KubeObject): boolean {
  const spec = cursor(gateway).get('spec');
  const infrastructure = spec.get('infrastructure', 'annotations').stringMap();
  return (
    isInternalClass(spec.get('gatewayClassName').string()) ||
    isInternalBalancer({ ...annotationsOf(gateway), ...infrastructure })
  );
}

/** Those of a Gateway or a set of it (`holder`). */
function listenersFor(
  view: PlatformView,
  kind: RouteKind,
  route: KubeObject,
  holder: KubeObject,
  gateway: string,
  at: Cursor,
): Pick<Parent, 'attachments' | 'refusal'> {
  const meant = cursor(holder)
    .get('spec', 'listeners')
    .items()
    .filter((listener) => isNamed(listener, at));
  if (meant.length === 0) return { attachments: [], refusal: { because: notThere(at), proven: true } };
  const asked = meant.map((listener) => ({ listener, refusal: refusalOf(view, kind, route, holder, listener) }));
  const taking = asked.filter(({ refusal }) => refusal?.proven !== true);
  const sure = taking.some(({ refusal }) => refusal === undefined);
  const refusal = taking[0]?.refusal ?? { because: together(asked, isSingled(at)), proven: true };
  return {
    attachments: taking.map(({ listener }) => attachment(gateway, holder, listener)),
    ...(sure ? {} : { refusal }),
  };
}

function isNamed(listener: Cursor, at: Cursor): boolean {
  const section = at.get('sectionName').string();
  const port = at.get('port').integer();
  return (
    (section === undefined || listener.get('name').string() === section) &&
    (port === undefined || listener.get('port').integer() === port)
  );
}

function notThere(at: Cursor): string {
  const section = at.get('sectionName').string();
  const port = at.get('port').integer();
  const named = section === undefined ? '' : ` named ${section}`;
  return `it has no listener${named}${port === undefined ? '' : ` on port ${port}`}`;
}

/** Why a listener does not take a route; none where it does. */
function refusalOf(
  view: PlatformView,
  kind: RouteKind,
  route: KubeObject,
  holder: KubeObject,
  listener: Cursor,
): Refusal | undefined {
  if (!takesKind(kind, listener)) return { because: `takes no ${kind}`, proven: true };
  const hostname = listener.get('hostname').string();
  const wanted = cursor(route).get('spec', 'hostnames').strings();
  if (hostname !== undefined && wanted.length > 0 && !wanted.some((host) => hostsMeet(host, hostname)))
    return { because: `takes ${hostname}, and the route names ${shortened(wanted)}`, proven: true };
  return namespaceRefusal(view, route, holder, listener);
}

function takesKind(kind: RouteKind, listener: Cursor): boolean {
  const kinds = listener.get('allowedRoutes', 'kinds').items();
  const allowed = kinds.some(
    (entry) => entry.get('kind').string() === kind && (entry.get('group').string() ?? GROUP) === GROUP,
  );
  return (kinds.length === 0 || allowed) && CARRIED_BY[kind].test(listener.get('protocol').string() ?? '/');
}

function isSingled(at: Cursor): boolean {
  return at.get('sectionName').exists || at.get('port').exists;
}

/** What all listeners say, or what each says where they differ or the route names one of them. */
function together(
  asked: readonly { readonly listener: Cursor; readonly refusal: Refusal | undefined }[],
  singled: boolean,
): string {
  const said = [...Map.groupBy(asked, ({ refusal }) => refusal?.because ?? '')];
  if (said.length === 1 && !singled) return `it ${said[0]?.[0]}`;
  const texts = said.map(([because, those]) => {
    const names = those.map(({ listener }) => listener.get('name').string() ?? 'without a name');
    return `listener ${shortened(names)} ${because}`;
  });
  return shortened(texts, '; ');
}

const SHOWN = 3;

function shortened(texts: readonly string[], separator = ', '): string {
  const shown = texts.slice(0, SHOWN).join(separator);
  return texts.length > SHOWN ? `${shown}${separator}and ${texts.length - SHOWN} more` : shown;
}

function attachment(gateway: string, holder: KubeObject, listener: Cursor): Attachment {
  const namespace = holder.namespace ?? 'default';
  const hostname = listener.get('hostname').string();
  const secure = /^(?:HTTPS|TLS)$/.test(listener.get('protocol').string() ?? '');
  const passthrough = listener.get('tls', 'mode').string() === 'Passthrough';
  return {
    gateway,
    ...(hostname === undefined ? {} : { hostname }),
    tls: passthrough ? 'passthrough' : secure ? 'yes' : 'no',
    certificates: listener
      .get('tls', 'certificateRefs')
      .items()
      .map(
        (reference) => `${reference.get('namespace').string() ?? namespace}/${reference.get('name').string() ?? ''}`,
      ),
  };
}
