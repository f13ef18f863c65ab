import type { Cursor } from '../../../model/cursor.ts';
import { containers, cursor, podSpec, workloadName, type KubeObject, type Workload } from '../../../model/kube.ts';
import type { PlatformView } from '../../../model/platform.ts';
import { servicesSelecting } from '../../../model/service-pods.ts';
import { present } from '../../disruption/read/present.ts';
import type { DrainInput, PreStop, Span } from '../types.ts';
import { balancersOf } from './balancers.ts';
import { meshSidecar, ownDrain } from './proxies.ts';
import { swallowedBy } from './signals.ts';
import { preStopOf } from './stops.ts';

/** Kubernetes' own: `terminationGracePeriodSeconds` of a pod that names none. */
const DEFAULT_GRACE = 30;

/** Gathers what a pod of the workload goes through when it must go. Reads `kubernetes` and `terraform`. */
export function readDrain(view: PlatformView, workload: Workload, window: Span): DrainInput {
  const services = servicesOf(view, workload);
  const container = answering(workload, services);
  return present<DrainInput>({
    id: workloadName(workload),
    grace: graceOf(workload),
    receives: services.length > 0,
    container,
    window,
    balancers: balancersOf(view, workload, services),
    own: ownDrain(view, workload),
    sidecar: meshSidecar(view, workload),
    swallowed: containers(workload)
      .filter(({ role }) => role === 'main')
      .map(({ at }) => swallowedBy(at))
      .find((found) => found !== undefined),
    killed: killed(workload),
    origin: workload.object.origin,
  });
}

function killed(workload: Workload): DrainInput['killed'] {
  const told = containers(workload)
    .filter(({ role }) => role === 'main')
    .map(({ at }) => at.get('lifecycle', 'stopSignal'))
    .find((at) => at.string() === 'SIGKILL');
  return told && { origin: told.origin };
}

function graceOf(workload: Workload): Span {
  const at = podSpec(workload).get('terminationGracePeriodSeconds');
  const seconds = at.integer();
  return seconds === undefined
    ? { seconds: DEFAULT_GRACE, from: 'terminationGracePeriodSeconds, the default', origin: at.origin }
    : { seconds, from: 'terminationGracePeriodSeconds', origin: at.origin };
}

/** Services that send people or programs to the pods; those with nothing but metrics send a scraper, which may retry. */
export function servicesOf(view: PlatformView, workload: Workload): KubeObject[] {
  return servicesSelecting(view, workload).filter((service) => {
    if (service.apiVersion !== 'v1') return false;
    return cursor(service)
      .get('spec', 'ports')
      .items()
      .some((port) => !isMetrics(port));
  });
}

function isMetrics(port: Cursor): boolean {
  const names = [port.get('name').string() ?? '', String(port.get('targetPort').value ?? '')];
  return names.some((name) => /metric|prom|^monitoring$|health|probe/.test(name));
}

/** The main container that a Service sends to, by the names and numbers of its ports; the first where none matches. */
function answering(workload: Workload, services: readonly KubeObject[]): DrainInput['container'] {
  const main = containers(workload).filter(({ role }) => role === 'main');
  const targets = services.flatMap((service) =>
    cursor(service)
      .get('spec', 'ports')
      .items()
      .filter((port) => !isMetrics(port))
      .map((port) => port.get('targetPort').value ?? port.get('port').value),
  );
  const found = main.find(({ at }) =>
    at
      .get('ports')
      .items()
      .some((port) => targets.includes(port.get('name').value) || targets.includes(port.get('containerPort').value)),
  );
  const { name, at } = found ?? main[0] ?? { name: '', at: podSpec(workload) };
  const preStop: PreStop = found === undefined && main.length === 0 ? { kind: 'none' } : preStopOf(at);
  return { name, preStop, origin: at.origin };
}
