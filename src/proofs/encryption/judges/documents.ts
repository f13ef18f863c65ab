import type { Cursor } from '../../../model/cursor.ts';
import type { Door } from '../types.ts';

/** Servers whose configuration is a YAML document: each says in a few members whether it speaks TLS. */

/** Qdrant: `service.enable_tls`, `cluster.p2p.enable_tls`; both are off unless set (`config/config.yaml` of qdrant). */
export function judgeQdrant(config: Cursor, variables: Readonly<Record<string, string>>): Door[] {
  const on = (path: string[], variable: string): boolean => {
    const said = variables[variable] ?? config.get(...path).value;
    return said === true || String(said) === 'true' || String(said) === '1';
  };
  const verifies = on(
    ['service', 'verify_https_client_certificate'],
    'QDRANT__SERVICE__VERIFY_HTTPS_CLIENT_CERTIFICATE',
  );
  const door = (name: string, role: Door['role'], isOn: boolean, setting: string, origin: Cursor): Door => ({
    name,
    role,
    plaintext: isOn ? 'refused' : 'accepted',
    certificate: verifies ? 'required' : 'optional',
    because: isOn ? `${setting} is true` : `${setting} is not true`,
    origin: origin.origin,
    remedy: isOn
      ? 'Set service.verify_https_client_certificate: true with tls.ca_cert.'
      : `Set ${setting}: true with tls.cert and tls.key.`,
  });
  const service = config.get('service');
  const isClustered = on(['cluster', 'enabled'], 'QDRANT__CLUSTER__ENABLED');
  return [
    door(
      'clients of Qdrant',
      'clients',
      on(['service', 'enable_tls'], 'QDRANT__SERVICE__ENABLE_TLS'),
      'service.enable_tls',
      service,
    ),
    ...(isClustered
      ? [
          door(
            'members of Qdrant',
            'members',
            on(['cluster', 'p2p', 'enable_tls'], 'QDRANT__CLUSTER__P2P__ENABLE_TLS'),
            'cluster.p2p.enable_tls',
            config.get('cluster'),
          ),
        ]
      : []),
  ];
}

/**
 * Temporal: `global.tls.frontend.server` and `global.tls.internode.server` with a certificate make the port demand TLS;
 * `requireClientAuth` demands one of the client (`common/config/config.go`: `RootTLS`). Nothing written is plaintext.
 */
export function judgeTemporal(config: Cursor): Door[] {
  const tls = config.get('global', 'tls');
  return (
    [
      ['frontend', 'clients of Temporal', 'clients'],
      ['internode', 'members of Temporal', 'members'],
    ] as const
  ).map(([key, name, role]): Door => {
    const server = tls.get(key, 'server');
    const isOn = server.get('certFile').exists || server.get('certData').exists;
    return {
      name,
      role,
      plaintext: isOn ? 'refused' : 'accepted',
      certificate: server.get('requireClientAuth').value === true ? 'required' : 'optional',
      because: isOn ? `global.tls.${key}.server has a certificate` : `global.tls.${key}.server has no certificate`,
      origin: (tls.exists ? tls : config).origin,
      remedy: isOn
        ? `Set global.tls.${key}.server.requireClientAuth: true with clientCaFiles.`
        : `Give global.tls.${key}.server a certFile, a keyFile and clientCaFiles.`,
    };
  });
}

/** The images of Temporal that take their configuration from variables: `TEMPORAL_TLS_SERVER_CERT` and its siblings. */
export function judgeTemporalVariables(variables: Readonly<Record<string, string>>, origin: Cursor): Door[] {
  const has = (name: string): boolean => (variables[name] ?? '') !== '';
  const verifies = variables['TEMPORAL_TLS_REQUIRE_CLIENT_AUTH'] === 'true';
  const door = (name: string, role: Door['role'], key: string): Door => ({
    name,
    role,
    plaintext: has(`${key}_CERT`) || has(`${key}_CERT_DATA`) ? 'refused' : 'accepted',
    certificate: verifies ? 'required' : 'optional',
    because: has(`${key}_CERT`) || has(`${key}_CERT_DATA`) ? `${key}_CERT is set` : `${key}_CERT is not set`,
    origin: origin.origin,
    remedy: `Set ${key}_CERT, ${key}_KEY and TEMPORAL_TLS_REQUIRE_CLIENT_AUTH=true.`,
  });
  return [
    door('clients of Temporal', 'clients', 'TEMPORAL_TLS_FRONTEND'),
    door('members of Temporal', 'members', 'TEMPORAL_TLS_SERVER'),
  ];
}

/** OpenTelemetry Collector: a protocol of the `otlp` receiver with `tls` demands it, with `client_ca_file` a certificate too. */
export function judgeCollector(config: Cursor): Door[] {
  return config
    .get('receivers')
    .entries()
    .filter(([name]) => /^otlp(?:\/|$)/.test(name))
    .flatMap(([receiver, at]) =>
      at
        .get('protocols')
        .entries()
        .map(([protocol, settings]): Door => {
          const endpoint = String(settings.get('endpoint').value ?? 'localhost');
          const tls = settings.get('tls');
          const isLocal = /^(?:localhost|127\.0\.0\.1)(?::|$)/.test(endpoint);
          const port = /:(\d+)$/.exec(endpoint)?.[1];
          return {
            name: `${receiver} over ${protocol}`,
            role: 'clients',
            ...(port !== undefined && { port: Number(port) }),
            plaintext: tls.exists || isLocal ? 'refused' : 'accepted',
            certificate: tls.get('client_ca_file').exists ? 'required' : 'optional',
            because: isLocal
              ? 'it listens on localhost alone'
              : tls.exists
                ? 'it has a tls block'
                : 'it has no tls block',
            origin: settings.origin,
            remedy: 'Give the protocol a tls block with cert_file, key_file and client_ca_file.',
          };
        }),
    );
}
