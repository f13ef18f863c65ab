import { cursor } from '../../model/kube.ts';
import { below, type Origin } from '../../model/origin.ts';
import type { PlatformView } from '../../model/platform.ts';
import { speakerOf } from './canary.ts';
import { annotationsOf } from './ingress.ts';
import { controllerFor, ingressFamily, type NginxController } from './controllers.ts';
import { levelsOf, serverOf } from './nginx.ts';
import type { PublicRoute } from './types.ts';

/** A setting as it applies to a route. */
export interface Setting {
  /** Undefined where something was passed over, and what holds instead is not in the repository. */
  readonly value?: string;
  readonly from: 'annotation' | 'configuration' | 'default';
  /** What was written, where the controller passes over it. */
  readonly passedOver?: string;
  readonly origin: Origin;
}

/**
 * Settings of ingress-nginx that a route, or the ConfigMap, may set, with the controller's own defaults and nginx's name for them.
 * https://kubernetes.github.io/ingress-nginx/user-guide/nginx-configuration/configmap/ and https://nginx.org/en/docs/
 */
const SETTINGS = {
  'proxy-body-size': ['1m', 'client_max_body_size'],
  'large-client-header-buffers': ['4 8k', 'large_client_header_buffers'],
  'client-header-timeout': ['60', 'client_header_timeout'],
  'client-body-timeout': ['60', 'client_body_timeout'],
  'proxy-read-timeout': ['60', 'proxy_read_timeout'],
  'proxy-send-timeout': ['60', 'proxy_send_timeout'],
} as const;
export type SettingName = keyof typeof SETTINGS;

/** Settings that an annotation may override; the others hold for the whole controller. */
const BY_ANNOTATION: readonly SettingName[] = ['proxy-body-size', 'proxy-read-timeout', 'proxy-send-timeout'];

/**
 * Times are whole numbers of seconds to ingress-nginx. It passes over any other text, `60s` as well: an annotation leaves what the ConfigMap says
 * (`GetIntAnnotation` in internal/ingress/annotations/proxy/main.go), and the ConfigMap, whose fields are integers, the default.
 */
function isTaken(name: SettingName, text: string): boolean {
  return !name.endsWith('-timeout') || /^\d+$/.test(text);
}

/** What applies to a route behind nginx; `undefined` where another proxy serves it or its configuration is not in the repository. */
export function settingOf(view: PlatformView, route: PublicRoute, name: SettingName): Setting | undefined {
  if (route.kind === 'nginx') return fromConfiguration(view, route, name);
  if (route.kind !== 'ingress' || ingressFamily(view, route.edges[0], route.annotations) !== 'nginx') return undefined;
  const key = `nginx.ingress.kubernetes.io/${name}`;
  const annotation = BY_ANNOTATION.includes(name) ? route.annotations[key] : undefined;
  const inherited = ofController(controllerFor(view, route.edges[0], route.namespace), name);
  if (annotation === undefined) return inherited;
  const origin = annotationOrigin(view, route, key);
  if (isTaken(name, annotation)) return { value: annotation, from: 'annotation', origin };
  return { ...(inherited ?? { from: 'configuration' }), passedOver: annotation, origin };
}

function ofController(controller: NginxController | undefined, name: SettingName): Setting | undefined {
  if (controller === undefined || !controller.configMapFound) return undefined;
  const held = controller.settings[name];
  const fallback = SETTINGS[name][0];
  if (held === undefined) return { value: fallback, from: 'default', origin: controller.origin };
  const origin = below(controller.origin, name);
  return isTaken(name, held)
    ? { value: held, from: 'configuration', origin }
    : { value: fallback, from: 'default', passedOver: held, origin };
}

/** Where an annotation that holds for a route's Ingress stands; the route itself where its Ingress, or the main one of a canary, has none. */
export function annotationOrigin(view: PlatformView, route: PublicRoute, key: string): Origin {
  const object = view
    .objects('Ingress.networking.k8s.io', route.namespace)
    .find(({ name }) => route.kind === 'ingress' && name === route.name);
  const speaker = object && speakerOf(view, object, key);
  if (speaker === undefined || annotationsOf(speaker)[key] === undefined) return route.origin;
  return cursor(speaker).get('metadata', 'annotations', key).origin;
}

/** The innermost directive wins: location, server, http. */
function fromConfiguration(view: PlatformView, route: PublicRoute, name: SettingName): Setting | undefined {
  const found = serverOf(view, route);
  if (found === undefined) return undefined;
  const [fallback, directiveName] = SETTINGS[name];
  const directive = levelsOf(view, route)
    .flat()
    .findLast((candidate) => candidate.name === directiveName);
  return directive === undefined
    ? { value: fallback, from: 'default', origin: found.server.origin }
    : { value: directive.args.join(' '), from: 'configuration', origin: directive.origin };
}

/** Bytes of nginx's `16k`, `1m`, `1g`; 0 switches the limit off. `undefined` for what is no size. */
export function parseSize(text: string): number | undefined {
  const match = /^(\d{1,12})([kmg]?)$/i.exec(text.trim());
  if (match === null) return undefined;
  const power = { '': 0, k: 1, m: 2, g: 3 }[(match[2] ?? '').toLowerCase()] ?? 0;
  return Number(match[1]) * 1024 ** power;
}

/** Seconds of nginx's `30`, `30s`, `5m`, `1h 30m`. */
export function parseTime(text: string): number | undefined {
  const units = { ms: 0.001, '': 1, s: 1, m: 60, h: 3600, d: 86_400, w: 604_800 } as const;
  const parts = text.trim().split(/\s+(?=\d)|(?<=[a-z])(?=\d)/);
  let total = 0;
  for (const part of parts) {
    const match = /^(\d{1,9})(ms|[smhdw]?)$/.exec(part);
    if (match === null) return undefined;
    total += Number(match[1]) * units[(match[2] ?? '') as keyof typeof units];
  }
  return total;
}
