import type { Workload } from '../../model/kube.ts';
import type { PlatformView } from '../../model/platform.ts';
import { selectsPods } from '../../model/service-pods.ts';
import type { Probes } from '../../proofs/probes/index.ts';

/** Names of other machines in the commands of a workload's probes: Services of the cluster, and hosts of declared stores. */
export function elsewhereIn(view: PlatformView, workload: Workload, probes: Probes): Record<string, string[]> {
  const found = Object.entries(probes).map(([name, { handlers }]) => {
    const commands = handlers.filter(({ kind }) => kind === 'exec').map(({ asks }) => asks);
    return [name, commands.flatMap((command) => hostsIn(view, workload, command))] as const;
  });
  return Object.fromEntries(found.filter(([, hosts]) => hosts.length > 0));
}

/** What stands after `-h`, `--host=`, `//` and `@`, or before a port, is a host; a bare word is none. */
const HOST =
  /(?:(?:^|\s)-h\s*|--host[= ]|\/\/|@)(?<after>[a-z0-9][a-z0-9.-]*)|(?:^|\s)(?<before>[a-z0-9][a-z0-9.-]*)[ :]\d{2,5}\b/gi;

function hostsIn(view: PlatformView, workload: Workload, command: string): string[] {
  const words = [...command.matchAll(HOST)].map(({ groups }) =>
    (groups?.['after'] ?? groups?.['before'] ?? '').toLowerCase(),
  );
  return [...new Set(words)].filter((word) => isElsewhere(view, workload, word));
}

/** A Service that leads to these very pods is no other machine. Names as the cluster's DNS resolves them: `NAME[.NAMESPACE[.svc[…]]]`. */
function isElsewhere(view: PlatformView, workload: Workload, host: string): boolean {
  if (view.spec.stores.some(({ hosts = [] }) => hosts.includes(host))) return true;
  const labels = host.split('.');
  const pod = labels.length > 2 && labels[2] !== 'svc' ? labels.slice(1) : labels;
  const [name, namespace = workload.namespace] = pod;
  return view.objects('Service', namespace).some((service) => service.name === name && !selectsPods(service, workload));
}
