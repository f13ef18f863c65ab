/**
 * Fluentd: which of its outputs a line comes to. A line has a tag, and the first `<match>` whose pattern fits takes it; what stands behind gets none.
 * https://docs.fluentd.org/configuration/config-file#note-on-match-order
 */
import type { ConfigFile } from './files.ts';

/** A section: `<match kube.**>`, `<label @OUT>`, `<store>`. */
interface Section {
  readonly kind: string;
  readonly argument: string;
  readonly settings: ReadonlyMap<string, string>;
  readonly sections: readonly Section[];
}

/** Types of the outputs that lines come to, of all files of one agent; every output where it is not known which tags lines have. */
export function fluentdSinks(files: readonly ConfigFile[]): string[] {
  const fluent = files.filter(({ text }) => /^[ \t]*(?:<(?:match|source|label)\b|@include\b)/m.test(text));
  const root = parse(whole(fluent)).flatMap((each) => (each.kind === 'worker' ? each.sections : [each]));
  const sources = root.filter(({ kind, settings }) => kind === 'source' && !METERS.test(settings.get('type') ?? ''));
  const known = sources.flatMap((source) => arriving(source) ?? []);
  const isUnseen = sources.length === 0 || known.length < sources.length || lacksIncluded(fluent);
  if (isUnseen || any(root, isRetagging)) return allOutputs(root);
  return known.flatMap(({ tag, label }) => taken(tag, label, root, new Set()));
}

/** Whether a file includes another that is not at hand, such as one of the image. */
function lacksIncluded(fluent: readonly ConfigFile[]): boolean {
  return fluent.some(({ text }) =>
    [...text.matchAll(INCLUDE)].some(([, path = '']) => named(path, fluent).length === 0),
  );
}

/** The files as one: those that another includes in its place, each once. */
function whole(fluent: readonly ConfigFile[]): string[] {
  const included = new Set(
    fluent.flatMap((file) =>
      [...file.text.matchAll(INCLUDE)].flatMap(([, path = '']) => named(path, fluent).filter((each) => each !== file)),
    ),
  );
  const read = new Set<ConfigFile>();
  const lines = (file: ConfigFile): string[] => {
    if (read.has(file)) return [];
    read.add(file);
    return file.text.split('\n').flatMap((line) => {
      const [, path] = new RegExp(INCLUDE.source, 'i').exec(line) ?? [];
      return path === undefined ? [line.trim()] : named(path, fluent).flatMap(lines);
    });
  };
  const first = fluent.filter((file) => !included.has(file));
  return [...first, ...fluent].flatMap(lines);
}

const INCLUDE = /^[ \t]*@?include[ \t]+(\S+)/gim;

