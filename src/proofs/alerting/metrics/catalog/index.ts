import { DATA } from './data.ts';
import { DELIVERY } from './delivery.ts';
import { KUBERNETES } from './kubernetes.ts';
import { MONITORING } from './monitoring.ts';
import { expand, type Exporter } from './types.ts';

export type { Exporter } from './types.ts';

export const EXPORTERS: readonly Exporter[] = [...KUBERNETES, ...MONITORING, ...DATA, ...DELIVERY];

const BY_ID: ReadonlyMap<string, Exporter> = new Map(EXPORTERS.map((exporter) => [exporter.id, exporter]));
const NAMES = new Map<string, ReadonlySet<string>>();

export function exporter(id: string): Exporter | undefined {
  return BY_ID.get(id);
}

/** The exporter that an image is, by its repository without host and tag: `prometheuscommunity/postgres-exporter`. */
export function exporterOfImage(repository: string): Exporter | undefined {
  return EXPORTERS.find(({ images }) => images.test(repository));
}

/** The exporter that goes by a name, as Services, monitors and their labels carry it. */
export function exporterOfApp(name: string): Exporter | undefined {
  const names = [name, name.replace(/-metrics$/, '')];
  return EXPORTERS.find(({ apps }) => names.some((each) => apps.includes(each)));
}

/** The exporter that a port is kept for. */
export function exporterOfPort(port: number): Exporter | undefined {
  return EXPORTERS.find((each) => each.port === port);
}

/** The exporter that a path stands for, whatever program serves it: `/probe` answers for others, and the kubelet has four pages. */
export function exporterOfPath(path: string): Exporter | undefined {
  return EXPORTERS.find((each) => each.path === path);
}

/** The names that are known of an exporter; histograms and summaries by their base name. */
export function namesOf({ id, names }: Exporter): ReadonlySet<string> {
  const known = NAMES.get(id);
  if (known !== undefined) return known;
  const expanded = new Set(expand(names));
  NAMES.set(id, expanded);
  return expanded;
}

/** A metric without the suffix of a part of a histogram or summary. */
export function baseOf(name: string): string {
  return name.replace(/_(?:bucket|sum|count)$/, '');
}
