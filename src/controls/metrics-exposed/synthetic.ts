import { cursor } from '../../model/kube.ts';
import type { PlatformView } from '../../model/platform.ts';
import { configurations, selection } from '../../proofs/alerting/metrics/index.ts';

/** A public name of the platform, and what asks it from outside of its own pods. */
export interface ProbedRoute {
  readonly host: string;
  readonly service: string;
  readonly by?: string;
}

/**
 * The public hosts: those the spec gives the environment, else those of its public routes. Without a spec there are none: which hosts
 * are promised is then not known. A lab or a CI environment
 * has no public.
 */
export function probedRoutes(view: PlatformView): ProbedRoute[] {
  if (view.provisional || !/^(?:staging|production)$/.test(view.environment.kind)) return [];
  const asked = addresses(view);
  return [...promised(view)].map(([host, service]) => {
    const by = asked.find(({ address }) => hostOf(address) === host)?.by;
    return { host, service, ...(by === undefined ? {} : { by }) };
  });
}

function promised(view: PlatformView): ReadonlyMap<string, string> {
  const routes = view.spec.services.flatMap(({ name, routes: all }) =>
    all.flatMap(({ host, public: isPublic }): [string, string][] =>
      isPublic && host !== undefined ? [[host, name]] : [],
    ),
  );
  const { hosts } = view.environment;
  if (hosts === undefined) return new Map(routes);
  const services = new Map(routes);
  return new Map(hosts.map((host) => [host, services.get(host) ?? view.environment.name]));
}

/** What Probe objects and scrape jobs of the blackbox exporter ask. */
function addresses(view: PlatformView): { readonly by: string; readonly address: string }[] {
  const objects = view.objects('Probe.monitoring.coreos.com').flatMap((object) => {
    const namespace = object.namespace ?? 'default';
    if (selection(view, 'probe', { namespace, labels: object.labels }).selected === 'no') return [];
    const targets = cursor(object).get('spec', 'targets', 'staticConfig', 'static').strings();
    return targets.map((address) => ({ by: `Probe ${namespace}/${object.name}`, address }));
  });
  const jobs = configurations(view).flatMap(({ root }) =>
    root
      .get('scrape_configs')
      .items()
      .flatMap((job) => {
        if (job.get('metrics_path').string() !== '/probe') return [];
        const targets = job
          .get('static_configs')
          .items()
          .flatMap((group) => group.get('targets').strings());
        return targets.map((address) => ({ by: `job ${job.get('job_name').string() ?? ''}`, address }));
      }),
  );
  return [...objects, ...jobs];
}

function hostOf(address: string): string {
  return (address.replace(/^[a-z]+:\/\//i, '').split(/[/:?]/)[0] ?? '').toLowerCase();
}
