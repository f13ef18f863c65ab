import type { Care } from '../types.ts';

/** What a connection string says, and whether the client may be talked out of TLS. */
export interface Address {
  readonly hosts: readonly { readonly host: string; readonly port?: number }[];
  readonly care: Care;
  /** `sslmode is require`, `the scheme is redis`. */
  readonly because: string;
}

/** Schemes that never are and always are TLS, with the port each means; a library verifies unless told otherwise. */
const SCHEMES: Readonly<Record<string, readonly [Care, number?]>> = {
  http: ['plaintext', 80],
  https: ['verified', 443],
  ws: ['plaintext', 80],
  wss: ['verified', 443],
  grpc: ['plaintext'],
  grpcs: ['verified', 443],
  redis: ['plaintext', 6379],
  rediss: ['verified', 6379],
  valkey: ['plaintext', 6379],
  valkeys: ['verified', 6379],
  amqp: ['plaintext', 5672],
  amqps: ['verified', 5671],
  mqtt: ['plaintext', 1883],
  mqtts: ['verified', 8883],
  // A NATS client follows what the server's greeting asks for, and the greeting is not protected.
  nats: ['opportunistic', 4222],
  tls: ['verified', 4222],
};

/** PostgreSQL's sslmode (libpq, "SSL Support"); `prefer` where nothing is said. */
const SSLMODE: Readonly<Record<string, Care>> = {
  disable: 'plaintext',
  allow: 'opportunistic',
  prefer: 'opportunistic',
  require: 'encrypted',
  'verify-ca': 'chain',
  'verify-full': 'verified',
  'no-verify': 'encrypted',
};

/** MySQL's and MariaDB's modes, of the command line, of Connector/J and of the Go and Rust drivers. */
const MYSQL: Readonly<Record<string, Care>> = {
  disabled: 'plaintext',
  disable: 'plaintext',
  false: 'plaintext',
  preferred: 'opportunistic',
  prefer: 'opportunistic',
  required: 'encrypted',
  require: 'encrypted',
  trust: 'encrypted',
  'skip-verify': 'encrypted',
  accept_invalid_certs: 'encrypted',
  verify_ca: 'chain',
  'verify-ca': 'chain',
  verify_identity: 'verified',
  'verify-identity': 'verified',
  'verify-full': 'verified',
  strict: 'verified',
  true: 'verified',
};

/** Reads a URL, a JDBC URL, or a list of key=value as libpq takes it; `undefined` for what is none of these. */
export function readAddress(text: string): Address | undefined {
  const value = text.trim();
  if (value.length > 8192) return undefined;
  if (/^(?:host|hostaddr|dbname|user|port)\s*=/i.test(value)) return readKeywords(value);
  const goDsn = /^[^/\s]*@tcp\(([^)]+)\)\/[^?\s]*(?:\?(\S*))?$/.exec(value);
  if (goDsn !== null) return mysql(hostsOf(goDsn[1] ?? '', 3306), new URLSearchParams(goDsn[2] ?? ''), 'plaintext');
  const [, scheme = '', rest = ''] = /^(?:jdbc:)?([a-z][a-z0-9+.-]*):\/\/(.*)$/i.exec(value) ?? [];
  return scheme === '' ? undefined : readUrl(scheme.toLowerCase(), rest, value.startsWith('jdbc:'));
}

