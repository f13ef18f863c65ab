/** Looking into the sink, as one looks for a request in the logs of a platform. */
import { createReadStream, existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { createInterface } from 'node:readline';

export interface SinkLine {
  /** Whose log it was, `api-2`, `edge`. */
  readonly part: string;
  /** `YYYY-MM-DD` of its arrival. */
  readonly day: string;
  readonly text: string;
  /** The line as JSON, where it is an object. */
  readonly json?: Readonly<Record<string, unknown>>;
}

/** What is looked for: a text anywhere in a line, or the value of one of the fields that all services log. */
export type Wanted = string | { readonly requestId: string } | { readonly traceId: string };

const MOST = 1000;

/** The lines of all parts, or of one, that match, at most so many, sorted by their own time where they say one. */
export async function findInSink(sink: string, wanted: Wanted, most = MOST, of?: string): Promise<SinkLine[]> {
  const found: SinkLine[] = [];
  for (const { part, day, path } of filesOf(sink)) {
    if (of !== undefined && part !== of) continue;
    for await (const text of createInterface({ input: createReadStream(path), crlfDelay: Infinity })) {
      const line = matching(text, wanted);
      if (line === undefined) continue;
      found.push({ part, day, ...line });
      if (found.length >= most) return sorted(found);
    }
  }
  return sorted(found);
}

function filesOf(sink: string): { part: string; day: string; path: string }[] {
  if (!existsSync(sink)) return [];
  return readdirSync(sink).flatMap((part) =>
    readdirSync(join(sink, part)).map((name) => ({
      part,
      day: name.replace(/\.log$/, ''),
      path: join(sink, part, name),
    })),
  );
}

function matching(text: string, wanted: Wanted): Pick<SinkLine, 'text' | 'json'> | undefined {
  const needle = typeof wanted === 'string' ? wanted : 'requestId' in wanted ? wanted.requestId : wanted.traceId;
  if (!text.includes(needle)) return undefined;
  const json = objectOf(text);
  const field = typeof wanted === 'string' ? undefined : 'requestId' in wanted ? 'request_id' : 'trace_id';
  if (field !== undefined && json?.[field] !== needle) return undefined;
  return json === undefined ? { text } : { text, json };
}

function objectOf(text: string): Record<string, unknown> | undefined {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === 'object' && value !== null && !Array.isArray(value)
      ? (value as Record<string, unknown>)
      : undefined;
  } catch {
    return undefined;
  }
}

function sorted(lines: SinkLine[]): SinkLine[] {
  const time = ({ json }: SinkLine): number => {
    const said = json?.['time'];
    const at = typeof said === 'number' ? said : Date.parse(String(said ?? ''));
    return Number.isNaN(at) ? 0 : at;
  };
  return lines.sort((a, b) => time(a) - time(b));
}
