import { cursor, containers, type Workload } from '../../model/kube.ts';
import { environmentOf } from '../../model/env.ts';
import type { Origin } from '../../model/origin.ts';
import type { PlatformView } from '../../model/platform.ts';
import { servicesBefore } from './targets.ts';
import type { Connection, Door } from './types.ts';

/**
 * What a server of one's own does at its ports. A listener speaks TLS or it does not, so what its callers speak tells; else what its
 * Service says of the port; else that it is given a certificate to serve.
 */
export function ownDoors(view: PlatformView, workload: Workload, callers: readonly Connection[]): Door[] {
  const name = 'connections';
  const base = {
    name,
    role: 'clients' as const,
    certificate: 'unknown' as const,
    remedy: 'Serve TLS on this port, and let nothing answer without it.',
  };
  const plain = callers.find(({ care }) => care === 'plaintext');
  if (plain !== undefined) return [];
  const spoken = callers.find(({ care }) => care === 'verified' || care === 'chain' || care === 'encrypted');
  if (spoken !== undefined)
    return [
      { ...base, plaintext: 'refused', because: `its callers speak TLS (${spoken.because})`, origin: spoken.origin },
    ];
  const declared = protocolOf(view, workload);
  if (declared !== undefined) return [{ ...base, ...declared }];
  const certificate = servedCertificate(view, workload);
  if (certificate !== undefined)
    return [
      {
        ...base,
        plaintext: 'refused',
        because: `it is given a certificate to serve (${certificate.name})`,
        origin: certificate.origin,
      },
    ];
  return [
    {
      ...base,
      plaintext: 'unknown',
      because: 'neither its Services nor its variables say whether it serves TLS',
      origin: workload.object.origin,
    },
  ];
}

const PLAIN = /^(?:http|http2|h2c|ws|kubernetes\.io\/(?:h2c|ws)|redis|mysql|mongo)$/;
const SECURE = /^(?:https|grpcs|wss|tls|kubernetes\.io\/wss)$/;

/** `appProtocol` of the ports of its Services, else the first part of their names as meshes read them. */
function protocolOf(
  view: PlatformView,
  workload: Workload,
): (Pick<Door, 'plaintext' | 'because'> & { origin: Origin }) | undefined {
  const ports = servicesBefore(view, workload).flatMap((service) =>
    cursor(service)
      .get('spec', 'ports')
      .items()
      .map((port) => ({
        port,
        protocol: port.get('appProtocol').string() ?? (port.get('name').string() ?? '').split('-')[0] ?? '',
        service,
      })),
  );
  const plain = ports.find(({ protocol }) => PLAIN.test(protocol));
  const found = plain ?? ports.find(({ protocol }) => SECURE.test(protocol));
  if (found === undefined) return undefined;
  const said = `Service ${found.service.namespace ?? 'default'}/${found.service.name} says that its port is ${found.protocol}`;
  return { plaintext: plain === undefined ? 'refused' : 'accepted', because: said, origin: found.port.origin };
}

/** A variable that names a certificate file inside a mounted volume. */
function servedCertificate(view: PlatformView, workload: Workload): { name: string; origin: Origin } | undefined {
  const mounts = containers(workload).flatMap(({ at }) =>
    at
      .get('volumeMounts')
      .items()
      .map((mount) => mount.get('mountPath').string() ?? '?'),
  );
  return environmentOf(view, workload).find(
    ({ name, source }) =>
      /(?:^|_)(?:TLS|SSL|SERVER|HTTPS)_(?:CERT|CRT|CERTIFICATE)(?:_FILE|_PATH)?$/.test(name) &&
      'value' in source &&
      mounts.some((mount) => source.value?.startsWith(`${mount}/`) === true),
  );
}
