/** A family of a scraped page. */
export interface Family {
  readonly name: string;
  readonly type?: 'counter' | 'gauge' | 'histogram' | 'summary';
  readonly help?: string;
}

/** Far more than an exporter has; what comes after is not read. */
const MAX_LINES = 200_000;

/**
 * The families of a captured `/metrics` page, in the Prometheus text format 0.0.4 or OpenMetrics 1.0: those with samples, and those
 * that are only described. A counter of OpenMetrics is described without its `_total`. `undefined`: the text is no such page.
 */
export function readCapture(text: string): Family[] | undefined {
  const families = new Map<string, { name: string; type?: NonNullable<Family['type']>; help?: string }>();
  let samples = 0;
  for (const line of text.split('\n', MAX_LINES)) {
    const comment = /^#\s+(TYPE|HELP|UNIT|EOF)\b\s*(\S*)\s*(.*)$/.exec(line);
    if (comment !== null) {
      describe(families, comment[1] ?? '', comment[2] ?? '', comment[3] ?? '');
      continue;
    }
    if (line.trim() === '' || line.startsWith('#')) continue;
    const sample =
      /^(?:([A-Za-z_:][\w:]*)\s*(?:\{.*\})?|\{"([^"]+)".*\})\s+[-+]?(?:[\d.]+(?:e[-+]?\d+)?|inf|nan)\b/i.exec(line);
    if (sample === null) return undefined;
    samples += 1;
    const name = sample[1] ?? sample[2] ?? '';
    if (familyOf(families, name) === undefined) families.set(name, { name });
  }
  return samples === 0 ? undefined : [...families.values()];
}

function describe(
  families: Map<string, { name: string; type?: NonNullable<Family['type']>; help?: string }>,
  what: string,
  name: string,
  rest: string,
): void {
  if (name === '' || what === 'UNIT' || what === 'EOF') return;
  const family = families.get(name) ?? { name };
  if (what === 'HELP') family.help = rest.trim();
  else if (/^(?:counter|gauge|histogram|summary)$/.test(rest.trim()))
    family.type = rest.trim() as NonNullable<Family['type']>;
  families.set(name, family);
}

/** The described family that a sample belongs to. */
function familyOf(families: ReadonlyMap<string, unknown>, name: string): string | undefined {
  return [name, name.replace(/_(?:bucket|sum|count|total|created|info|gcount|gsum)$/, '')].find((candidate) =>
    families.has(candidate),
  );
}

/** The names that a family's samples have. */
export function samplesOf({ name, type }: Family): string[] {
  if (type === 'histogram') return [name, `${name}_bucket`, `${name}_sum`, `${name}_count`];
  if (type === 'summary') return [name, `${name}_sum`, `${name}_count`];
  return type === 'counter' && !name.endsWith('_total') ? [name, `${name}_total`] : [name];
}
