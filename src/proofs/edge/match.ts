import { within } from './hosts.ts';
import { covers } from './ingress.ts';
import type { PublicRoute } from './types.ts';

/** A route as the spec writes it: `/api/v1/*` is a prefix, `/events` is exact, `/` alone means all of the host. */
export interface DeclaredPath {
  readonly path: string;
  readonly host?: string | undefined;
}

/** Whether every request of the declared route is taken by the edge route. A regex is taken at its word where it matches a sample. */
export function takes(route: PublicRoute, declared: DeclaredPath, hosts: readonly string[]): boolean {
  if (!sameHost(route, declared.host, hosts)) return false;
  const { stem, isPrefix } = split(declared.path);
  switch (route.match) {
    case 'exact':
      return (!isPrefix || stem === '/') && trim(route.path) === trim(stem);
    case 'prefix':
      return isBelow(stem, route.path);
    case 'characters':
      return `${stem}`.startsWith(route.path.replace(/\*$/, '')) || trim(stem) === trim(route.path);
    case 'regex':
      return matchesRegex(route.path, isPrefix ? `${trim(stem)}/x` : stem);
  }
}

/** Whether everything that the edge route takes is declared by one of the routes. */
export function isDeclared(route: PublicRoute, declared: readonly DeclaredPath[], hosts: readonly string[]): boolean {
  return declared.some((candidate) => {
    if (!sameHost(route, candidate.host, hosts)) return false;
    const { stem, isPrefix } = split(candidate.path);
    if (stem === '/') return true;
    if (route.match === 'regex') return matchesRegex(route.path, isPrefix ? `${trim(stem)}/x` : stem);
    const path = route.path.replace(/\*$/, '');
    if (isPrefix) return isBelow(path, stem);
    // A prefix publishes what is below as well; frameworks route it no further, so the same path is taken as meant.
    return trim(path) === trim(stem);
  });
}

/** Of the routes that take a declared one, those the edge prefers: exact first, then the longest path, a named host before every host. */
export function preferred(routes: readonly PublicRoute[]): PublicRoute[] {
  const weight = (route: PublicRoute): number =>
    (route.host === undefined ? 0 : route.host.startsWith('*') ? 1 : 2) * 100_000 +
    (route.match === 'exact' ? 50_000 : 0) +
    route.path.length;
  const best = Math.max(...routes.map(weight));
  return routes.filter((route) => weight(route) === best);
}

/** Hosts differ between environments: where the environment lists its own and the declared one is not among them, any of those serves. */
function sameHost({ host, kind }: PublicRoute, declared: string | undefined, hosts: readonly string[]): boolean {
  if (host === undefined || declared === undefined) return true;
  if (host === declared || (kind === 'gateway-api' ? within(declared, host) : covers(host, declared))) return true;
  return (
    hosts.length > 0 &&
    !hosts.includes(declared) &&
    hosts.some((name) => name === host && firstLabel(name) === firstLabel(declared))
  );
}

function firstLabel(host: string): string {
  return host.slice(0, host.indexOf('.'));
}

function split(path: string): { stem: string; isPrefix: boolean } {
  const isPrefix = path.endsWith('*');
  return { stem: isPrefix ? path.slice(0, -1) || '/' : path, isPrefix: isPrefix || path === '/' };
}

/** By path elements: `/api/v1` is below `/api`, `/apiv1` is not. */
function isBelow(path: string, prefix: string): boolean {
  const above = trim(prefix);
  return above === '' || trim(path) === above || path.startsWith(`${above}/`);
}

function trim(path: string): string {
  return path.replace(/\/$/, '');
}

/**
 * Anchored at the start, as nginx and Envoy do. Patterns come from the repository, so what could backtrack without end (repeated
 * groups, many open repetitions) is not run; such a pattern matches nothing here.
 */
function matchesRegex(pattern: string, path: string): boolean {
  if (pattern.length > 200 || path.length > 500 || /\)[+*{]/.test(pattern)) return false;
  if ((pattern.match(/[+*{]/g) ?? []).length > 3) return false;
  try {
    return new RegExp(`^${pattern}`, 'i').test(path);
  } catch {
    return false;
  }
}
