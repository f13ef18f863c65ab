import { cursor } from '../../model/kube.ts';
import type { PlatformView } from '../../model/platform.ts';
import { configurations, selection } from '../../proofs/alerting/metrics/index.ts';

/** A public name of the platform, and what asks it from outside of its own pods. */
export interface ProbedRoute {
  readonly host: string;
  readonly service: string;
  readonly by?: string;
}

/** The hosts of the public routes of the spec. Without a spec there are none: which hosts are promised is then not known. */
export function probedRoutes(view: PlatformView): ProbedRoute[] {
  if (view.provisional) return [];
  const asked = addresses(view);
  const found = new Map<string, ProbedRoute>();
  for (const service of view.spec.services) {
    for (const { host: written, public: isPublic } of service.routes) {
      const hosts = isPublic && written !== undefined ? [written] : [];
      for (const host of hosts) {
        const by = asked.find(({ address }) => hostOf(address) === host)?.by;
        found.set(host, { host, service: service.name, ...(by === undefined ? {} : { by }) });
      }
    }
  }
  return [...found.values()];
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