/** By the last part of the path, as folders are others where files are mounted; in the order of their names, as Fluentd takes them. */
function named(path: string, files: readonly ConfigFile[]): ConfigFile[] {
  const last = path.replaceAll(/["']/g, '').split('/').at(-1) ?? '';
  const pattern = new RegExp(`^${last.replaceAll(/[.+?^${}()|[\]\\]/g, '\\$&').replaceAll('*', '.*')}$`);
  return files.filter(({ name }) => pattern.test(name)).toSorted((a, b) => (a.name < b.name ? -1 : 1));
}

function parse(lines: readonly string[]): Section[] {
  const root: { sections: Section[]; settings: Map<string, string> } = { sections: [], settings: new Map() };
  const open = [root];
  for (const line of lines) {
    const [, kind, argument = ''] = /^<(\w+)[ \t]*([^>]*)>/.exec(line) ?? [];
    const [, key = '', value = ''] = /^(@?\w+)[ \t]+(\S.*)$/.exec(line) ?? [];
    if (kind !== undefined) {
      const section = { kind: kind.toLowerCase(), argument: argument.trim(), sections: [], settings: new Map() };
      open.at(-1)?.sections.push(section);
      open.push(section);
    } else if (line.startsWith('</') && open.length > 1) open.pop();
    else if (key !== '')
      open.at(-1)?.settings.set(key.toLowerCase().replace(/^@?type$/, 'type'), unquoted(value.trim()));
  }
  return root.sections;
}

function unquoted(value: string): string {
  return /^(["'])(.*)\1$/.exec(value)?.[2] ?? value;
}

/** Tag and label of the lines of a source; `undefined` where they come with the lines. */
function arriving({ settings }: Section): { readonly tag: string; readonly label: string } | undefined {
  const tag = settings.get('tag');
  const isOwn = /^(?:tail|systemd|syslog|tcp|udp|exec|dummy|sample|windows_eventlog2?)$/.test(
    settings.get('type') ?? '',
  );
  if (!isOwn || tag === undefined || tag.includes('#{')) return undefined;
  return { tag: tag.replace(/\*/, SAMPLE), label: settings.get('@label') ?? '' };
}

/** Inputs of Fluentd's own state. */
const METERS =
  /^(?:prometheus|prometheus_monitor|prometheus_output_monitor|prometheus_tail_monitor|monitor_agent|debug_agent)$/;

/** What the `*` in the tag of files is filled in with: the path of a container that no pattern singles out. */
const SAMPLE = 'var.log.containers.some-pod-7d9c5_some-namespace_some-container-0a1b2c.log';

/** Outputs that give lines another tag and send them round again. */
function isRetagging({ kind, settings }: Section): boolean {
  return (
    kind === 'match' &&
    /^(?:rewrite_tag_filter|detect_exceptions|retag|route|rewrite|label_router)$/.test(settings.get('type') ?? '')
  );
}

function any(sections: readonly Section[], test: (section: Section) => boolean): boolean {
  return sections.some((section) => test(section) || any(section.sections, test));
}

/** The outputs that lines of a tag come to within a label, or at the root, which is called `@ROOT` as well. A pattern that a variable fills in may fit or not. */
function taken(tag: string, label: string, root: readonly Section[], seen: Set<string>): string[] {
  if (seen.has(label)) return [];
  const next = new Set([...seen, label]);
  const within =
    label === '' || label === '@ROOT'
      ? root
      : (root.find(({ kind, argument }) => kind === 'label' && argument === label)?.sections ?? []);
  const found: string[] = [];
  for (const match of within.filter(({ kind }) => kind === 'match')) {
    const isOpen = match.argument.includes('#{');
    if (!isOpen && !fits(match.argument, tag)) continue;
    found.push(...outputs(match, (to) => taken(tag, to, root, next)));
    if (!isOpen) return found;
  }
  return found;
}

/** The type of an output, those that it copies to, or what takes lines under another label. */
function outputs({ settings, sections }: Section, onwards: (label: string) => string[]): string[] {
  const type = settings.get('type') ?? '';
  const stores = sections.filter(({ kind }) => kind === 'store');
  if (stores.length > 0) return stores.flatMap((store) => outputs(store, onwards));
  return type === 'relabel' ? onwards(settings.get('@label') ?? '') : [type];
}

function allOutputs(sections: readonly Section[]): string[] {
  return sections.flatMap(({ kind, settings, sections: inner }) => [
    ...(kind === 'match' || kind === 'store' ? [settings.get('type') ?? ''] : []),
    ...allOutputs(inner),
  ]);
}

/** `*` is one part of a tag, `**` any number of parts, none included; `{a,b}` one of several. Patterns stand beside each other. */
function fits(argument: string, tag: string): boolean {
  const patterns = argument === '' ? ['**'] : argument.split(/[ \t]+/);
  return patterns.some((pattern) => {
    if (pattern.startsWith('/')) return true;
    const source = pattern
      .replaceAll(/[+?^$()|[\]\\]/g, '\\$&')
      .replaceAll(/\{([^{}]*)\}/g, (_, choice: string) => `(?:${choice.replaceAll(',', '|')})`)
      .replaceAll(/\.\*\*|\*\*\.|\*\*|\*|\./g, (part) => PARTS[part] ?? part);
    return new RegExp(`^${source}$`).test(tag);
  });
}

const PARTS: Readonly<Record<string, string>> = {
  '.**': String.raw`(?:\..*)?`,
  '**.': String.raw`(?:.*\.)?`,
  '**': '.*',
  '*': '[^.]*',
  '.': String.raw`\.`,
};
