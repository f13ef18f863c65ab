import type { PlatformView } from '../../model/platform.ts';

/**
 * What a service's flows lead to, through services that are not the user's own: a pooler is on the way to its database, and a
 * workflow engine stands for the store of its name. Sorted; undefined where the spec has no flows. Class `spec`.
 */
export function reachedBy(view: PlatformView, service: string): string[] | undefined {
  const { flows, services, stores } = view.spec;
  if (flows === undefined) return undefined;
  const passing = new Set(services.filter(({ kind }) => kind === 'system').map(({ name }) => `service/${name}`));
  const named = new Set(stores.map(({ name }) => name));
  const reached = new Set<string>();
  const next = [`service/${service}`];
  for (let from = next.pop(); from !== undefined; from = next.pop()) {
    for (const { to } of flows.filter((flow) => flow.from === from)) {
      if (reached.has(to)) continue;
      reached.add(to);
      if (passing.has(to)) next.push(to);
      const [, name = ''] = to.split('/');
      if (passing.has(to) && named.has(name)) reached.add(`store/${name}`);
    }
  }
  return [...reached].sort();
}
