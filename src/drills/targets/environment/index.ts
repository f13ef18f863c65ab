/** An environment of the spec as a target: what of it is reachable from here is offered, and nothing that is not. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Redis } from 'ioredis';
import { CannotTell } from '../../../model/drill/drill.ts';
import type { Databases } from '../../../model/drill/databases.ts';
import type { Edge } from '../../../model/drill/edge.ts';
import type { Metrics } from '../../../model/drill/metrics.ts';
import type { People } from '../../../model/drill/people.ts';
import type { Spec } from '../../../model/spec.ts';
import type { Target, Use } from '../../target.ts';
import { askOver } from '../ask.ts';
import { offering, type Offered } from '../offered.ts';
import { partly } from '../partly.ts';
import { writeRaw } from '../raw.ts';
import { rulesOf } from '../lab/metrics/prometheus.ts';
import { simulateRules } from '../lab/metrics/simulate.ts';
import { environmentBackups } from './backups.ts';
import { clusterOf } from './cluster.ts';
import { promAlerts, promQuery, promText } from './prometheus.ts';
import type { OpenSettings } from './settings.ts';
import { connectSql } from './sql.ts';

export function environmentTarget(environment: string, identity: string, spec: Spec, settings: OpenSettings): Target {
  const offered: Offered = {
    ...(settings.edge === undefined ? {} : { edge: (use: Use) => edgeOf(spec, settings, use) }),
    ...(settings.metrics === undefined ? {} : { metrics: (use: Use) => metricsOf(settings, use) }),
    ...(settings.people === undefined ? {} : { people: () => peopleOf(settings) }),
    ...(Object.keys(settings.backups).length === 0
      ? {}
      : { backups: (use: Use) => environmentBackups(environment, settings, use) }),
    ...(settings.identity.kubernetes === undefined
      ? {}
      : { cluster: (use: Use) => clusterOf(settings, identity, use) }),
    ...(Object.keys(settings.databases).length === 0 ? {} : { databases: (use: Use) => databasesOf(settings, use) }),
  };
  return { environment, identity, ...offering(environment, offered), close: () => Promise.resolve() };
}

function edgeOf(spec: Spec, { edge, path }: OpenSettings, { signal }: Use): Edge {
  const { address, port = 443, plainPort = 80, ca: caFile } = edge ?? {};
  const ca = caFile === undefined ? {} : { ca: readFileSync(path(caFile), 'utf8') };
  const hosts = spec.services.flatMap(({ routes }) => routes.flatMap(({ host }) => host ?? []));
  const first = spec.edge?.host ?? hosts[0] ?? '';
  return partly<Edge>('edge', {
    tellsClientsApart: false,
    place: { address: address ?? first, httpsPort: port, httpPort: plainPort, ...ca },
    host(service) {
      const route = spec.services
        .find(({ name }) => name === service)
        ?.routes.find((one) => one.public && one.protocol !== 'grpc');
      const host = route === undefined ? undefined : (route.host ?? spec.edge?.host);
      if (host === undefined) throw new CannotTell(`service ${service} has no public route with a host`);
      return host;
    },
    hostFor: (declared: string) => declared,
    // Addresses of this machine's own are no way to an edge elsewhere.
    ask: (host, target, { from: _from, ...call } = {}) =>
      askOver({ address: address ?? host, port, host, ...ca }, target, call, signal),
    raw: (host, bytes, { plain = false, ...options } = {}) =>
      writeRaw(
        { address: address ?? host, port: plain ? plainPort : port, host, plain, ...ca },
        bytes,
        options,
        signal,
      ),
  });
}

/** Prometheus is read. Nothing here changes what an environment is watched by. */
function metricsOf({ metrics, secret }: OpenSettings, { signal, scratch }: Use): Metrics {
  if (metrics === undefined) throw new CannotTell('no Prometheus is named');
  const token = metrics.token === undefined ? undefined : secret(metrics.token);
  const rules = (): ReturnType<Metrics['rules']> => rulesOf((path) => promText(metrics.url, path, token, signal));
  return partly<Metrics>('metrics', {
    query: (promql) => promQuery(metrics.url, token, promql, signal),
    alerts: () => promAlerts(metrics.url, token, signal),
    rules,
    simulate: async (simulation) => simulateRules(await rules(), simulation, join(scratch, 'simulation'), signal),
    servers: { prometheus: [], alertmanager: [] },
  });
}

function peopleOf({ people, secret }: OpenSettings): People {
  if (people === undefined) throw new CannotTell('no test users are named');
  const all = Object.values(people);
  return partly<People>('people', {
    names: { customer: people.customer.name, stranger: people.stranger.name, admin: people.admin.name },
    token(user) {
      const found = all.find(({ name }) => name === user);
      return found === undefined
        ? Promise.reject(new CannotTell(`no token of ${user} is named`))
        : Promise.resolve(secret(found.token));
    },
  });
}

/** As whoever the URL names: other roles of a store are other entries, called `STORE as ROLE`. */
function databasesOf({ databases, secret }: OpenSettings, { signal }: Use): Databases {
  const urlOf = (store: string, as: string | undefined): string => {
    const found = databases[as === undefined ? store : `${store} as ${as}`];
    if (found === undefined)
      throw new CannotTell(`no connection to ${store}${as === undefined ? '' : ` as ${as}`} is named`);
    return secret(found.url);
  };
  return partly<Databases>('databases', {
    standby: () => Promise.resolve(undefined),
    sql: async (store, as) => connectSql(urlOf(store, as), signal),
    async redis(store, as) {
      const client = new Redis(urlOf(store, as), {
        lazyConnect: true,
        maxRetriesPerRequest: 0,
        retryStrategy: () => null,
      });
      client.on('error', () => undefined);
      await client.connect();
      signal.addEventListener('abort', () => client.disconnect(), { once: true });
      return {
        call: (command, ...args) => client.call(command, ...args),
        close: () => Promise.resolve(client.disconnect()),
      };
    },
  });
}
