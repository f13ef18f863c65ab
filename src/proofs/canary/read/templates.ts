import { parseDuration } from '../../../model/duration.ts';
import type { Cursor } from '../../../model/cursor.ts';
import { cursor } from '../../../model/kube.ts';
import type { PlatformView } from '../../../model/platform.ts';
import { present } from '../../disruption/read/present.ts';
import { CANARY_HASH } from '../metric.ts';
import type { Judgement } from '../measure.ts';
import type { Metric, MissingTemplate } from '../types.ts';

/** Metrics of an analysis, and the templates that are not there. */
export interface Analysis {
  readonly metrics: readonly Metric[];
  readonly missing: readonly MissingTemplate[];
}

const DEEPEST = 5;

/** The metrics of the templates that an `analysis` names, with its arguments over theirs. */
export function readAnalysis(view: PlatformView, namespace: string, at: Cursor, depth = 0): Analysis {
  const given = argumentsAt(at.get('args'));
  const parts = at
    .get('templates')
    .items()
    .map((reference) => fromTemplate(view, namespace, reference, given, depth));
  return { metrics: parts.flatMap(({ metrics }) => metrics), missing: parts.flatMap(({ missing }) => missing) };
}

type Arguments = Readonly<Record<string, string | undefined>>;

function fromTemplate(
  view: PlatformView,
  namespace: string,
  reference: Cursor,
  given: Arguments,
  depth: number,
): Analysis {
  const name = reference.get('templateName').string() ?? '';
  const cluster = reference.get('clusterScope').boolean() === true;
  const kind = cluster ? 'ClusterAnalysisTemplate' : 'AnalysisTemplate';
  const object = view.objects(kind, cluster ? undefined : namespace).find((one) => one.name === name);
  const id = cluster ? `${kind} ${name}` : `${kind} ${namespace}/${name}`;
  if (object === undefined || depth > DEEPEST)
    return { metrics: [], missing: [{ what: id, origin: reference.origin, ...(cluster && { ofCluster: true }) }] };
  const spec = cursor(object).get('spec');
  const args = { ...argumentsAt(spec.get('args')), ...given };
  const dry = spec
    .get('dryRun')
    .items()
    .flatMap((one) => one.get('metricName').string() ?? []);
  const nested = readAnalysis(view, namespace, spec, depth + 1);
  const own = spec
    .get('metrics')
    .items()
    .map((metric) => readMetric(metric, id, args, dry));
  return { metrics: [...own, ...nested.metrics], missing: nested.missing };
}

/** Values of arguments; the hash of the new version's pods by a name of its own, others that are found at run time as unknown. */
function argumentsAt(at: Cursor): Arguments {
  return Object.fromEntries(
    at
      .items()
      .map((arg) => {
        const latest = arg.get('valueFrom', 'podTemplateHashValue').string() === 'Latest';
        const raw = arg.get('value').value;
        const value = raw === undefined || raw === null ? undefined : String(raw);
        return [arg.get('name').string() ?? '', latest ? CANARY_HASH : value];
      })
      .filter(([, value]) => value !== undefined),
  );
}

function readMetric(at: Cursor, template: string, args: Arguments, dry: readonly string[]): Metric {
  const name = at.get('name').string() ?? '';
  const provider = at.get('provider').entries()[0]?.[0] ?? '';
  const query = at.get('provider', provider).get('query');
  const text = query.exists && typeof query.value === 'string' ? filled(query.value, args) : undefined;
  const interval = duration(at.get('interval'), args);
  const conditions = ['successCondition', 'failureCondition']
    .map((field) => at.get(field))
    .find(({ exists }) => exists);
  return present<Metric>({
    name,
    template,
    provider,
    query: text,
    judgement: judgementOf(at, args, interval),
    interval,
    initialDelay: duration(at.get('initialDelay'), args) ?? 0,
    stated: present<NonNullable<Metric['stated']>>({
      success: at.get('successCondition').string(),
      failure: at.get('failureCondition').string(),
    }),
    dryRun: dry.some((pattern) => pattern === name || pattern === '.*'),
    origin: at.origin,
    judged: { origin: conditions?.origin ?? at.origin },
  });
}

/** Defaults of argo-rollouts: limits of 0, four errors in a row, and one measurement where no interval is given (`EffectiveCount`). */
function judgementOf(at: Cursor, args: Arguments, interval: number | undefined): Judgement {
  const condition = (field: string): string | undefined => {
    const text = at.get(field).string();
    return text === undefined || text.trim() === '' ? undefined : filled(text, args);
  };
  return present<Judgement>({
    successCondition: condition('successCondition'),
    failureCondition: condition('failureCondition'),
    failureLimit: count(at.get('failureLimit'), args) ?? 0,
    inconclusiveLimit: count(at.get('inconclusiveLimit'), args) ?? 0,
    errorLimit: count(at.get('consecutiveErrorLimit'), args) ?? 4,
    count: count(at.get('count'), args) ?? (interval === undefined ? 1 : undefined),
  });
}

function filled(text: string, args: Arguments): string {
  return text.replaceAll(/\{\{\s*args\.([\w-]+)\s*\}\}/g, (whole, name: string) => args[name] ?? whole);
}

function count(at: Cursor, args: Arguments): number | undefined {
  const value = at.integerOrString();
  if (value === undefined || typeof value === 'number') return value;
  const number = Number(filled(value, args));
  return Number.isInteger(number) ? number : undefined;
}

function duration(at: Cursor, args: Arguments): number | undefined {
  return parseDuration(filled(at.string() ?? '', args));
}
