import type { Cursor } from '../../model/cursor.ts';
import { cursor } from '../../model/kube.ts';
import type { PlatformView } from '../../model/platform.ts';
import type { PublicRoute } from './types.ts';

/** The rule of an HTTPRoute or VirtualService that a route was read from: the route's place lies below it. */
export function ruleOf(view: PlatformView, route: PublicRoute): Cursor | undefined {
  const { kind, namespace, name } = route;
  const rules = (which: string, field: string): Cursor[] =>
    view
      .objects(which, namespace)
      .filter((object) => object.name === name)
      .flatMap((object) => cursor(object).get('spec', field).items());
  if (kind === 'gateway-api')
    return rules('HTTPRoute.gateway.networking.k8s.io', 'rules').find((rule) => owns(rule, route));
  return kind === 'istio'
    ? rules('VirtualService.networking.istio.io', 'http').find((rule) => owns(rule, route))
    : undefined;
}

function owns(rule: Cursor, { origin }: PublicRoute): boolean {
  const { pointer = [], document, path } = rule.origin;
  const same = origin.path === path && origin.document === document;
  return same && pointer.every((key, index) => origin.pointer?.[index] === key);
}
