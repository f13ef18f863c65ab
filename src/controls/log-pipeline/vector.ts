/** Vector: which of its sinks lines come to, from sources that read them and through transforms. */
import { Cursor } from '../../model/cursor.ts';
import { text, within } from '../../proofs/alerting/lenient.ts';
import { embedded } from '../../proofs/alerting/embedded.ts';

/** A source, transform or sink. https://vector.dev/docs/reference/configuration/ */
interface Component {
  readonly part: string;
  readonly name: string;
  readonly type: string;
  /** Undefined where they cannot be read. */
  readonly inputs: readonly string[] | undefined;
  /** The condition of a filter, where it is a word. */
  readonly condition?: string | undefined;
}

/** Sources that read the lines of a node. https://vector.dev/docs/reference/configuration/sources/ */
const READERS = /^(?:kubernetes_logs|file|journald|docker_logs|fluent|syslog|stdin)$/;

/** Types of the sinks that lines come to, of all files of one agent; every sink where the files show no source. An input may be a pattern. */
export function vectorSinks(texts: readonly string[]): string[] {
  const components = texts.flatMap((text) => [...yaml(text), ...toml(text)]);
  const carrying = new Set(
    components.filter(({ part, type }) => part === 'sources' && READERS.test(type)).map(({ name }) => name),
  );
  const takes = ({ inputs }: Component): boolean =>
    inputs === undefined || inputs.some((input) => isAmong(input, carrying));
  const transforms = components.filter(({ part }) => part === 'transforms');
  for (const _ of transforms)
    for (const each of transforms) if (takes(each) && !letsNoneThrough(each)) carrying.add(each.name);
  const unknown = components.every(({ part }) => part !== 'sources');
  return components.filter((each) => each.part === 'sinks' && (unknown || takes(each))).map(({ type }) => type);
}

/** A filter whose condition is never met. https://vector.dev/docs/reference/configuration/transforms/filter/ */
function letsNoneThrough({ type, condition }: Component): boolean {
  return type === 'filter' && condition?.trim() === 'false';
}

/** `app`, `app.errors` of a transform with several outputs, or `app*`. */
function isAmong(input: string, names: ReadonlySet<string>): boolean {
  if (input.endsWith('*')) return [...names].some((name) => name.startsWith(input.slice(0, -1)));
  return names.has(input) || names.has(input.split('.')[0] ?? '');
}

function yaml(file: string): Component[] {
  if (!/^(?:sources|transforms|sinks):/m.test(file) && !file.trimStart().startsWith('{')) return [];
  const root = new Cursor(embedded(file), { path: '' });
  return ['sources', 'transforms', 'sinks'].flatMap((part) =>
    root
      .get(part)
      .entries()
      .map(([name, at]) => ({
        part,
        name,
        type: at.get('type').string() ?? '',
        inputs: at.get('inputs').strings(),
        condition: text(within(at, 'condition', 'source')) ?? text(within(at, 'condition')),
      })),
  );
}

/** What TOML says of components, as tables (`[sinks.loki]`), dotted keys (`sinks.loki.type`) or inline tables; of what else it can say only the type is believed. */
function toml(text: string): Component[] {
  const found = new Map<string, { part: string; name: string; type?: string; inputs?: string[]; condition?: string }>();
  let table = '';
  for (const line of text.replaceAll(LISTS, (list) => list.replaceAll('\n', ' ')).split('\n')) {
    const [, header] = /^[ \t]*\[([^\][]+)\]/.exec(line) ?? [];
    if (header !== undefined) table = `${header}.`;
    const [, key, value = ''] = /^[ \t]*([\w."'-]+)[ \t]*=[ \t]*(\S.*)$/.exec(line) ?? [];
    if (key === undefined) continue;
    const [, part = '', name = '', setting = ''] = COMPONENT.exec(`${table}${key}`.replaceAll(/["' \t]/g, '')) ?? [];
    if (part === '') continue;
    const component = found.get(`${part} ${name}`) ?? { part, name };
    found.set(`${part} ${name}`, component);
    const [, type] = (setting === '' ? /\btype[ \t]*=[ \t]*["']([^"']+)/ : /^["']([^"']+)/).exec(value) ?? [];
    const [, list] = (setting === '' ? /\binputs[ \t]*=[ \t]*\[([^\]]*)\]/ : /^\[([^\]]*)\]/).exec(value) ?? [];
    if (setting === 'condition') component.condition = /^["']+([^"']+)/.exec(value)?.[1] ?? value;
    if (type !== undefined && (setting === '' || setting === 'type')) component.type = type;
    if (list !== undefined && (setting === '' || setting === 'inputs'))
      component.inputs = [...list.matchAll(/["']([^"']+)["']/g)].map(([, each = '']) => each);
  }
  return [...found.values()].flatMap(({ part, name, type, inputs, condition }) =>
    type === undefined ? [] : [{ part, name, type, inputs, condition }],
  );
}

/** A component's own settings, `type`, `inputs` and `condition`, or the whole of it as an inline table. */
const COMPONENT = /^(sources|transforms|sinks)\.([^.]+)(?:\.(type|inputs|condition))?$/;

/** A list may go over several lines. */
const LISTS = /=[ \t]*\[[^\][]*\]/g;
