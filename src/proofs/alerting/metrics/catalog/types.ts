/** What is known of a program that exposes metrics. */
export interface Exporter {
  readonly id: string;
  /** Where it listens unless told otherwise, of those that have a port to themselves. https://github.com/prometheus/prometheus/wiki/Default-port-allocations */
  readonly port?: number;
  /** The release, or releases, that the names were read from. */
  readonly source: string;
  /** The program's image, by its repository without host and tag. */
  readonly images: RegExp;
  /** Names that its Service, monitor or label `app.kubernetes.io/name` usually carries. */
  readonly apps: readonly string[];
  /** All that it exposes of its own begins with one of these, runtime metrics of its language aside. */
  readonly prefixes: readonly string[];
  /**
   * Metrics, several by braces: `pg_{up,exporter_scrapes_total}`. Histograms and summaries by their base name. The list
   * need not be complete; a name with the prefix that is not in it is unknown, never missing.
   */
  readonly names: string;
  /**
   * Told so by an argument or variable of this form, it exposes names of any kind besides: custom queries, text files, spans. Where its
   * container is not at hand, it may.
   */
  readonly opens?: RegExp;
  /** Everything that does not end like a counter is a gauge. */
  readonly gauges?: true;
  /** Serves these names at this path alone; several exporters may share one port. */
  readonly path?: string;
}

/** Opens braces: `a_{b,c}` makes `a_b` and `a_c`. Braces may stand more than once, and in one another's stead. */
export function expand(text: string): string[] {
  return text
    .split(/\s+/)
    .filter((word) => word !== '')
    .flatMap(expandWord);
}

function expandWord(word: string): string[] {
  const brace = /^([^{]*)\{([^{}]*)\}(.*)$/.exec(word);
  if (brace === null) return [word];
  const [, head = '', inner = '', tail = ''] = brace;
  return inner.split(',').flatMap((part) => expandWord(`${head}${part}${tail}`));
}
