import type { HclBlock } from '../../model/document.ts';
import { parseImage } from '../../model/image.ts';
import { containers, cursor, workloadName, type KubeObject, type Workload } from '../../model/kube.ts';
import type { Origin } from '../../model/origin.ts';
import type { PlatformView } from '../../model/platform.ts';
import { COMPONENTS, TRACES, type Component } from './components.ts';

/** Something deployed that belongs to a component. */
export interface Trace {
  readonly component: Component;
  /** `PeerAuthentication shop/default`, `container proxy of Deployment shop/web`. */
  readonly what: string;
  readonly origin: Origin;
}

/** What belongs to a component: custom resources, images, sidecars, charts. */
export function tracesOf(view: PlatformView): Trace[] {
  return [
    ...view
      .kinds()
      .flatMap((kind) => view.objects(kind))
      .flatMap(fromObject),
    ...view.workloads().flatMap(fromWorkload),
    ...chartsOf(view).flatMap(({ names, origin, what }) =>
      COMPONENTS.filter((component) => TRACES[component].charts?.some((chart) => names.includes(chart)) === true).map(
        (component): Trace => ({ component, what, origin }),
      ),
    ),
  ];
}

/** Charts whose name is not written where they are installed: any component may be among them. */
export function unreadCharts(view: PlatformView): Trace['what'][] {
  return view
    .terraform('resource', 'helm_release')
    .filter((block) => chartNames(view, block) === undefined)
    .map(({ labels }) => labels.join('.'));
}

function fromObject(object: KubeObject): Trace[] {
  const slash = object.apiVersion.indexOf('/');
  const group = slash === -1 ? '' : object.apiVersion.slice(0, slash);
  return COMPONENTS.filter((component) => TRACES[component].groups?.test(group) === true).map((component) => ({
    component,
    what: `${object.kind} ${object.namespace === undefined ? '' : `${object.namespace}/`}${object.name}`,
    origin: object.origin,
  }));
}

function fromWorkload(workload: Workload): Trace[] {
  const all = containers(workload).filter(({ role }) => role !== 'init');
  return all.flatMap(({ name, at }) => {
    const image = at.get('image');
    const repository = parseImage(image.string() ?? '')?.repository ?? '';
    return COMPONENTS.filter(
      (component) =>
        TRACES[component].images?.test(repository) === true ||
        (all.length > 1 && TRACES[component].beside?.test(repository) === true),
    ).map((component) => ({
      component,
      what: `container ${name} of ${workloadName(workload)}`,
      origin: image.origin,
    }));
  });
}

function chartsOf(view: PlatformView): { names: readonly string[]; what: string; origin: Origin }[] {
  const releases = view.terraform('resource', 'helm_release').map((block) => ({
    names: chartNames(view, block) ?? [],
    what: block.labels.join('.'),
    origin: block.attributes['chart']?.origin ?? block.origin,
  }));
  const applications = view.objects('Application.argoproj.io').flatMap((object) => {
    const spec = cursor(object).get('spec');
    const sources = [spec.get('source'), ...spec.get('sources').items()];
    return sources.flatMap((source) => {
      const chart = source.get('chart');
      const name = chart.string();
      return name === undefined ? [] : [{ names: [name], what: `Application ${object.name}`, origin: chart.origin }];
    });
  });
  return [...releases, ...applications];
}

/** The chart's name, or those of the local map that a `for_each` goes over; `undefined` where neither is written here. */
function chartNames(view: PlatformView, block: HclBlock): string[] | undefined {
  const chart = block.attributes['chart'];
  if (typeof chart?.literal === 'string') return [chart.literal.slice(chart.literal.lastIndexOf('/') + 1)];
  const local = /^\s*(?:toset\()?local\.([\w-]+)/.exec(block.attributes['for_each']?.text ?? '')?.[1];
  if (local === undefined || !/\beach\./.test(chart?.text ?? '')) return undefined;
  const values = view
    .terraform('locals')
    .filter(({ module }) => module === block.module)
    .flatMap(({ attributes }) => attributes[local] ?? []);
  return values.length === 0 ? undefined : values.flatMap(({ text }) => text.match(/[\w.-]+/g) ?? []);
}
