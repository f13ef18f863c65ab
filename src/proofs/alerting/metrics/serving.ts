import type { Cursor } from '../../../model/cursor.ts';
import { parseImage } from '../../../model/image.ts';
import { containers, type Workload } from '../../../model/kube.ts';
import { exporterOfImage, exporterOfPath, type Exporter } from './catalog/index.ts';
import type { MonitorEndpoint } from './monitors.ts';

/** A proxy that only checks who asks: what it guards are the other containers. */
const GUARDS = /(?:^|\/)(?:kube-rbac-proxy|oauth2?-proxy|ghostunnel|prom-label-proxy)$/;

/** The containers that answer at a port. A port that none declares may be any's: declaring a number is optional in Kubernetes. */
export function servingContainers(workload: Workload, port: string | number | undefined): readonly Cursor[] {
  const running = containers(workload).filter(({ role }) => role !== 'init');
  const declares = (at: Cursor): boolean =>
    at
      .get('ports')
      .items()
      .some((each) => each.get('name').string() === port || each.get('containerPort').integer() === port);
  const serving = running.filter(({ at }) => port === undefined || declares(at));
  if (serving.length === 0) return typeof port === 'number' ? running.map(({ at }) => at) : [];
  const isGuarded = serving.every(({ at }) => GUARDS.test(repositoryOf(at)));
  return (isGuarded ? running.filter(({ at }) => !GUARDS.test(repositoryOf(at))) : serving).map(({ at }) => at);
}

function repositoryOf(container: Cursor): string {
  const image = container.get('image').string() ?? '';
  return parseImage(image)?.repository ?? image.replace(/[@:][^/]*$/, '');
}

/** The exporter in a container, or behind a path that stands for one. */
export function imageExporter(container: Cursor, { path }: Pick<MonitorEndpoint, 'path'>): Exporter | undefined {
  return exporterOfPath(path) ?? exporterOfImage(repositoryOf(container));
}

/** Whether the exporter is told to expose further names. */
export function opens({ id, opens: sign }: Exporter, container: Cursor, port: string | number | undefined): boolean {
  if (sign === undefined) return false;
  if (id === 'otel-collector') return !isOwnPort(container, port);
  const told = [
    ...container.get('args').strings(),
    ...container.get('command').strings(),
    ...container
      .get('env')
      .items()
      .map((each) => each.get('name').string() ?? ''),
  ];
  return told.some((word) => sign.test(word));
}

/** The collector's own telemetry, at 8888 unless it is told otherwise. */
function isOwnPort(container: Cursor, port: string | number | undefined): boolean {
  if (port === 8888) return true;
  return container
    .get('ports')
    .items()
    .some((each) => each.get('name').string() === port && each.get('containerPort').integer() === 8888);
}
