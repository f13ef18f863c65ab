/**
 * Fluent Bit: which of its outputs a line comes to. An input gives its lines a tag, an output takes those whose tag its `Match` fits; a tag that nothing
 * fits is dropped without a word. https://docs.fluentbit.io/manual/concepts/data-pipeline/router
 */
import { Cursor } from '../../model/cursor.ts';
import { matchesEveryLine } from './every-line.ts';
import { embedded } from '../../proofs/alerting/embedded.ts';

/** A section of the configuration; keys in lower case, as Fluent Bit minds no case. */
interface Section {
  readonly kind: 'input' | 'filter' | 'output';
  readonly settings: ReadonlyMap<string, string>;
}

/** Inputs that read no lines of programs. */
const METERS =
  /^(?:cpu|mem|disk|netif|proc|health|thermal|docker|nginx_metrics|node_exporter_metrics|windows_exporter_metrics|process_exporter_metrics|prometheus_scrape|prometheus_remote_write|fluentbit_metrics|collectd|statsd|podman_metrics|gpu_metrics)$/i;

/** Names of the outputs that lines come to, of all files of one agent; every output where the files show no input. */
export function fluentBitSinks(texts: readonly string[]): string[] {
  const sections = texts.flatMap((text) => [...classic(text), ...yaml(text)]);
  const inputs = sections.filter(({ kind }) => kind === 'input');
  const all = inputs.filter(({ settings }) => !METERS.test(settings.get('name') ?? '')).map(tagOf);
  const drops = droppingAll(sections.filter(({ kind }) => kind === 'filter'));
  const tags = all.filter((tag) => tag === undefined || !drops.some((match) => coversTag(match, tag)));
  const retagged = sections.some(({ settings }) => settings.get('name')?.toLowerCase() === 'rewrite_tag');
  const unknown = inputs.length === 0 || retagged || tags.includes(undefined);
  return sections.flatMap(({ kind, settings }) => {
    const name = settings.get('name');
    if (kind !== 'output' || name === undefined) return [];
    return unknown || tags.some((tag) => takes(settings, tag ?? '')) ? [name] : [];
  });
}

/** The tag that an input gives, `*` for what it fills in; undefined where it comes with the lines or is a variable. */
function tagOf({ settings }: Section): string | undefined {
  const tag = settings.get('tag');
  const name = (settings.get('name') ?? '').toLowerCase();
  if (/^(?:forward|http|opentelemetry|mqtt|kafka|splunk|elasticsearch|in_|\$)/.test(name) || settings.has('tag_prefix'))
    return undefined;
  if (tag === undefined) return `${settings.get('alias') ?? name}*`;
  return tag.includes('$') ? undefined : tag.replaceAll(/<[^>]*>/g, '*');
}

/** Whether an output takes some tag of a pattern. One of a regular expression, a variable or no `Match` at all is believed. */
function takes(settings: ReadonlyMap<string, string>, tag: string): boolean {
  const match = settings.get('match');
  return match === undefined || settings.has('match_regex') || match.includes('$') || meet(match, tag);
}

/** Filters that leave the field of the line as it is. */
const LEAVES_LINES = /^(?:kubernetes|multiline|grep|throttle|aws|ecs)$/;

/**
 * The `Match` of filters that exclude every line by its text, which `tail` keeps in the field `log`; one behind filters that may move that field is
 * believed to leave some. https://docs.fluentbit.io/manual/data-pipeline/filters/grep
 */
function droppingAll(filters: readonly Section[]): string[] {
  const moved = filters.findIndex(
    ({ settings }) => !LEAVES_LINES.test((settings.get('name') ?? '').toLowerCase()) || settings.has('keep_log'),
  );
  return filters.slice(0, moved === -1 ? undefined : moved).flatMap(({ settings }) => {
    const [, regex] = /^\$?log\s+(.*)$/.exec(settings.get('exclude') ?? '') ?? [];
    const drops = settings.get('name')?.toLowerCase() === 'grep' && regex !== undefined && matchesEveryLine(regex);
    return drops && !settings.has('logical_op') ? [settings.get('match') ?? ''] : [];
  });
}

/** Whether every tag of a pattern fits. */
function coversTag(match: string, tag: string): boolean {
  return match === tag || (/^[^*]*\*$/.test(match) && tag.startsWith(match.slice(0, -1)));
}

/** Whether some text fits both patterns, in which `*` stands for anything. */
function meet(one: string, other: string): boolean {
  let reached: readonly boolean[] = row(one, other, undefined, 0);
  for (let at = 1; at <= one.length; at++) reached = row(one, other, reached, at);
  return reached[other.length] === true;
}

/** Which beginnings of `other` have a text in common with the first `at` letters of `one`, from the row before. */
function row(one: string, other: string, before: readonly boolean[] | undefined, at: number): boolean[] {
  const letter = one[at - 1];
  const cells: boolean[] = [];
  for (let to = 0; to <= other.length; to++) {
    const against = other[to - 1];
    const start = at === 0 && to === 0;
    const skipsOne = (letter === '*' || against === '*') && before?.[to] === true;
    const skipsOther = (letter === '*' || against === '*') && cells[to - 1] === true;
    const both = letter !== undefined && letter === against && before?.[to - 1] === true;
    cells.push(start || skipsOne || skipsOther || both);
  }
  return cells;
}

/** The format with sections in brackets. https://docs.fluentbit.io/manual/administration/configuring-fluent-bit/classic-mode/format-schema */
function classic(text: string): Section[] {
  const sections: { kind: string; settings: Map<string, string> }[] = [];
  for (const line of text.split('\n').map((each) => each.trim())) {
    const [, kind] = /^\[([A-Z_]+)\]$/i.exec(line) ?? [];
    const [, key = '', value = ''] = /^(\S+)\s+(\S.*)$/.exec(line) ?? [];
    if (kind !== undefined) sections.push({ kind: kind.toLowerCase(), settings: new Map() });
    else if (key !== '') sections.at(-1)?.settings.set(key.toLowerCase(), value);
  }
  return sections.flatMap(({ kind, settings }) => (isKind(kind) ? [{ kind, settings }] : []));
}

function isKind(kind: string): kind is Section['kind'] {
  return kind === 'input' || kind === 'filter' || kind === 'output';
}

/** The format of YAML, since 2.0. https://docs.fluentbit.io/manual/administration/configuring-fluent-bit/yaml */
function yaml(text: string): Section[] {
  if (!/^pipeline:/m.test(text)) return [];
  const pipeline = new Cursor(embedded(text), { path: '' }).get('pipeline');
  return (['input', 'filter', 'output'] as const).flatMap((kind) =>
    pipeline
      .get(`${kind}s`)
      .items()
      .map((section): Section => ({
        kind,
        settings: new Map(
          section
            .entries()
            .flatMap(([key, { value }]) => (typeof value === 'string' ? [[key.toLowerCase(), value]] : [])),
        ),
      })),
  );
}
