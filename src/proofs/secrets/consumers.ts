import type { Cursor } from '../../model/cursor.ts';
import { environmentOf } from '../../model/env.ts';
import { workloadName, type Workload } from '../../model/kube.ts';
import { oncePer } from '../../model/once.ts';
import type { Origin } from '../../model/origin.ts';
import type { PlatformView } from '../../model/platform.ts';
import { secretNameIn, volumeSources } from '../../model/volumes.ts';

/** A workload that takes a Secret in, by a variable, a volume or as an image pull secret. */
export interface Consumer {
  readonly service: string;
  readonly workload: string;
  readonly namespace: string;
  readonly secret: string;
  /** The keys it asks for by name; empty: it takes what is there. */
  readonly keys: readonly string[];
  readonly optional: boolean;
  readonly origin: Origin;
}

/** Every use of a Secret by a workload of a service. */
export const consumers = oncePer((view: PlatformView): readonly Consumer[] =>
  view.services().flatMap((service) =>
    service.workloads.flatMap((workload) =>
      secretsOf(view, workload).map((use) => ({
        ...use,
        service: service.name,
        workload: workloadName(workload),
        namespace: workload.namespace,
      })),
    ),
  ),
);

function secretsOf(
  view: PlatformView,
  workload: Workload,
): Pick<Consumer, 'secret' | 'keys' | 'optional' | 'origin'>[] {
  const variables = environmentOf(view, workload).flatMap(({ source, origin }) =>
    source.from === 'secret'
      ? [
          {
            secret: source.object,
            keys: source.key === undefined ? [] : [source.key],
            optional: source.optional === true,
            origin,
          },
        ]
      : [],
  );
  const volumes = volumeSources(workload).flatMap((source) => {
    const [secret, at] = [secretNameIn(source), source.get('secret')];
    return secret === undefined
      ? []
      : [{ secret, keys: keysAsked(at), optional: at.get('optional').boolean() === true, origin: at.origin }];
  });
  return [...variables, ...volumes];
}

function keysAsked(volume: Cursor): string[] {
  return volume
    .get('items')
    .items()
    .flatMap((item) => item.get('key').string() ?? []);
}
