/**
 * What Traefik's own chart makes of its values: the entry points `web` and `websecure`, of which the latter ends TLS unless told otherwise, and those
 * that are added. https://github.com/traefik/traefik-helm-chart/blob/master/traefik/values.yaml
 */
import { Cursor, isMapping } from '../../../model/cursor.ts';
import { isInternalBalancer } from '../internal.ts';
import { text, within } from '../../alerting/lenient.ts';
import type { Installed, Settings } from './settings.ts';

const DEFAULTS = { web: { port: 8000 }, websecure: { port: 8443, tls: { enabled: true } } } as const;

export function settingsOfChart(values: unknown): Installed {
  const root = new Cursor(isMapping(values) ? values : {}, { path: '' });
  const ports = within(root, 'ports').value;
  const own = isMapping(ports) ? ports : {};
  const names = [...new Set([...Object.keys(DEFAULTS), ...Object.keys(own)])].filter((name) => own[name] !== null);
  const made = names.flatMap((name) => ofPort(name, new Cursor(own[name] ?? {}, root.origin)));
  const given = within(root, 'additionalArguments').value;
  const flags = flagsIn(Array.isArray(given) ? given.map(String) : []);
  const service = within(root, 'service');
  const annotations = within(service, 'annotations').value;
  return {
    settings: new Map([...made, ...flags]),
    isInternal:
      text(within(service, 'type')) === 'ClusterIP' ||
      isInternalBalancer(isMapping(annotations) ? (annotations as Record<string, string>) : {}),
  };
}

/** Fields moved below `http` in later versions of the chart. */
function ofPort(name: string, at: Cursor): [string, string][] {
  const own = `entrypoints.${name.toLowerCase()}`;
  const field = (...path: string[]): unknown => within(at, 'http', ...path).value ?? within(at, ...path).value;
  if (text(within(at, 'protocol')) === 'UDP') return [];
  const port = within(at, 'port').value ?? (name === 'web' || name === 'websecure' ? DEFAULTS[name].port : 0);
  const tls = field('tls', 'enabled') ?? name === 'websecure';
  const to =
    field('redirections', 'entryPoint', 'to') ??
    within(at, 'redirectTo', 'port').value ??
    within(at, 'redirectTo').value;
  const middlewares = field('middlewares');
  return [
    [`${own}.address`, `:${String(port)}`],
    [`${own}.http.tls`, String(tls)],
    ...(to === undefined || to === null
      ? []
      : [[`${own}.http.redirections.entrypoint.to`, String(to)] as [string, string]]),
    ...(Array.isArray(middlewares) ? [[`${own}.http.middlewares`, middlewares.join(',')] as [string, string]] : []),
    ...(within(at, 'asDefault').value === true ? [[`${own}.asdefault`, 'true'] as [string, string]] : []),
  ];
}

/** Flags in lower case, without their dashes; one without a value is switched on. */
export function flagsIn(words: readonly string[]): Settings {
  return new Map(
    words
      .filter((word) => /^--\w/.test(word))
      .map((word) => {
        const [name = '', ...value] = word.replace(/^--/, '').split('=');
        return [name.toLowerCase(), value.length === 0 ? 'true' : value.join('=')] as const;
      }),
  );
}
