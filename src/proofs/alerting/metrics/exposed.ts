import { anchored } from '../promql/regex.ts';
import { baseOf, EXPORTERS, namesOf, type Exporter } from './catalog/index.ts';
import { nearest } from './nearest.ts';
import type { Sources } from './sources.ts';
import type { Target } from './targets.ts';

/** Whether a metric is exposed by anything that is scraped. */
export type Exposure =
  | { readonly state: 'exposed'; readonly by: string }
  /** Proven absent from all that is seen; `closest`: a name that is meant, perhaps. */
  | { readonly state: 'missing'; readonly because: string; readonly closest?: string }
  | { readonly state: 'unknown'; readonly because: string };

/** What Prometheus makes by itself for each target and alert. */
const OWN =
  /^(?:up|scrape_(?:duration_seconds|samples_scraped|samples_post_metric_relabeling|series_added|timeout_seconds|sample_limit|body_size_bytes)|ALERTS|ALERTS_FOR_STATE)$/;

/** What the client library of a language adds to any program. */
const RUNTIME = /^(?:go|process|promhttp|python|jvm|nodejs|dotnet|ruby|php|erlang_vm|system)_/;

/** Looks a metric up in what records and what is scraped. `records`: names that recording rules of the platform make. */
export function exposure(name: string, sources: Sources, records: ReadonlySet<string>): Exposure {
  if (records.has(name)) return { state: 'exposed', by: 'a recording rule' };
  const { targets } = sources;
  if (OWN.test(name) || RUNTIME.test(name)) return ownOrRuntime(name, sources);
  const answers = targets.map((target) => ({ target, answer: exposes(target, name, sources) }));
  const sure = answers.find(({ answer }) => answer === 'yes');
  if (sure !== undefined) return { state: 'exposed', by: named(sure.target) };
  const dropped = answers.find(({ answer }) => answer === 'dropped');
  if (dropped !== undefined) return { state: 'missing', because: `${dropped.target.by} drops it after the scrape` };
  if (name.includes(':')) return recorded(name, sources, records);
  const slip = slipOf(name, sources, records);
  if (slip !== undefined) return slip;
  const owner = unscrapedOwner(name, sources);
  const [hidden] = sources.hidden;
  if (owner !== undefined && hidden === undefined)
    return { state: 'missing', because: `${owner.id} exposes it, and nothing scrapes one` };
  const maybe = answers.find(({ answer }) => answer === 'maybe');
  if (maybe !== undefined) return { state: 'unknown', because: `${named(maybe.target)} may expose it` };
  if (hidden !== undefined) return { state: 'unknown', because: hidden };
  const holder = Object.entries(sources.declared).find(([, listed]) => listed.some((each) => covers(each, name)))?.[0];
  if (holder !== undefined) return { state: 'missing', because: `${holder} exposes it, and nothing scrapes that` };
  return { state: 'missing', because: 'nothing that is scraped exposes it' };
}

/** Colons are for recording rules alone, so no program is suspected of such a name. */
function recorded(name: string, { hidden }: Sources, records: ReadonlySet<string>): Exposure {
  const [because] = hidden;
  const closest = nearest(name, records);
  if (because !== undefined && closest === undefined) return { state: 'unknown', because };
  return { state: 'missing', because: 'no rule records it', ...(closest === undefined ? {} : { closest }) };
}

/**
 * The values that the label `job` has on a metric: `undefined` where a target that may expose it is not seen, or its job is not known.
 * Of no use for what a rule records.
 */
export function jobsOf(name: string, sources: Sources): readonly string[] | undefined {
  const jobs = exposing(name, sources)?.map(({ job }) => job);
  return jobs === undefined || jobs.includes(undefined)
    ? undefined
    : [...new Set(jobs.flatMap((job) => job ?? []))].sort();
}

/** The shortest interval at which a metric is scraped; `undefined` where one of what may expose it, or its interval, is not seen. */
export function intervalOf(name: string, sources: Sources): number | undefined {
  const intervals = exposing(name, sources)?.map(({ interval }) => interval) ?? [];
  const known = intervals.flatMap((interval) => interval ?? []);
  return known.length === 0 || known.length < intervals.length ? undefined : Math.min(...known);
}

