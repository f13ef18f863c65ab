/** `limit_req` of nginx itself. https://nginx.org/en/docs/http/ngx_http_limit_req_module.html */
import type { Directive } from '../../../model/document.ts';
import type { PlatformView } from '../../../model/platform.ts';
import { includedIn, levelsOf } from '../nginx.ts';
import type { PublicRoute } from '../types.ts';
import { holds, tightest, type RateLimit } from './types.ts';

/** Those of the innermost level that has any; each of them holds. A dry run counts and refuses nobody. */
export function byNginx(view: PlatformView, route: PublicRoute): RateLimit | undefined {
  const levels = levelsOf(view, route);
  const directives = levels.flat();
  const unread = includedIn(levels);
  const asked = levels
    .map((level) => level.filter(({ name }) => name === 'limit_req'))
    .findLast(({ length }) => length > 0);
  const because =
    unread === undefined ? undefined : `${unread.args.join(' ')}, which ${route.source} includes, is not read`;
  const hidden = directives.some(({ name }) => name === 'http')
    ? because
    : `the http block around ${route.source} is not seen`;
  if (asked === undefined)
    return because === undefined
      ? undefined
      : {
          by: `include ${unread?.args.join(' ')}`,
          unsure: `what bounds the rate of requests is not known: ${because}`,
        };
  const dryRun = directives.findLast(({ name }) => name === 'limit_req_dry_run');
  const limits = asked.map((one): RateLimit => {
    const limit = { by: `limit_req ${one.args.join(' ')}`, origin: one.origin };
    return dryRun?.args[0] === 'on'
      ? { ...limit, idle: 'it is a dry run (limit_req_dry_run)', origin: dryRun.origin }
      : { ...limit, ...byZone(one, directives, hidden) };
  });
  return tightest(limits.filter(holds)) ?? limits[0];
}

/** What the zone of a limit says; nginx does not start with one that no `limit_req_zone` makes. */
function byZone(
  limit: Directive,
  directives: readonly Directive[],
  because: string | undefined,
): Pick<RateLimit, 'perSecond' | 'unsure' | 'idle'> {
  const zone = argument(limit, 'zone');
  const made = directives.find(
    (one) => one.name === 'limit_req_zone' && argument(one, 'zone')?.replace(/:.*$/, '') === zone,
  );
  if (made !== undefined) {
    const rate = /^(\d+)r\/([sm])$/.exec(argument(made, 'rate') ?? '');
    return rate === null ? {} : { perSecond: Number(rate[1]) / (rate[2] === 's' ? 1 : 60) };
  }
  return because === undefined
    ? { idle: `no limit_req_zone makes its zone ${zone ?? ''}, so that nginx does not start` }
    : { unsure: `the limit_req_zone of zone ${zone ?? ''} is not seen: ${because}` };
}

function argument({ args }: Directive, name: string): string | undefined {
  return args.find((arg) => arg.startsWith(`${name}=`))?.slice(name.length + 1);
}
