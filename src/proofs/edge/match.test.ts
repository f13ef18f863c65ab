import { describe, expect, it } from 'vitest';
import { isDeclared, preferred, takes } from './match.ts';
import { routeName, type MatchKind, type PublicRoute } from './types.ts';

function route(path: string, match: MatchKind, host?: string): PublicRoute {
  const origin = { path: 'x.yaml' };
  return {
    source: 'Ingress a/b',
    kind: 'ingress',
    namespace: 'a',
    name: 'b',
    host,
    path,
    match,
    protocol: 'http',
    tls: 'yes',
    certificates: [],
    edges: [],
    annotations: {},
    backends: [],
    origin,
    hostOrigin: origin,
  };
}

describe('a declared route is taken', () => {
  it.each([
    ['/api', 'prefix', '/api/v1/*', true],
    ['/api/', 'prefix', '/api', true],
    ['/api', 'prefix', '/apiv1/*', false],
    ['/api', 'characters', '/apiv1/*', true],
    ['/api/v1', 'exact', '/api/v1/*', false],
    ['/api/v1', 'exact', '/api/v1', true],
    ['/api(/|$)(.*)', 'regex', '/api/v1/*', true],
    ['/apix', 'regex', '/api/*', false],
    ['/*', 'characters', '/events', true],
  ] as const)('%s (%s) takes %s: %s', (path, match, declared, expected) => {
    expect(takes(route(path, match), { path: declared }, [])).toBe(expected);
  });

  it('by a wildcard of one label, or by the same service name among the hosts of the environment', () => {
    const at = (host: string, hosts: string[] = []): boolean =>
      takes(route('/', 'prefix', host), { path: '/', host: 'api.example.com' }, hosts);
    expect(at('*.example.com')).toBe(true);
    expect(at('*.com')).toBe(false);
    expect(at('api.staging.example.com')).toBe(false);
    expect(at('api.staging.example.com', ['api.staging.example.com', 'www.staging.example.com'])).toBe(true);
    expect(at('www.staging.example.com', ['api.staging.example.com', 'www.staging.example.com'])).toBe(false);
  });

  it('by a wildcard of Gateway API for several labels as well', () => {
    const wild: PublicRoute = { ...route('/', 'prefix', '*.example.com'), kind: 'gateway-api' };
    expect(takes(wild, { path: '/', host: 'api.eu.example.com' }, [])).toBe(true);
    expect(takes(wild, { path: '/', host: 'example.com' }, [])).toBe(false);
    expect(takes(route('/', 'prefix', '*.example.com'), { path: '/', host: 'api.eu.example.com' }, [])).toBe(false);
  });

  it('never by a pattern that could backtrack without end or cannot be read', () => {
    for (const pattern of ['/(a+)+$', '/(a|aa)*b', '/a*a*a*a*b', '/[', `/${'a'.repeat(300)}`])
      expect(takes(route(pattern, 'regex'), { path: `/${'a'.repeat(60)}` }, [])).toBe(false);
  });
});

describe('what the edge publishes is declared', () => {
  it('when a declaration is as broad', () => {
    const declared = [{ path: '/api/v1/*' }, { path: '/events' }];
    expect(isDeclared(route('/api/v1/users', 'prefix'), declared, [])).toBe(true);
    expect(isDeclared(route('/api', 'prefix'), declared, [])).toBe(false);
    expect(isDeclared(route('/events', 'prefix'), declared, [])).toBe(true);
    expect(isDeclared(route('/', 'prefix'), declared, [])).toBe(false);
    expect(isDeclared(route('/', 'prefix'), [{ path: '/' }], [])).toBe(true);
  });
});

it('prefers a named host, then an exact path, then the longest', () => {
  const routes = [route('/', 'prefix', 'a.example'), route('/api', 'prefix', 'a.example'), route('/api/v1', 'prefix')];
  expect(preferred(routes).map(({ path }) => path)).toEqual(['/api']);
  expect(preferred([...routes, route('/x', 'exact', 'a.example')]).map(({ path }) => path)).toEqual(['/x']);
  expect(preferred([])).toEqual([]);
});

it.each([
  ['/api/', 'prefix', '/api/* on every host'],
  ['/static*', 'characters', '/static* on every host'],
  ['/orders/[0-9]+/.*', 'regex', '/orders/[0-9]+/.* (regex) on every host'],
] as const)('names %s as it is written', (path, match, expected) => {
  expect(routeName(route(path, match))).toBe(expected);
});
