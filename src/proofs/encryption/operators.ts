import type { Cursor } from '../../model/cursor.ts';
import { cursor } from '../../model/kube.ts';
import type { PlatformView } from '../../model/platform.ts';
import { judgePostgres } from './judges/postgres.ts';
import type { Door } from './types.ts';

/** The doors of a store that an operator runs, by the object of the store's name. */
export function operatedDoors(view: PlatformView, store: string): Door[] {
  const find = (kind: string): Cursor[] =>
    view
      .objects(kind)
      .filter(({ name }) => name === store)
      .map((object) => cursor(object).get('spec'));
  return [
    ...find('Cluster.postgresql.cnpg.io').flatMap((spec) => cloudNative(view, spec)),
    ...find('postgresql.acid.zalan.do').flatMap((spec) => zalando(view, spec)),
    ...find('Kafka.kafka.strimzi.io').flatMap(strimzi),
    ...['Redis', 'RedisCluster', 'RedisReplication']
      .flatMap((kind) => find(`${kind}.redis.redis.opstreelabs.in`))
      .flatMap(opstree),
  ];
}

/**
 * CloudNativePG serves TLS always, and its pg_hba.conf is: records of its own for certificates, then the user's, then
 * `host all all all scram-sha-256` (`pkg/management/postgres/configuration.go`). The last one lets anybody in without TLS.
 */
function cloudNative(view: PlatformView, spec: Cursor): Door[] {
  const own = spec.get('postgresql', 'pg_hba');
  const text = [
    'hostssl postgres streaming_replica all cert',
    'hostssl replication streaming_replica all cert',
    'hostssl all cnpg_pooler_pgbouncer all cert',
    ...own.strings(),
    'host all all all scram-sha-256',
  ];
  const { directives } = view.readDirectives('pg-hba', text.join('\n'), (own.exists ? own : spec).origin);
  const records = directives.map((record) => ({ ...record, origin: (own.exists ? own : spec).origin }));
  const settings = Object.fromEntries(
    spec
      .get('postgresql', 'parameters')
      .entries()
      .map(([name, value]) => [name, { value: String(value.value), origin: value.origin }]),
  );
  const doors = judgePostgres({
    settings: {
      ssl_min_protocol_version: { value: 'TLSv1.3', origin: spec.origin },
      ...settings,
      ssl: { value: 'on', origin: spec.origin },
    },
    hba: { records, file: 'the pg_hba.conf that CloudNativePG writes' },
    origin: spec.origin,
  });
  return doors.map((door) => ({
    ...door,
    remedy: 'Begin spec.postgresql.pg_hba with "hostnossl all all all reject".',
  }));
}

/** Spilo serves TLS always, and lets nobody in without it; a pg_hba of the resource takes the place of its own (`spilo/postgres-appliance/scripts/configure_spilo.py`). */
function zalando(view: PlatformView, spec: Cursor): Door[] {
  const own = spec.get('patroni', 'pg_hba');
  const text = own.exists ? own.strings() : ['hostnossl all all all reject', 'hostssl all all all md5'];
  const origin = (own.exists ? own : spec).origin;
  const records = view
    .readDirectives('pg-hba', text.join('\n'), origin)
    .directives.map((record) => ({ ...record, origin }));
  const doors = judgePostgres({
    settings: { ssl: { value: 'on', origin: spec.origin } },
    hba: { records, file: 'the pg_hba.conf that the postgres-operator writes' },
    origin: spec.origin,
  });
  return doors.map((door) => ({ ...door, remedy: 'Begin spec.patroni.pg_hba with "hostnossl all all all reject".' }));
}

/** Without `TLS` the operator configures none. */
function opstree(spec: Cursor): Door[] {
  if (spec.get('TLS').exists) return [];
  return [
    {
      name: 'clients of Redis',
      role: 'clients',
      port: 6379,
      plaintext: 'accepted',
      certificate: 'optional',
      because: 'the resource names no TLS',
      origin: spec.origin,
      remedy: 'Name the Secret of its certificate under spec.TLS, and move its clients over.',
    },
  ];
}

/** Strimzi: each listener with `tls: true` speaks TLS; brokers among themselves always do. */
function strimzi(spec: Cursor): Door[] {
  return spec
    .get('kafka', 'listeners')
    .items()
    .map((listener): Door => {
      const isTls = listener.get('tls').boolean() === true;
      const port = listener.get('port').integer();
      return {
        name: `listener ${listener.get('name').string() ?? ''} of Kafka`,
        role: 'clients',
        ...(port !== undefined && { port }),
        plaintext: isTls ? 'refused' : 'accepted',
        certificate: listener.get('authentication', 'type').string() === 'tls' ? 'required' : 'optional',
        because: isTls ? 'tls is true' : 'tls is not true',
        origin: listener.origin,
        remedy: isTls ? 'Set authentication: { type: tls }.' : 'Set tls: true, and move its clients over.',
      };
    });
}
