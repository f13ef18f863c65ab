/** Where a rule of Gateway API sends its requests. */
import type { Cursor } from '../../model/cursor.ts';
import { parseDuration } from '../../model/duration.ts';
import { cursor, type KubeObject } from '../../model/kube.ts';
import type { PlatformView } from '../../model/platform.ts';
import { resolveBackend } from './backends.ts';
import { GROUP, type RouteKind } from './listeners.ts';
import type { Backend } from './types.ts';

/** Filters that answer, or that may: what an extension does only its implementation knows. */
const ANSWERS = /^(?:RequestRedirect|ExtensionRef)$/;

/** Where a rule has neither a backend that takes a share nor a filter that answers, every request of it gets a 500. */
export function backendsOf(view: PlatformView, kind: RouteKind, route: KubeObject, rule: Cursor): Backend[] {
  const backends = rule
    .get('backendRefs')
    .items()
    .flatMap((reference) => backendOf(view, kind, route, reference));
  const filters = rule.get('filters').items();
  if (backends.length > 0 || filters.some((filter) => ANSWERS.test(filter.get('type').string() ?? ''))) return backends;
  return [
    {
      name: 'no backend',
      live: 'no',
      because: 'its rule names none whose weight is above 0',
      fromAbsence: false,
      targetPorts: [],
      workloads: [],
      origin: rule.origin,
    },
  ];
}

/**
 * A rule that waits longer for its backend than for the whole request: with one of them the API server takes nothing of the object
 * (the CRD's "backendRequest timeout cannot be longer than request timeout"; 0s is no bound).
 */
export function refusedFor({ kind }: KubeObject, rules: readonly Cursor[]): Backend | undefined {
  for (const timeouts of rules.map((rule) => rule.get('timeouts'))) {
    const [whole, part] = ['request', 'backendRequest'].map((field) => timeouts.get(field).string() ?? '');
    const [longest = 0, wait = 0] = [whole, part].map((text) => parseDuration(text ?? ''));
    if (longest > 0 && wait > longest)
      return {
        name: 'no backend',
        live: 'no',
        because: `the API server refuses the ${kind}, which waits ${part} for its backend and ${whole} for the whole request`,
        fromAbsence: false,
        remedy: 'Make timeouts.backendRequest no longer than timeouts.request.',
        targetPorts: [],
        workloads: [],
        origin: timeouts.get('backendRequest').origin,
      };
  }
  return undefined;
}

function backendOf(view: PlatformView, kind: RouteKind, route: KubeObject, reference: Cursor): Backend[] {
  if (reference.get('weight').integer() === 0) return [];
  const service = reference.get('name').string() ?? '';
  const own = route.namespace ?? 'default';
  const namespace = reference.get('namespace').string() ?? own;
  const refKind = reference.get('kind').string() ?? 'Service';
  const other = { fromAbsence: false, targetPorts: [], workloads: [], origin: reference.origin };
  if (refKind !== 'Service')
    return [{ name: `${refKind} ${namespace}/${service}`, live: 'unknown', because: 'it is not a Service', ...other }];
  if (namespace !== own && !granted(view, kind, own, namespace, service))
    return [
      {
        name: `Service ${namespace}/${service}`,
        live: 'no',
        because: `no ReferenceGrant in namespace ${namespace} lets ${kind}s of ${own} refer to it`,
        ...other,
        fromAbsence: true,
      },
    ];
  const port = reference.get('port').integer();
  return [
    resolveBackend(view, { namespace, service, ...(port === undefined ? {} : { port }), origin: reference.origin }),
  ];
}

function granted(view: PlatformView, kind: RouteKind, from: string, to: string, service: string): boolean {
  return view.objects(`ReferenceGrant.${GROUP}`, to).some((grant) => {
    const spec = cursor(grant).get('spec');
    return (
      spec
        .get('from')
        .items()
        .some((entry) => entry.get('kind').string() === kind && entry.get('namespace').string() === from) &&
      spec
        .get('to')
        .items()
        .some(
          (entry) => entry.get('kind').string() === 'Service' && (entry.get('name').string() ?? service) === service,
        )
    );
  });
}
