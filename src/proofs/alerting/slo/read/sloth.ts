import type { Cursor } from '../../../../model/cursor.ts';
import { parseDuration } from '../../../../model/duration.ts';
import { TIER_NAMES, type Refusal, type Sli, type Slo, type TierWindows, type WindowCatalog } from '../types.ts';

/** Sloth's own default for a period, which its specs leave to the command line. */
const PERIOD = 30 * 86_400;

/**
 * SLOs of a Sloth spec, `version: prometheus/v1`, or of the `spec` of a PrometheusServiceLevel
 * (slok/sloth `pkg/prometheus/api/v1`, `pkg/kubernetes/api/sloth/v1`): the same but for the case of their keys.
 */
export function fromSloth(spec: Cursor, catalogs: ReadonlyMap<number, WindowCatalog> = new Map()): (Slo | Refusal)[] {
  const service = spec.get('service').string() ?? '';
  const shared = spec.get('labels').stringMap();
  const windows = catalogs.get(PERIOD);
  return spec
    .get('slos')
    .items()
    .map((slo) => {
      const name = slo.get('name').string() ?? '';
      const sli = sliOf(slo.get('sli'));
      if ('because' in sli) return { slo: name, because: sli.because, origin: slo.origin };
      const description = slo.get('description').string();
      return {
        name,
        service,
        objective: slo.get('objective').number() ?? 0,
        period: PERIOD,
        sli,
        labels: { ...shared, ...slo.get('labels').stringMap() },
        ...(description === undefined ? {} : { description }),
        ...(windows === undefined ? {} : { windows }),
        origin: slo.origin,
      };
    });
}

function sliOf(sli: Cursor): Sli | { readonly because: string } {
  const raw = either(sli.get('raw'), 'error_ratio_query', 'errorRatioQuery');
  if (raw !== undefined) return { kind: 'ratio', error: raw };
  const bad = either(sli.get('events'), 'error_query', 'errorQuery');
  const total = either(sli.get('events'), 'total_query', 'totalQuery');
  if (bad !== undefined && total !== undefined) return { kind: 'events', bad, total };
  const plugin = sli.get('plugin', 'id').string();
  return { because: plugin === undefined ? 'it has no SLI' : `its SLI comes of the plugin ${plugin}, which is code` };
}

function either(at: Cursor, snake: string, camel: string): string | undefined {
  return at.get(snake).string() ?? at.get(camel).string();
}

/** Windows of Sloth's `AlertWindows`, by their period in seconds; `undefined` where one is missing or no duration. */
export function fromAlertWindows(spec: Cursor): readonly [period: number, windows: WindowCatalog] | undefined {
  const period = parseDuration(spec.get('sloPeriod').string() ?? '');
  const windows = TIER_NAMES.flatMap((name): [string, TierWindows][] => {
    const at = spec.get(...name.split('-'));
    const short = parseDuration(at.get('shortWindow').string() ?? '');
    const long = parseDuration(at.get('longWindow').string() ?? '');
    const budgetPercent = at.get('errorBudgetPercent').number();
    return short === undefined || long === undefined || budgetPercent === undefined
      ? []
      : [[name, { budgetPercent, short, long }]];
  });
  if (period === undefined || windows.length !== TIER_NAMES.length) return undefined;
  return [period, Object.fromEntries(windows) as WindowCatalog];
}
