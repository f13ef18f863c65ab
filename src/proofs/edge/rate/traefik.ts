/** Traefik's RateLimit middlewares. https://doc.traefik.io/traefik/reference/routing-configuration/http/middlewares/ratelimit/ */
import { parseDuration } from '../../../model/duration.ts';
import { cursor, type KubeObject } from '../../../model/kube.ts';
import type { PlatformView } from '../../../model/platform.ts';
import { isReadBy } from '../controllers.ts';
import { ruleOf } from '../rules.ts';
import type { PublicRoute } from '../types.ts';
import { listed, placed } from './names.ts';
import { holds, type RateLimit } from './types.ts';

const KEY = 'traefik.ingress.kubernetes.io/router.middlewares';

/** The middlewares that an Ingress names by annotation, or a rule of an HTTPRoute as filters. */
export function byTraefik(view: PlatformView, route: PublicRoute): RateLimit | undefined {
  const all = view.objects('Middleware');
  const named = isReadBy(view, route, 'traefik')
    ? listed(route.annotations[KEY]).map((name) => ({
        name,
        found: all.find(
          (object) =>
            name === `${placed(object).replace('/', '-')}@kubernetescrd` || name === placed(object).replace('/', '-'),
        ),
      }))
    : [];
  const filtering = filtersOf(view, route).map((name) => ({
    name,
    found: all.find((object) => placed(object) === `${route.namespace}/${name}`),
  }));
  const limits = [...named, ...filtering].flatMap(({ name, found }): RateLimit[] => {
    if (found !== undefined) return ofMiddleware(view, found);
    const by = `middleware ${name}`;
    return [{ by, unsure: `what ${by} of ${route.source} bounds is not in the repository` }];
  });
  return limits.find(holds) ?? limits[0];
}

function filtersOf(view: PlatformView, route: PublicRoute): string[] {
  const filters = ruleOf(view, route)?.get('filters').items() ?? [];
  return filters
    .map((filter) => filter.get('extensionRef'))
    .filter((reference) => reference.get('kind').string() === 'Middleware')
    .flatMap((reference) => reference.get('name').string() ?? []);
}

/** Of a middleware, or of those in the chain that it is. https://doc.traefik.io/traefik/middlewares/http/chain/ */
function ofMiddleware(view: PlatformView, middleware: KubeObject): RateLimit[] {
  const chained = cursor(middleware)
    .get('spec', 'chain', 'middlewares')
    .items()
    .map(
      (link) => `${link.get('namespace').string() ?? middleware.namespace ?? 'default'}/${link.get('name').string()}`,
    );
  return [middleware, ...view.objects('Middleware').filter((object) => chained.includes(placed(object)))].flatMap(
    (object) => limitIn(object) ?? [],
  );
}

/** An `average` of 0, as where none is written, means no limit. */
function limitIn(middleware: KubeObject): RateLimit | undefined {
  const limit = cursor(middleware).get('spec', 'rateLimit');
  if (!limit.exists) return undefined;
  const by = `Middleware ${middleware.name}`;
  const written = limit.get('average');
  const average = written.exists ? written.integer() : 0;
  if (average === undefined) return { by, origin: written.origin };
  if (average === 0) return { by, idle: 'its average is 0, which means no limit', origin: limit.origin };
  const period = limit.get('period').integerOrString() ?? '1s';
  const seconds = typeof period === 'number' ? period : parseDuration(/^\d+$/.test(period) ? `${period}s` : period);
  return { by, ...(seconds !== undefined && seconds > 0 && { perSecond: average / seconds }), origin: written.origin };
}
