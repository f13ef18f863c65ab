/** nginx with ModSecurity and the Core Rule Set in front of the services. */
import { join } from 'node:path';
import { parseDuration } from '../../../../model/duration.ts';
import type { Lab, Part } from '../../part.ts';
import type { LabPlan } from '../../plan.ts';
import { issuerOf } from '../desk.ts';
import { NGINX, nginxArguments, testConfig, writeConfig } from './files.ts';
import { edgeRoutes, headerLimits, labHost } from './routes.ts';
import { CONSOLE, settingsRoute, writeSite } from './site.ts';
import type { EdgeConfig, EdgeRoute, Upstream } from './types.ts';

export { edgeControl, type EdgeControl } from './control.ts';

const PACKAGES = 'nginx libnginx-mod-http-modsecurity modsecurity-crs';
const HOSTS = ['api.localhost', 'console.localhost', 'terminal.localhost', 'id.localhost'];

export function edgeParts(plan: LabPlan): Part[] {
  const loses = plan.spec.services.some(({ routes }) => routes.length > 0)
    ? 'nothing stands in front of the public routes, and no drill can ask them the way a customer does'
    : 'there is no edge';
  return [
    {
      name: 'edge',
      needs: [],
      program: { file: NGINX, package: PACKAGES, loses },
      ports: ['https', 'http', 'health'],
      user: 'www-data',
      identity: { name: 'edge', namespace: 'edge', dns: HOSTS },
      prepare: async (lab, signal) => {
        writeConfig(lab.folder('edge'), edgeConfig(lab));
        await testConfig(lab.folder('edge'), signal);
      },
      command: (lab) => ({ file: NGINX, args: nginxArguments(lab.folder('edge')) }),
      ready: (lab, signal) => answers(lab, signal),
      // QUIT would wait for every open stream.
      stop: { signal: 'SIGTERM', timeoutMs: 5000 },
    },
    metrics(),
  ];
}

/** Runs as nginx's user, which alone may read the audit log. */
function metrics(): Part {
  return {
    name: 'edge-metrics',
    needs: ['edge'],
    program: { file: NGINX, package: PACKAGES, loses: 'nothing counts what the edge answers and refuses' },
    ports: ['http'],
    user: 'www-data',
    command: (lab) => ({
      ...lab.program('lab', 'edge-metrics'),
      env: {
        HTTP_ADDR: `127.0.0.1:${lab.port('edge-metrics', 'http')}`,
        ACCESS_LOG: join(lab.folder('edge'), 'logs/access.log'),
        AUDIT_LOG: join(lab.folder('edge'), 'private/audit.log'),
        ...(lab.has('otlp') ? { OTEL_EXPORTER_OTLP_ENDPOINT: `http://127.0.0.1:${lab.port('otlp', 'http')}` } : {}),
      },
    }),
    ready: async (lab, signal) => {
      const response = await fetch(`http://127.0.0.1:${lab.port('edge-metrics', 'http')}/healthz`, { signal });
      await response.arrayBuffer();
      if (!response.ok) throw new Error(`edge-metrics answers ${response.status}`);
    },
  };
}

/** Asks the plain health page for the generation that was written: an older nginx on the same port would give another. */
async function answers(lab: Lab, signal: AbortSignal): Promise<void> {
  const response = await fetch(`http://127.0.0.1:${lab.port('edge', 'health')}/livez`, { signal });
  const text = await response.text();
  if (!response.ok || !text.startsWith('generation ')) throw new Error(`the edge answers ${response.status}`);
}

export function edgeConfig(lab: Lab): EdgeConfig {
  const { spec } = lab.plan;
  const tls = lab.tls('edge');
  const waf = spec.edge?.waf;
  const upstreams = [...serviceUpstreams(lab), identity(lab)];
  const site = writeSite(lab);
  const routes = edgeRoutes(
    spec,
    (name) => upstreams.some((upstream) => upstream.name === name),
    new Map(site === undefined ? [] : [[CONSOLE, site]]),
  );
  return {
    generation: 1,
    address: '127.0.0.1',
    ports: { https: lab.port('edge', 'https'), http: lab.port('edge', 'http'), health: lab.port('edge', 'health') },
    certificate: { cert: tls.cert, key: tls.key },
    client: { cert: tls.cert, key: tls.key, ca: tls.ca },
    upstreams,
    routes: [...routes, ...settings(lab, site), IDENTITY_ROUTE],
    waf: { mode: waf?.mode ?? 'monitor', paranoia: waf?.paranoia ?? 1, sampling: 100 },
    rateLimits: true,
    connect: [issuerOf(lab)],
    headers: headerLimits(spec),
    upstreamIdle: 0.6,
    workerShutdown: longestDrain(lab) + 30,
  };
}

/** Every service with a public route that runs. Its replicas must show the name that the service has in its cluster. */
function serviceUpstreams(lab: Lab): Upstream[] {
  return lab.plan.spec.services.flatMap(({ name, routes, workloads }) => {
    const replicas = lab.replicas(name);
    if (routes.length === 0 || replicas.length === 0) return [];
    return {
      name,
      tlsName: `${name}.${workloads?.[0]?.namespace ?? 'default'}.svc`,
      replicas: replicas.map((part) => ({ address: `127.0.0.1:${lab.port(part, 'https')}`, down: false })),
      affinity: routes.some(({ affinity }) => affinity === 'dedicated' || affinity === 'affinity') ? 'session' : 'none',
    };
  });
}

function identity(lab: Lab): Upstream {
  const replicas = [{ address: `127.0.0.1:${lab.port('identity', 'https')}`, down: false }];
  return { name: 'identity', tlsName: 'localhost', replicas, affinity: 'none' };
}

const IDENTITY_ROUTE: EdgeRoute = {
  host: 'id.localhost',
  path: '/',
  protocol: 'http',
  target: { upstream: 'identity' },
  perSecond: 50,
  connections: 100,
  bodyBytes: 65_536,
  readTimeout: 15,
};

function settings({ plan }: Lab, site: string | undefined): EdgeRoute[] {
  const host = plan.spec.services.find(({ name }) => name === CONSOLE)?.routes[0]?.host;
  return site === undefined || host === undefined ? [] : [settingsRoute(labHost(host), site)];
}

function longestDrain({ plan }: Lab): number {
  const windows = plan.spec.services.map(({ drainWindow }) => parseDuration(drainWindow ?? '30s') ?? 30);
  return Math.ceil(Math.max(30, ...windows));
}
