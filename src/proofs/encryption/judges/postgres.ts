import type { Directive } from '../../../model/document.ts';
import type { Origin } from '../../../model/origin.ts';
import type { Door, Setting } from '../types.ts';
import { admission, method, wantsCertificate, type Admission } from './pg-hba.ts';

/** What decides about connections to a PostgreSQL server. */
export interface PostgresConfig {
  /** Settings by name in lower case, each with its last value; undefined where it is not set. */
  readonly settings: Readonly<Record<string, Setting | undefined>>;
  /** Records of pg_hba.conf in order; undefined where the file is not known, with the reason. */
  readonly hba: { readonly records: readonly Directive[]; readonly file: string } | { readonly unknown: string };
  readonly origin: Origin;
}

const REMEDY =
  'Write hostssl instead of host for every client, and end pg_hba.conf with "hostnossl all all all reject".';

/** Who may come in without TLS, and whether those with TLS must show a certificate. */
export function judgePostgres({ settings, hba, origin }: PostgresConfig): Door[] {
  const base = {
    name: 'clients of PostgreSQL',
    role: 'clients' as const,
    port: Number(settings['port']?.value ?? 5432),
  };
  const listens = settings['listen_addresses'];
  if (listens !== undefined && /^(?:localhost|127\.0\.0\.1|::1|)$/.test(listens.value.trim()))
    return [
      {
        ...base,
        plaintext: 'refused',
        certificate: 'required',
        because: `listen_addresses is '${listens.value}', nobody comes over the network`,
        origin: listens.origin,
        remedy: '',
      },
    ];
  const ssl = settings['ssl'];
  const on = ssl !== undefined && /^(?:on|true|yes|1)$/i.test(ssl.value);
  if ('unknown' in hba)
    return [
      {
        ...base,
        plaintext: on || ssl === undefined ? 'unknown' : 'accepted',
        certificate: 'unknown',
        because: hba.unknown,
        origin,
        remedy: REMEDY,
      },
    ];
  const open = admission(hba.records, 'plain', () => true);
  if (open !== undefined) return [{ ...base, ...admitted(open, hba.file), certificate: 'unknown', remedy: REMEDY }];
  if (!on)
    return [
      {
        ...base,
        plaintext: 'unknown',
        certificate: 'unknown',
        because: `${hba.file} lets nobody in without TLS, and ssl is ${ssl?.value ?? 'not set, which is off'}`,
        broken: true,
        origin: ssl?.origin ?? origin,
        remedy: 'Set ssl = on, with a certificate.',
      },
    ];
  const bare = admission(hba.records, 'tls', (record) => !wantsCertificate(record));
  return [
    {
      ...base,
      plaintext: 'refused',
      certificate: bare === undefined ? 'required' : bare.certain ? 'optional' : 'unknown',
      because:
        bare === undefined
          ? `${hba.file} lets in nobody without TLS and a certificate`
          : `${hba.file} lets in nobody without TLS; ${quoted(bare.record)} asks for no client certificate`,
      origin: bare?.record.origin ?? origin,
      remedy: 'Add clientcert=verify-full to each hostssl line.',
    },
    ...weakProtocol(settings),
  ];
}

function admitted(open: Admission, file: string): Pick<Door, 'plaintext' | 'because' | 'origin' | 'steps'> {
  const { record, database, user, address, certain } = open;
  const said = `${quoted(record)} in ${file}`;
  return {
    plaintext: certain ? 'accepted' : 'unknown',
    because: certain
      ? `${said} lets ${user} into ${database} without TLS`
      : `${said} may let somebody in without TLS, depending on roles, names or interfaces`,
    origin: record.origin,
    steps: [
      { action: `${user} connects from ${address} to ${database} without TLS`, state: 'no earlier record matches' },
      {
        action: `the server reads ${quoted(record)}`,
        state: `first match: ${method(record) === 'trust' ? 'let in, no password asked' : `let in, by ${method(record)}`}`,
      },
    ],
  };
}

/** The record itself rather than its line: what moves down by a comment is the same. */
function quoted({ name, args }: Directive): string {
  return `"${[name, ...args].filter((word) => word !== '').join(' ')}"`;
}

/** TLS 1.0 and 1.1 are deprecated (RFC 8996); PostgreSQL's own default is TLSv1.2 since version 12. */
function weakProtocol(settings: PostgresConfig['settings']): Door[] {
  const least = settings['ssl_min_protocol_version'];
  if (least === undefined || !/^TLSv1(?:\.1)?$/i.test(least.value)) return [];
  return [
    {
      name: 'clients of PostgreSQL with an old protocol',
      role: 'clients',
      plaintext: 'accepted',
      certificate: 'unknown',
      because: `ssl_min_protocol_version is ${least.value}, which RFC 8996 forbids`,
      origin: least.origin,
      remedy: 'Set ssl_min_protocol_version = TLSv1.2 or newer.',
    },
  ];
}
