/**
 * Traefik: the entry points it listens on, which end TLS, redirect or answer in plain text, and what the annotations of an Ingress ask of it.
 * https://doc.traefik.io/traefik/reference/install-configuration/entrypoints/
 */
import { oncePerPlatform } from '../../../model/once.ts';
import type { PlatformView } from '../../../model/platform.ts';
import { anyRedirects, type Redirecting } from './middlewares.ts';
import { installations, type Settings } from './settings.ts';

export { refersToRedirect } from './middlewares.ts';

/** A port that Traefik listens on, as its static configuration has it. */
export interface EntryPoint {
  /** In lower case: flags are compared so. */
  readonly name: string;
  /** It is where browsers ask in plain text: on port 80, or called so. Others may be reached from within alone. */
  readonly isWeb: boolean;
  /** TLS is ended for every router on it. */
  readonly tls: boolean;
  /** Every request is redirected to HTTPS, before any router sees it. */
  readonly redirects: Redirecting;
}

/** The one Traefik of the repository, with what is written of its entry points. */
export interface Traefik {
  /** It takes no traffic from the internet. */
  readonly isInternal: boolean;
  /** Those that routers which name none are attached to, and all. */
  readonly defaults: readonly EntryPoint[];
  readonly all: readonly EntryPoint[];
}

const ANNOTATION = 'traefik.ingress.kubernetes.io/router';

/** The Traefik that serves the routes; undefined where there is none, where there are several, or where its entry points are written elsewhere. */
export const traefikOf = oncePerPlatform((view: PlatformView): Traefik | undefined => {
  const [one, ...more] = installations(view);
  if (one === undefined || more.length > 0) return undefined;
  const all = entryPointsIn(view, one.settings);
  if (all.length === 0) return undefined;
  const asked = all.filter(({ name }) => one.settings.get(`entrypoints.${name}.asdefault`) === 'true');
  const defaults = asked.length > 0 ? asked : all.filter(({ name }) => !/^(?:traefik|metrics)$/.test(name));
  return { isInternal: one.isInternal, defaults, all };
});

/** The entry points that a list of names means, all defaults where it is empty; undefined where one of them is not known. */
export function entryPointsNamed(
  { defaults, all }: Traefik,
  names: readonly string[],
): readonly EntryPoint[] | undefined {
  if (names.length === 0) return defaults;
  const named = names.flatMap((name) => all.find((one) => one.name === name.toLowerCase()) ?? []);
  return named.length === names.length ? named : undefined;
}

/** Names of the entry points that an Ingress asks for; none: the default ones. */
export function askedEntryPoints(annotations: Readonly<Record<string, string>>): string[] {
  return listed(annotations[`${ANNOTATION}.entrypoints`]);
}

/** The router takes requests under TLS alone, with a certificate of a resolver or the default one. */
export function isTlsRouter(annotations: Readonly<Record<string, string>>): boolean {
  return annotations[`${ANNOTATION}.tls`] === 'true' || annotations[`${ANNOTATION}.tls.certresolver`] !== undefined;
}

/**
 * Whether what an Ingress without TLS of its own publishes is served under TLS: its entry points end it, or redirect to one that does. Where they
 * are written elsewhere, those named `websecure` do, as they do in Traefik's own chart.
 */
export function isUnderTls(view: PlatformView, annotations: Readonly<Record<string, string>>): boolean {
  const names = askedEntryPoints(annotations);
  const traefik = traefikOf(view);
  const points = traefik && entryPointsNamed(traefik, names);
  if (points === undefined) return names.length > 0 && names.every((name) => name.toLowerCase() === 'websecure');
  return (
    points.some(({ tls }) => tls) && points.every((point) => point.tls || !point.isWeb || point.redirects === 'yes')
  );
}

/** Whether the middlewares of an Ingress send every request to HTTPS. */
export function ingressRedirects(view: PlatformView, annotations: Readonly<Record<string, string>>): Redirecting {
  return anyRedirects(view, listed(annotations[`${ANNOTATION}.middlewares`]));
}

function entryPointsIn(view: PlatformView, settings: Settings): EntryPoint[] {
  const addressed = [...settings].flatMap(([key, value]) => {
    const name = /^entrypoints\.([^.]+)\.address$/.exec(key)?.[1];
    return name === undefined || value.endsWith('/udp') ? [] : [name];
  });
  return addressed.map((name) => {
    const http = [...settings].filter(([key]) => key.startsWith(`entrypoints.${name}.http.`));
    const of = (field: string): string | undefined => settings.get(`entrypoints.${name}.http.${field}`);
    const scheme = of('redirections.entrypoint.scheme') ?? 'https';
    const isSent = of('redirections.entrypoint.to') !== undefined && scheme === 'https';
    return {
      name,
      isWeb: /^(?:web|http)$/.test(name) || /:80(?:\/tcp)?$/.test(settings.get(`entrypoints.${name}.address`) ?? ''),
      tls: http.some(([key, value]) => /\.http\.tls(?:\.|$)/.test(key) && value !== 'false'),
      redirects: isSent ? 'yes' : anyRedirects(view, listed(of('middlewares'))),
    };
  });
}

function listed(text: string | undefined): string[] {
  return (text ?? '')
    .split(',')
    .map((name) => name.trim())
    .filter((name) => name !== '');
}
