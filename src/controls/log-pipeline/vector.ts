/** Vector: which of its sinks lines come to, from sources that read them and through transforms. */
import { Cursor } from '../../model/cursor.ts';
import { embedded } from '../../proofs/alerting/embedded.ts';

/** A source, transform or sink. https://vector.dev/docs/reference/configuration/ */
interface Component {
  readonly part: string;
  readonly name: string;
  readonly type: string;
  /** Undefined where they cannot be read. */
  readonly inputs: readonly string[] | undefined;
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
  for (const _ of transforms) for (const each of transforms) if (takes(each)) carrying.add(each.name);
  const unknown = components.every(({ part }) => part !== 'sources');
  return components.filter((each) => each.part === 'sinks' && (unknown || takes(each))).map(({ type }) => type);
}

/** `app`, `app.errors` of a transform with several outputs, or `app*`. */
function isAmong(input: string, names: ReadonlySet<string>): boolean {
  if (input.endsWith('*')) return [...names].some((name) => name.startsWith(input.slice(0, -1)));
  return names.has(input) || names.has(input.split('.')[0] ?? '');
}

function yaml(text: string): Component[] {
  if (!/^(?:sources|transforms|sinks):/m.test(text)) return [];
  const root = new Cursor(embedded(text), { path: '' });
  return ['sources', 'transforms', 'sinks'].flatMap((part) =>
    root
      .get(part)
      .entries()
      .map(([name, at]) => ({ part, name, type: at.get('type').string() ?? '', inputs: at.get('inputs').strings() })),
  );
}

/** Tables of TOML as Vector's own examples write them; of what else TOML can say only the type is believed. */
function toml(text: string): Component[] {
  return text.split(/^[ \t]*(?=\[)/m).flatMap((table) => {
    const [, part = '', name] = /^\[(sources|transforms|sinks)\.["']?([^\]."']+)["']?\]/.exec(table) ?? [];
    const [, type] = /^[ \t]*type[ \t]*=[ \t]*["']([^"']+)["']/m.exec(table) ?? [];
    if (name === undefined || type === undefined) return [];
    const [, list] = /^[ \t]*inputs[ \t]*=[ \t]*\[([^\]]*)\]/m.exec(table) ?? [];
    const inputs =
      list === undefined ? undefined : [...list.matchAll(/["']([^"']+)["']/g)].map(([, each = '']) => each);
    return [{ part, name, type, inputs }];
  });
}
