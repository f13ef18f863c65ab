import { holds, type Matcher, type Patterns } from './matcher.ts';
import type { Route } from './types.ts';

/** Says whether a matcher accepts the alert that is being routed; where both are possible, what is preferred is looked at first. */
export type Ask = (matcher: Matcher, preferred?: boolean) => boolean;

/**
 * The routes whose receivers are notified, in order. A route that matches takes the alert, its children first; the siblings after it
 * are asked only when it continues. Source: Alertmanager `dispatch/route.go`, `Route.Match`.
 */
export function matchingRoutes(route: Route, ask: Ask): Route[] {
  if (!route.matchers.every((matcher) => ask(matcher))) return [];
  const found: Route[] = [];
  for (const child of route.routes) {
    const below = matchingRoutes(child, ask);
    found.push(...below);
    if (below.length > 0 && !child.continues) break;
  }
  return found.length === 0 ? [route] : found;
}

/** Routes an alert with labels that are all known. Throws where a pattern is not understood. */
export function routeLabels(root: Route, labels: Readonly<Record<string, string>>, patterns: Patterns): Route[] {
  return matchingRoutes(root, (matcher) => {
    const held = holds(matcher, Object.hasOwn(labels, matcher.name) ? (labels[matcher.name] ?? '') : '', patterns);
    if (held === undefined) throw new RangeError(`the pattern ${matcher.value} is not understood`);
    return held;
  });
}
