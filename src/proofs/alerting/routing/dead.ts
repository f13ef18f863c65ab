import { explore } from './explore.ts';
import { EVERY_ALERT, type ValueSpace } from './labels.ts';
import type { Ask } from './route.ts';
import type { Route } from './types.ts';

/** A route that no alert can take, whatever its labels. */
export interface DeadRoute {
  readonly route: Route;
  /** `contradiction`: its matchers and those above it never hold together. Otherwise what takes all its alerts before it. */
  readonly because: 'contradiction' | { readonly shadowedBy: readonly Route[] };
}

interface Level {
  readonly route: Route;
  readonly before: readonly Route[];
}

/** The dead routes; only the topmost of a dead branch is named. Routes of which it cannot be told are not among them. */
export function deadRoutes(root: Route, space: ValueSpace): DeadRoute[] {
  const found: DeadRoute[] = [];
  const visit = (route: Route, path: readonly Level[]): void => {
    if (path.length > 0 && !canBeTaken(path, space)) {
      found.push({ route, because: reason(path, space) });
      return;
    }
    for (const [index, child] of route.routes.entries()) {
      const before = route.routes.slice(0, index).filter(({ continues }) => !continues);
      visit(child, [...path, { route: child, before }]);
    }
  };
  visit(root, []);
  return found;
}

/** Whether labels exist with which the path is walked. True where that cannot be told. */
function canBeTaken(path: readonly Level[], space: ValueSpace): boolean {
  const { outcomes, complete } = explore(
    space.of(EVERY_ALERT),
    (ask) => isTaken(path, ask),
    ({ result }) => result,
  );
  return !complete || outcomes.some(({ result }) => result);
}

function isTaken(path: readonly Level[], ask: Ask): boolean {
  return (
    path.every(({ route }) => route.matchers.every((matcher) => ask(matcher))) &&
    path.every(({ before }) => !before.some(({ matchers }) => matchers.every((matcher) => ask(matcher, false))))
  );
}

/** One route before it that alone takes everything, or else all of them. */
function reason(path: readonly Level[], space: ValueSpace): DeadRoute['because'] {
  const alone = path.map(({ route }) => ({ route, before: [] }));
  if (!canBeTaken(alone, space)) return 'contradiction';
  const before = path.flatMap((level) => level.before);
  const single = before.find(
    (route) => !canBeTaken([...alone.slice(0, -1), { ...last(alone), before: [route] }], space),
  );
  return { shadowedBy: single === undefined ? before : [single] };
}

function last(levels: readonly Level[]): Level {
  const level = levels.at(-1);
  if (level === undefined) throw new RangeError('a path has a route');
  return level;
}
