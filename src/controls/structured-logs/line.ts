/** What a line must look like, by the names that the company gives its fields. */
export interface LineSchema {
  /** Fields of every line. */
  readonly fields: readonly string[];
  /** A line that has this field is about a request. */
  readonly requestMark: string;
  /** Fields of lines about requests. */
  readonly requestFields: readonly string[];
}

export interface JudgedLine {
  readonly isRequest: boolean;
  /** What is wrong with it; none where it fits. */
  readonly faults: readonly string[];
}

/** A field counts when it is there, whatever its value: a request without a user agent has an empty one. */
export function lineFaults(line: string, { fields, requestMark, requestFields }: LineSchema): JudgedLine {
  const json = objectOf(line);
  if (json === undefined) return { isRequest: false, faults: ['the line is no JSON object'] };
  const isRequest = json[requestMark] !== undefined;
  const wanted = [...fields, ...(isRequest ? requestFields : [])];
  const missing = wanted.filter((name) => json[name] === undefined || json[name] === null);
  return {
    isRequest,
    faults: missing.map((name) => `a line${isRequest ? ' about a request' : ''} has no ${name}`),
  };
}

/** Lines of the later look that came after the earlier: each look sees as many of the newest, so the end of one is the beginning of the other. */
export function linesSince(earlier: readonly string[], later: readonly string[]): readonly string[] {
  for (let from = 0; from < earlier.length; from++) {
    const both = earlier.length - from;
    if (both <= later.length && earlier.slice(from).every((line, at) => line === later[at])) return later.slice(both);
  }
  return later;
}

function objectOf(line: string): Record<string, unknown> | undefined {
  try {
    const value: unknown = JSON.parse(line);
    return typeof value === 'object' && value !== null && !Array.isArray(value)
      ? (value as Record<string, unknown>)
      : undefined;
  } catch {
    return undefined;
  }
}
