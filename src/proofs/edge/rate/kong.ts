/**
 * Kong's rate-limiting plugins: of a route, of the Service behind it, or of all.
 * https://developer.konghq.com/kubernetes-ingress-controller/custom-resources/#kongplugin
 */
import { cursor, type KubeObject } from '../../../model/kube.ts';
import type { PlatformView } from '../../../model/platform.ts';
import { ingressFamily, isReadBy } from '../controllers.ts';
import { annotationsOf } from '../ingress.ts';
import { servicesOf } from '../services.ts';
import type { PublicRoute } from '../types.ts';
import { listed } from './names.ts';
import { holds, type RateLimit } from './types.ts';

const KEY = 'konghq.com/plugins';

/** A period that the plugin counts over, with its seconds. */
const PERIODS = { second: 1, minute: 60, hour: 3600, day: 86_400, month: 2_592_000, year: 31_536_000 } as const;

export function byKong(view: PlatformView, route: PublicRoute): RateLimit | undefined {
  if (!isReadBy(view, route, 'kong')) return undefined;
  const near = [...view.objects('KongPlugin', route.namespace), ...view.objects('KongClusterPlugin')];
  const names = [
    ...listed(route.annotations[KEY]),
    ...servicesOf(view, route).flatMap((service) => listed(annotationsOf(service)[KEY])),
  ];
  const limits = [
    ...names.flatMap((name): RateLimit[] => {
      const plugin = near.find((candidate) => candidate.name === name);
      if (plugin !== undefined) return limitIn(plugin);
      const by = `KongPlugin ${name}`;
      return [{ by, unsure: `what ${by} of ${route.source} bounds is not in the repository` }];
    }),
    ...(route.kind === 'ingress' && ingressFamily(view, route.edges[0], route.annotations) === 'kong'
      ? view.objects('KongClusterPlugin').filter(isGlobal).flatMap(limitIn)
      : []),
  ];
  return limits.find(holds) ?? limits[0];
}

function isGlobal(plugin: KubeObject): boolean {
  return cursor(plugin).get('metadata', 'labels', 'global').string() === 'true';
}

function limitIn(plugin: KubeObject): RateLimit[] {
  const at = cursor(plugin);
  if (at.get('plugin').string()?.startsWith('rate-limiting') !== true) return [];
  const by = `${plugin.kind} ${plugin.name}`;
  const disabled = at.get('disabled');
  if (disabled.boolean() === true) return [{ by, idle: 'it is disabled', origin: disabled.origin }];
  const config = at.get('config');
  const rates = Object.entries(PERIODS).flatMap(([period, seconds]) => {
    const amount = config.get(period).integer();
    return amount === undefined ? [] : [amount / seconds];
  });
  return [{ by, ...(rates.length > 0 && { perSecond: Math.min(...rates) }), origin: at.get('plugin').origin }];
}
