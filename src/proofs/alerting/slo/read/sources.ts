import { Cursor } from '../../../../model/cursor.ts';
import { cursor } from '../../../../model/kube.ts';
import type { PlatformView } from '../../../../model/platform.ts';
import type { Refusal, Slo, WindowCatalog } from '../types.ts';
import { fromOpenSlo } from './openslo.ts';
import { fromPyrra } from './pyrra.ts';
import { fromAlertWindows, fromSloth } from './sloth.ts';
import { fromSpec } from './spec.ts';

/** What declared an SLO. */
export type SloSource = 'spec' | 'openslo' | 'sloth' | 'sloth-crd' | 'pyrra' | 'other';

export interface DeclaredSlo {
  readonly name: string;
  readonly service: string;
  readonly source: SloSource;
  readonly slo: Slo | Refusal;
}

/**
 * Every SLO that is declared: in the spec, as OpenSLO v1, as a Sloth spec, as a PrometheusServiceLevel, as Pyrra's
 * ServiceLevelObjective. One that the spec names as well is
 * taken from the spec. Reads the classes `spec`, `kubernetes` and `slo-spec`.
 */
export function declaredSlos(view: PlatformView): DeclaredSlo[] {
  const fromTheSpec = view.spec.slos.map((slo): DeclaredSlo => ({
    name: slo.name,
    service: slo.service,
    source: 'spec',
    slo: fromSpec(slo),
  }));
  const known = new Set(fromTheSpec.map(({ name }) => name));
  return [...fromTheSpec, ...fromDocuments(view).filter(({ name }) => !known.has(name))];
}

function fromDocuments(view: PlatformView): DeclaredSlo[] {
  const documents = view.data('slo-spec').map(({ data, origin }) => new Cursor(data, origin));
  const isOpenSlo = (document: Cursor): boolean => document.get('apiVersion').exists;
  const indicators = new Map(
    documents
      .filter((document) => isOpenSlo(document) && document.get('kind').string() === 'SLI')
      .map((document) => [document.get('metadata', 'name').string() ?? '', document]),
  );
  const catalogs = new Map<number, WindowCatalog>();
  const levels = view.objects('PrometheusServiceLevel').map((object) => cursor(object).get('spec'));
  for (const object of view.objects('AlertWindows')) {
    const windows = fromAlertWindows(cursor(object).get('spec'));
    if (windows !== undefined) catalogs.set(...windows);
  }
  return [
    ...documents
      .filter((document) => isOpenSlo(document) && document.get('kind').string() === 'SLO')
      .flatMap((document) =>
        declared('openslo', document.get('spec', 'service').string(), fromOpenSlo(document, indicators)),
      ),
    ...documents
      .filter((document) => !isOpenSlo(document))
      .flatMap((document) => declared('sloth', document.get('service').string(), fromSloth(document, catalogs))),
    ...levels.flatMap((level) => declared('sloth-crd', level.get('service').string(), fromSloth(level, catalogs))),
    ...view
      .objects('ServiceLevelObjective.pyrra.dev')
      .flatMap((object) => declared('pyrra', object.name, [fromPyrra(object)])),
  ];
}

function declared(source: SloSource, service: string | undefined, slos: readonly (Slo | Refusal)[]): DeclaredSlo[] {
  return slos.map((slo) => ({ name: 'because' in slo ? slo.slo : slo.name, service: service ?? '', source, slo }));
}
