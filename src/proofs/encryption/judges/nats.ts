import type { Origin } from '../../../model/origin.ts';
import type { Door } from '../types.ts';
import { isNatsMap, natsAt, type NatsFile, type NatsMap } from './nats-conf.ts';

export interface NatsConfig {
  /** Undefined: the server runs without a file. */
  readonly file?: NatsFile;
  /** Flags of the command line, which win over the file: `--tls`, `--tlsverify`, `--http_port`. */
  readonly flags: readonly string[];
  readonly origin: Origin;
}

/** Listeners besides the client's, each open only where its block is written. */
const MEMBERS = [
  ['cluster', 'routes of NATS', 'members'],
  ['gateway', 'gateways of NATS', 'members'],
  ['leafnodes', 'leaf nodes of NATS', 'members'],
  ['websocket', 'websockets of NATS', 'clients'],
  ['mqtt', 'MQTT clients of NATS', 'clients'],
] as const;

/**
 * A `tls` block makes its listener demand TLS, unless `allow_non_tls` says otherwise for clients; `verify` demands a certificate, which
 * routes and gateways always do (`server/opts.go` of nats-server, `parseTLS`, `parseCluster`).
 */
export function judgeNats({ file, flags, origin }: NatsConfig): Door[] {
  const root: NatsMap = file?.root ?? { entries: {} };
  const unread = file?.problems.find((problem) => /not read|not closed/.test(problem));
  const judged = [
    clients(root, flags, origin),
    ...MEMBERS.flatMap((member) => listener(root, member, origin)),
    ...monitoring(root, flags, origin),
  ];
  if (unread === undefined) return judged;
  return judged.map((door) =>
    door.plaintext === 'accepted'
      ? { ...door, plaintext: 'unknown', because: `${door.because}, and a part of the file was not read` }
      : door,
  );
}

const REMEDY = 'Give it a tls block with cert_file, key_file, ca_file and verify: true.';

function clients(root: NatsMap, flags: readonly string[], origin: Origin): Door {
  const tls = natsAt(root, 'tls');
  const byFlag = flags.some((flag) => /^--?tls(?:$|=|cert|verify)/.test(flag) && !flag.endsWith('=false'));
  const lax = natsAt(root, 'allow_non_tls');
  const port = portOf(root, 4222);
  const base = { name: 'clients of NATS', role: 'clients' as const, port, remedy: REMEDY };
  if (tls === undefined && !byFlag)
    return {
      ...base,
      plaintext: 'accepted',
      certificate: 'unknown',
      because: 'the configuration has no tls block for clients',
      origin,
    };
  if (lax?.value === true)
    return {
      ...base,
      plaintext: 'accepted',
      certificate: 'unknown',
      because: 'allow_non_tls lets clients choose',
      origin: at(origin, lax.line),
      remedy: 'Remove allow_non_tls.',
    };
  const verifies = flags.some((flag) => /^--?tlsverify/.test(flag)) || (tls !== undefined && verified(tls.value));
  const line = tls?.line;
  return {
    ...base,
    plaintext: 'refused',
    certificate: verifies ? 'required' : 'optional',
    because: `tls is required${verifies ? ' and client certificates are verified' : ', client certificates are not asked for'}`,
    origin: line === undefined ? origin : at(origin, line),
    remedy: 'Set verify: true in the tls block.',
  };
}

function listener(root: NatsMap, [key, name, role]: (typeof MEMBERS)[number], origin: Origin): Door[] {
  const block = natsAt(root, key);
  if (block === undefined || !isNatsMap(block.value)) return [];
  const { entries } = block.value;
  if (entries['port'] === undefined && entries['listen'] === undefined) return [];
  const tls = entries['tls'];
  const base = {
    name,
    role,
    port: portOf(block.value, 0),
    origin: at(origin, tls?.line ?? block.line),
    remedy: REMEDY,
  };
  if (tls === undefined)
    return [
      {
        ...base,
        plaintext: 'accepted',
        certificate: 'unknown',
        because: `the ${key} block of nats.conf has no tls block`,
      },
    ];
  const always = key === 'cluster' || key === 'gateway';
  return [
    {
      ...base,
      plaintext: 'refused',
      certificate: always || verified(tls.value) ? 'required' : 'optional',
      because: `the ${key} block demands TLS`,
    },
  ];
}

function monitoring(root: NatsMap, flags: readonly string[], origin: Origin): Door[] {
  const http = natsAt(root, 'http') ?? natsAt(root, 'http_port') ?? natsAt(root, 'monitor_port');
  const flag = flags.find((one) => /^(?:-m|--http_port)(?:=|$)/.test(one));
  if (http === undefined && flag === undefined) return [];
  const value = String(http?.value ?? '');
  if (/^(?:localhost|127\.0\.0\.1|\[::1\]):/.test(value)) return [];
  return [
    {
      name: 'the monitoring page of NATS',
      role: 'monitoring',
      port: Number(/(\d+)$/.exec(value)?.[1] ?? 8222),
      plaintext: 'accepted',
      certificate: 'unknown',
      because: 'it answers on http',
      origin: http === undefined ? origin : at(origin, http.line),
      remedy: 'Use https_port, or listen on 127.0.0.1.',
    },
  ];
}

function verified(tls: NatsMap | unknown): boolean {
  if (typeof tls !== 'object' || tls === null || !('entries' in tls)) return false;
  const { entries } = tls as NatsMap;
  return (
    entries['verify']?.value === true ||
    entries['verify_and_map']?.value === true ||
    entries['verify_cert_and_check_known_urls']?.value === true
  );
}

function portOf({ entries }: NatsMap, otherwise: number): number {
  const listen = entries['listen']?.value ?? entries['port']?.value;
  const port = typeof listen === 'number' ? listen : Number(/(\d+)$/.exec(String(listen ?? ''))?.[1] ?? otherwise);
  return port;
}

function at(origin: Origin, line: number): Origin {
  return { ...origin, textLine: line };
}
