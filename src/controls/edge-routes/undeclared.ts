/** What platforms open by accident: paths that somebody forgot at the edge, and ways around its rules. */

/** Operations, consoles, files of the repository, and the ways in which they were left open before. */
const FORGOTTEN = `
  /metrics /livez /readyz /healthz /health /statusz /status /stub_status /server-status /admin /admin/
  /admin/sessions /admin/state /internal /internal/ /private/ /management/ /debug/pprof/ /debug/vars /actuator
  /actuator/env /actuator/heapdump /env /info /trace /openapi.json /swagger.json /swagger/index.html /docs /graphql
  /graphiql /grpc /rpc /grafana/ /prometheus/ /alertmanager/ /kibana/ /jaeger/ /argocd/ /phpmyadmin/ /console/ /.env
  /.git/config /.git/HEAD /.aws/credentials /.ssh/id_rsa /.well-known/openid-configuration /config /config.json
  /package.json /backup.sql /dump.rdb /id_rsa /nginx.conf /api /v1/
`
  .trim()
  .split(/\s+/);

/** Below a declared prefix and out of it again: decoded, doubled and dotted once more than the edge may look. */
const AROUND: readonly string[] = ['..', '%2e%2e', '.%2e', '..%2f', '%2e%2e%2f', '..;', './..'];
const BEHIND: readonly string[] = ['metrics', 'admin/sessions', 'statusz'];

export interface Surroundings {
  /** Declared paths of one host, as the spec writes them. */
  readonly declared: readonly string[];
  /** Names of all services. */
  readonly services: readonly string[];
  /** Paths that may be public without being declared, as prefixes. */
  readonly ignored: readonly string[];
}

/** Paths that nobody declared for a host: none of them may be answered. */
export function undeclaredPaths({ declared, services, ignored }: Surroundings): string[] {
  const prefixes = declared.filter((path) => path.endsWith('*')).map((path) => path.slice(0, -1));
  const around = prefixes.flatMap((prefix) =>
    AROUND.flatMap((step) => BEHIND.map((path) => `${prefix}${step}${step.endsWith('f') ? '' : '/'}${path}`)),
  );
  const own = declared.flatMap((path) => (path.endsWith('*') ? [] : [`${path}/admin`, `${path}.bak`]));
  const all = [...FORGOTTEN, ...services.map((name) => `/${name}/`), ...own, ...around];
  return [...new Set(all)].filter(
    (path) => !isDeclared(path, declared) && !ignored.some((one) => path.startsWith(one)),
  );
}

/** By the text alone: a path that leads out of its prefix again is not declared by it. */
function isDeclared(path: string, declared: readonly string[]): boolean {
  if (/(?:\.|%2e){2}/i.test(path)) return false;
  return declared.some((one) => (one.endsWith('*') ? path.startsWith(one.slice(0, -1)) : path === one));
}

/** Whether all of a host is declared by this path. */
export function isEverything(path: string): boolean {
  return path === '/' || path === '/*';
}