function readUrl(scheme: string, rest: string, isJdbc: boolean): Address | undefined {
  const [, authority = '', query = ''] = /^([^/?#]*)[^?#]*(?:\?([^#]*))?/.exec(rest) ?? [];
  const hosts = authority.slice(authority.lastIndexOf('@') + 1);
  const parameters = new URLSearchParams(query);
  const base = scheme.split('+')[0] ?? '';
  if (/^(?:postgres|postgresql|cockroachdb|pgsql)$/.test(base))
    return postgres(hostsOf(hosts, 5432), parameters, isJdbc);
  if (base === 'mysql' || base === 'mariadb')
    return mysql(hostsOf(hosts, 3306), parameters, isJdbc && base === 'mysql' ? 'opportunistic' : 'plaintext');
  if (base === 'mongodb') return mongo(hostsOf(hosts, 27_017), parameters, scheme.endsWith('+srv'));
  const known = Object.hasOwn(SCHEMES, scheme) ? SCHEMES[scheme] : undefined;
  if (known === undefined) return undefined;
  const lax = laxParameter(parameters);
  const [care, port] = known;
  if (care === 'verified' && lax !== undefined)
    return { hosts: hostsOf(hosts, port), care: 'encrypted', because: `${lax} turns verification off` };
  return { hosts: hostsOf(hosts, port), care, because: `the scheme is ${scheme}` };
}

function postgres(hosts: Address['hosts'], parameters: URLSearchParams, isJdbc: boolean): Address {
  const mode = parameters.get('sslmode') ?? parameters.get('ssl_mode');
  const care = mode === null ? undefined : SSLMODE[mode.toLowerCase()];
  if (care === 'encrypted' && mode === 'require' && parameters.has('sslrootcert'))
    return {
      hosts,
      care: 'chain',
      because: 'sslmode is require with a root certificate, which libpq takes as verify-ca',
    };
  if (mode !== null) return { hosts, care: care ?? 'unknown', because: `sslmode is ${mode}` };
  const ssl = parameters.get('ssl');
  if (ssl === 'true')
    return {
      hosts,
      care: 'verified',
      because: isJdbc ? 'ssl is true, which the driver takes as verify-full' : 'ssl is true',
    };
  return { hosts, care: 'opportunistic', because: 'sslmode is not given, which is prefer' };
}

function mysql(hosts: Address['hosts'], parameters: URLSearchParams, unset: Care): Address {
  for (const name of ['sslMode', 'ssl-mode', 'ssl_mode', 'sslmode', 'tls', 'sslaccept']) {
    const value = parameters.get(name);
    if (value !== null) return { hosts, care: MYSQL[value.toLowerCase()] ?? 'unknown', because: `${name} is ${value}` };
  }
  if (parameters.get('useSSL') === 'false') return { hosts, care: 'plaintext', because: 'useSSL is false' };
  if (parameters.get('useSSL') === 'true') {
    const verifies = parameters.get('verifyServerCertificate') === 'true';
    const requires = parameters.get('requireSSL') === 'true';
    return {
      hosts,
      care: requires ? (verifies ? 'chain' : 'encrypted') : 'opportunistic',
      because: `useSSL is true, requireSSL ${requires}, verifyServerCertificate ${verifies}`,
    };
  }
  return { hosts, care: unset, because: 'no TLS mode is given' };
}

function mongo(hosts: Address['hosts'], parameters: URLSearchParams, byService: boolean): Address {
  const said = parameters.get('tls') ?? parameters.get('ssl');
  const isOn = said === null ? byService : said === 'true';
  const lax = ['tlsInsecure', 'tlsAllowInvalidCertificates', 'tlsAllowInvalidHostnames'].find(
    (name) => parameters.get(name) === 'true',
  );
  if (!isOn)
    return { hosts, care: 'plaintext', because: said === null ? 'tls is not given, which is off' : `tls is ${said}` };
  return lax === undefined
    ? { hosts, care: 'verified', because: 'tls is on' }
    : { hosts, care: 'encrypted', because: `${lax} is true` };
}

function laxParameter(parameters: URLSearchParams): string | undefined {
  for (const [name, value] of parameters) {
    const setting = `${name}=${value}`;
    if (
      /^(?:ssl_cert_reqs=(?:none|optional|CERT_NONE|CERT_OPTIONAL)|(?:insecure|skip_?verify|tls_?skip_?verify|insecure_?skip_?verify)=(?:true|1))$/i.test(
        setting,
      )
    )
      return setting;
    if (/^(?:rejectUnauthorized|ssl_check_hostname|verify)=(?:false|0)$/i.test(setting)) return setting;
  }
  return undefined;
}

function readKeywords(text: string): Address {
  const pairs = new Map(
    [...text.matchAll(/(\w+)\s*=\s*(?:'((?:[^'\\]|\\.)*)'|(\S*))/g)].map(([, key = '', quoted, bare = '']) => [
      key.toLowerCase(),
      quoted ?? bare,
    ]),
  );
  const parameters = new URLSearchParams([...pairs].filter(([key]) => key.startsWith('ssl')));
  const host = pairs.get('host') ?? pairs.get('hostaddr') ?? '';
  return postgres(host.startsWith('/') ? [] : hostsOf(host, Number(pairs.get('port') ?? 5432)), parameters, false);
}

/** `a:1,b:2` with the port that the protocol has where none is written. */
export function hostsOf(text: string, otherwise?: number): { host: string; port?: number }[] {
  return text
    .split(',')
    .map((part) => part.trim())
    .flatMap((part) => {
      const [, v6, name, port] = /^(?:\[([^\]]+)\]|([^:\s/]+))(?::(\d+))?$/.exec(part) ?? [];
      const host = v6 ?? name;
      const number = port === undefined ? otherwise : Number(port);
      return host === undefined ? [] : [{ host, ...(number !== undefined && { port: number }) }];
    });
}

/** How a word next to an address is meant: `DATABASE_SSLMODE: verify-full`, `REDIS_TLS: "true"`, `KAFKA_SECURITY_PROTOCOL: SASL_SSL`. */
export function careOfMode(value: string): Care | undefined {
  const word = value.trim().toLowerCase();
  if (Object.hasOwn(SSLMODE, word)) return SSLMODE[word];
  if (Object.hasOwn(MYSQL, word)) return MYSQL[word];
  if (/^(?:1|yes|on|enabled|enable|ssl|sasl_ssl|tls|https|rediss|mtls|mutual)$/.test(word)) return 'verified';
  if (/^(?:0|no|off|none|plaintext|sasl_plaintext|http|insecure)$/.test(word)) return 'plaintext';
  return undefined;
}
