/** Which methods a path takes: one that it does not take is refused with those that it does (RFC 9110, section 15.5.6), and is not "no such resource". */
import type { FastifyInstance } from 'fastify';

interface KnownPath {
  /** `/instances/:id` in its parts. */
  readonly parts: readonly string[];
  readonly methods: Set<string>;
}

/** Registered before the routes that it is to know. Answers the methods of whatever a URL names, none where it names nothing. */
export function methodsOfPaths(app: FastifyInstance): (url: string) => readonly string[] {
  const paths = new Map<string, KnownPath>();
  app.addHook('onRoute', ({ url, method }) => {
    const known = paths.get(url) ?? { parts: url.split('/'), methods: new Set() };
    paths.set(url, known);
    for (const one of [method].flat()) known.methods.add(one);
  });
  return (url) => {
    const [path = ''] = url.split(/[?#]/, 1);
    const asked = path.split('/');
    const matching = [...paths.values()].filter(({ parts }) => isOf(parts, asked));
    return [...new Set(matching.flatMap(({ methods }) => [...methods]))].sort();
  };
}

function isOf(parts: readonly string[], asked: readonly string[]): boolean {
  return (
    parts.length === asked.length &&
    parts.every((part, place) => (part.startsWith(':') ? asked[place] !== '' : part === asked[place]))
  );
}
