import { MalformedValue } from '../../model/cursor.ts';
import { containers, cursor, workloadName, type Workload } from '../../model/kube.ts';
import { oncePerPlatform } from '../../model/once.ts';
import type { PlatformView } from '../../model/platform.ts';
import { meshOf, plaintextIn } from '../mesh/index.ts';
import { ingressConnections } from './clients/ingress.ts';
import { pgBouncerServers, temporalStores } from './clients/files.ts';
import { scriptedConnections } from './clients/scripts.ts';
import { connectionsOf } from './clients/variables.ts';
import { configuredDoors } from './configured.ts';
import { mountedFiles } from '../../model/mounted-files.ts';
import { ownDoors } from './plain-ports.ts';
import { programsOf } from './programs.ts';
import { servicesBefore, targetOf } from './targets.ts';
import type { Connection, Door } from './types.ts';

/** A connection with the workloads at its far end; none where the name lies outside of the cluster. */
export interface Led extends Connection {
  readonly fromWorkload?: Workload;
  readonly to: readonly Workload[];
}

/** Every connection of the platform that the manifests tell of: variables, files of known programs, and what edges are told. */
export const allConnections = oncePerPlatform((view: PlatformView): readonly Led[] => {
  const byName = new Map(view.workloads().map((workload) => [workloadName(workload), workload]));
  return [
    ...view.workloads().flatMap((workload) => tolerant(() => ownConnections(view, workload))),
    ...tolerant(() => [...ingressConnections(view)]).map((connection): Led => {
      const from = byName.get(connection.from);
      return {
        ...connection,
        ...(from !== undefined && { fromWorkload: from }),
        to: targetOf(view, connection.host, '')?.workloads ?? [],
      };
    }),
  ];
});

/** The connections that lead to each workload. */
export const connectionsTo = oncePerPlatform((view: PlatformView): ReadonlyMap<Workload, readonly Led[]> => {
  const found = new Map<Workload, Led[]>();
  for (const connection of allConnections(view))
    for (const workload of connection.to) {
      const known = found.get(workload);
      if (known === undefined) found.set(workload, [connection]);
      else known.push(connection);
    }
  return found;
});

function ownConnections(view: PlatformView, workload: Workload): Led[] {
  const fromFiles = programsOf(workload).flatMap((program) => {
    const told = { view, workload, program, files: mountedFiles(view, workload, program.container), variables: {} };
    if (program.kind === 'pgbouncer') return pgBouncerServers(told);
    return program.kind === 'temporal' ? temporalStores(told) : [];
  });
  const scripted = containers(workload).flatMap(({ at }) =>
    scriptedConnections(workload, at, mountedFiles(view, workload, at)),
  );
  const all = [...connectionsOf(view, workload), ...fromFiles, ...scripted].filter(
    ({ host }) => !/^(?:localhost|127\.|::1)/.test(host),
  );
  const unique = new Map(all.map((one) => [`${one.host} ${one.port ?? ''} ${one.care} ${one.because}`, one]));
  return [...unique.values()].map((connection) => {
    const to = targetOf(view, connection.host, workload.namespace)?.workloads ?? [];
    return { ...meshed(view, workload, to, connection), fromWorkload: workload, to };
  });
}

/** Between two workloads of one mesh the proxies speak mutual TLS, whatever the programs say, unless a DestinationRule turns it off. */
function meshed(view: PlatformView, from: Workload, to: readonly Workload[], connection: Connection): Connection {
  const mesh = meshOf(view, from);
  if (mesh === undefined || to.length === 0 || !to.every((one) => meshOf(view, one) === mesh)) return connection;
  const rule = view.objects('DestinationRule.networking.istio.io').find((candidate) => {
    const host = cursor(candidate).get('spec', 'host').string() ?? '';
    return targetOf(view, host, candidate.namespace ?? 'default')?.workloads.some((one) => to.includes(one)) === true;
  });
  const mode = rule === undefined ? undefined : cursor(rule).get('spec', 'trafficPolicy', 'tls', 'mode');
  if (rule !== undefined && mode?.string() === 'DISABLE')
    return {
      ...connection,
      care: 'plaintext',
      because: `DestinationRule ${rule.namespace}/${rule.name} turns the mesh's TLS off`,
      origin: mode.origin,
    };
  return { ...connection, care: 'verified', because: `${mesh} carries it over mutual TLS` };
}

/** The doors of a workload: of the servers that are understood, else those of a server of one's own. */
export function doorsOf(view: PlatformView, workload: Workload, callers: readonly Connection[]): Door[] {
  const configured = configuredDoors(view, workload);
  // What callers speak inside a mesh is the proxies', and tells nothing of the program behind.
  const spoken = meshOf(view, workload) === undefined ? callers : [];
  const doors = configured.length > 0 ? configured : ownDoors(view, workload, spoken);
  const mesh = plaintextIn(view, workload, doors[0]?.port ?? 0);
  if (mesh === undefined) return exposed(view, workload, doors);
  if (mesh.plaintext !== 'refused')
    return exposed(view, workload, doors).map((door) =>
      door.plaintext === 'refused'
        ? door
        : {
            ...door,
            plaintext: mesh.plaintext,
            because: mesh.because,
            ...(mesh.origin !== undefined && { origin: mesh.origin }),
            remedy:
              'Make the mesh strict for it: a PeerAuthentication with mtls.mode STRICT, or all-authenticated in Linkerd.',
          },
    );
  return doors.map((door) => ({ ...door, plaintext: 'refused', certificate: 'required', because: mesh.because }));
}

/** A monitoring page counts where a Service leads to it; others can be closed by a network policy, which is judged elsewhere. */
function exposed(view: PlatformView, workload: Workload, doors: readonly Door[]): Door[] {
  if (!doors.some(({ role }) => role === 'monitoring')) return [...doors];
  const ports = servicesBefore(view, workload).flatMap((service) =>
    cursor(service)
      .get('spec', 'ports')
      .items()
      .flatMap((port) => [port.get('targetPort').integerOrString(), port.get('port').integer()]),
  );
  return doors.filter(({ role, port }) => role !== 'monitoring' || ports.includes(port));
}

/** A workload that Kubernetes would refuse connects to nothing; it is reported where it is a subject itself. */
function tolerant<T>(read: () => T[]): T[] {
  try {
    return read();
  } catch (error) {
    if (error instanceof MalformedValue) return [];
    throw error;
  }
}