/** All that may expose a metric, where all that is scraped is seen. */
function exposing(name: string, sources: Sources): readonly Target[] | undefined {
  if (sources.hidden.length > 0) return undefined;
  return sources.targets.filter(
    (target) => OWN.test(name) || RUNTIME.test(name) || exposes(target, name, sources) !== 'no',
  );
}

function ownOrRuntime(name: string, { targets, hidden }: Sources): Exposure {
  if (targets[0] !== undefined)
    return { state: 'exposed', by: OWN.test(name) ? 'Prometheus itself' : named(targets[0]) };
  const [because] = hidden;
  return because === undefined ? { state: 'missing', because: 'nothing is scraped' } : { state: 'unknown', because };
}

function named({ by, exporter, workload }: Target): string {
  return `${exporter?.id ?? workload ?? 'what'} scraped by ${by}`.replace('what scraped', 'what is scraped');
}

type Answer = 'yes' | 'maybe' | 'no' | 'dropped';

function exposes(target: Target, name: string, sources: Sources): Answer {
  const answer = beforeDrops(target, name, sources);
  if (answer === 'no' || !isDropped(target, name)) return answer;
  return answer === 'yes' ? 'dropped' : 'no';
}

function beforeDrops(target: Target, name: string, { declared }: Sources): Answer {
  const { exporter, isOpen } = target;
  const listed = identities(target)
    .map((each) => declared[each])
    .find((each) => each !== undefined);
  if (listed?.some((each) => covers(each, name)) === true) return 'yes';
  if (exporter !== undefined) {
    if (knows(exporter, name)) return 'yes';
    if (exporter.prefixes.some((prefix) => name.startsWith(prefix))) return 'maybe';
    return isOpen && listed === undefined ? 'maybe' : 'no';
  }
  return listed === undefined ? 'maybe' : 'no';
}

/** What the spec may call it: its workload, or for what is outside of the repository one of the names its monitor looks for. */
function identities({ workload, outside }: Target): string[] {
  return workload === undefined ? (outside ?? []).map((name) => `external/${name}`) : [workload];
}

/** A name of a list, `prefix_*`, or the base name of a histogram. */
export function covers(listed: string, name: string): boolean {
  if (listed.endsWith('*')) return name.startsWith(listed.slice(0, -1));
  return listed === name || listed === baseOf(name);
}

export function knows(exporter: Exporter, name: string): boolean {
  const names = namesOf(exporter);
  return names.has(name) || names.has(baseOf(name));
}

function isDropped({ drops }: Target, name: string): boolean {
  return drops.some(({ action, regex }) => {
    const matched = anchored(regex)?.test(name);
    return matched !== undefined && (action === 'drop' ? matched : !matched);
  });
}

/**
 * A name that nothing known has, but for a letter or two of one that is known: of a scraped exporter, by a list or a capture, or by a
 * rule that records it. That some target of which less is known exposes a name so near is not believed.
 */
function slipOf(name: string, { targets, declared }: Sources, records: ReadonlySet<string>): Exposure | undefined {
  const scraped = [...new Set(targets.flatMap(({ exporter }) => exporter ?? []))];
  for (const exporter of scraped) {
    if (!exporter.prefixes.some((prefix) => name.startsWith(prefix))) continue;
    const closest = nearest(name, [...namesOf(exporter), ...records]);
    if (closest !== undefined)
      return { state: 'missing', because: `${exporter.id} exposes no metric of that name`, closest };
  }
  const listed = Object.values(declared).flat();
  if (listed.some((each) => covers(each, name)) || EXPORTERS.some((exporter) => knows(exporter, name)))
    return undefined;
  const named = listed.filter((each) => !each.endsWith('*'));
  const closest = nearest(name, [...named, ...records, ...scraped.flatMap((exporter) => [...namesOf(exporter)])]);
  return closest === undefined ? undefined : { state: 'missing', because: 'nothing is known to expose it', closest };
}

/** An exporter that is known for the metric, where none of its kind is scraped, nor an address that may be one. */
function unscrapedOwner(name: string, { targets }: Sources): Exporter | undefined {
  if (targets.some(({ unnamed }) => unnamed === true)) return undefined;
  const owners = EXPORTERS.filter((exporter) => name.startsWith(exporter.prefixes[0] ?? ' ') && knows(exporter, name));
  const isScraped = owners.some(({ id }) => targets.some(({ exporter }) => exporter?.id === id));
  return isScraped ? undefined : owners[0];
}
