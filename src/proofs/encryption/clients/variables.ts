import { environmentOf, type EnvironmentVariable } from '../../../model/env.ts';
import { workloadName, type Workload } from '../../../model/kube.ts';
import type { PlatformView } from '../../../model/platform.ts';
import type { Care, Connection } from '../types.ts';
import { careOfMode, hostsOf, readAddress } from './url.ts';

type Known = EnvironmentVariable & { readonly value: string };

/** Ends of names that hold an address; what stands before is the name of the connection. */
const ADDRESS =
  /(?:^|_)(?:HOST|HOSTS|HOSTNAME|ADDR|ADDRESS|ADDRESSES|URL|URI|DSN|ENDPOINT|ENDPOINTS|SERVER|SERVERS|SENTINELS|NODES|BROKERS|BOOTSTRAP_SERVERS|SERVICE_ADDR|TARGET)$/;
/** Ends of names that say how the connection is protected. */
const MODE = [
  'SSLMODE',
  'SSL_MODE',
  'TLS_MODE',
  'TLS',
  'SSL',
  'USE_TLS',
  'USE_SSL',
  'TLS_ENABLED',
  'SSL_ENABLED',
  'ENABLE_TLS',
  'ENABLE_SSL',
  'SECURITY_PROTOCOL',
  'SCHEME',
  'PROTOCOL',
];
/** Another way to the same store, which goes by the store's own mode: `DATABASE_DIRECT_HOST` past the pooler of `DATABASE_HOST`. */
const OTHER_WAY = /_(?:DIRECT|REPLICA|READER|READONLY|READ_ONLY|RO|PRIMARY|WRITER)$/;
/** Variables that turn verification off, of one connection or of everything a process does. */
const LAX =
  /(?:INSECURE|SKIP_(?:TLS_)?VERIFY|TLS_SKIP_VERIFY|INSECURE_SKIP_VERIFY|DISABLE_HOST_VERIFICATION|NO_VERIFY)$/;
const STRICT =
  /(?:REJECT_UNAUTHORIZED|TLS_VERIFY|SSL_VERIFY|VERIFY_SSL|VERIFY_TLS|ENABLE_HOST_VERIFICATION|PYTHONHTTPSVERIFY)$/;

/** The connections that the variables of a workload's containers tell it to make. */
export function connectionsOf(view: PlatformView, workload: Workload): Connection[] {
  const variables = environmentOf(view, workload);
  const containers = [...new Set(variables.map(({ container }) => container))];
  return containers.flatMap((container) => {
    const known = variables
      .filter((one) => one.container === container)
      .flatMap((one): Known[] =>
        'value' in one.source && one.source.value !== undefined ? [{ ...one, value: one.source.value }] : [],
      );
    return known.flatMap((variable) => connectionsIn(variable, known, workload));
  });
}

function connectionsIn(variable: Known, siblings: readonly Known[], workload: Workload): Connection[] {
  const from = workloadName(workload);
  const { name, value, origin } = variable;
  const address = readAddress(value);
  if (/^https_proxy$/i.test(name))
    return (address?.hosts ?? []).map((host) => ({
      from,
      ...host,
      care: 'tunnel',
      because: `${name} carries the TLS of the far end`,
      origin,
    }));
  if (address !== undefined) {
    const lax = laxSibling(name, siblings);
    const care =
      lax !== undefined && (address.care === 'verified' || address.care === 'chain') ? 'encrypted' : address.care;
    const because = care === address.care ? `in ${name} ${address.because}` : `${lax?.name} is ${lax?.value}`;
    return address.hosts.map((host) => ({ from, ...host, care, because, origin }));
  }
  const isLibpq = name === 'PGHOST' || name === 'PGHOSTADDR';
  if (!isLibpq && !ADDRESS.test(name)) return [];
  const port = siblings.find((one) => one.name === `${isLibpq ? 'PG' : `${prefixOf(name)}_`}PORT`)?.value;
  const hosts = hostsOf(value, port !== undefined && /^\d+$/.test(port) ? Number(port) : undefined).filter(
    ({ host }) => /[a-z]/i.test(host) || /^\d+(?:\.\d+){3}$/.test(host),
  );
  const { care, because } = isLibpq ? libpq(siblings) : besides(name, siblings);
  return hosts.map((host) => ({ from, ...host, care, because, origin }));
}

function libpq(siblings: readonly Known[]): { care: Care; because: string } {
  const mode = siblings.find(({ name }) => name === 'PGSSLMODE');
  if (mode === undefined) return { care: 'opportunistic', because: 'PGSSLMODE is not set, which is prefer' };
  return { care: careOfMode(mode.value) ?? 'unknown', because: `PGSSLMODE is ${mode.value}` };
}

/** What stands beside an address under the same first words: `DATABASE_HOST` and `DATABASE_SSLMODE`. */
function besides(name: string, siblings: readonly Known[]): { care: Care; because: string } {
  const prefix = prefixOf(name);
  const mode = modeOf(prefix, siblings) ?? modeOf(prefix.replace(OTHER_WAY, ''), siblings);
  if (mode === undefined) return { care: 'unknown', because: `nothing beside ${name} says whether it is TLS` };
  const care = careOfMode(mode.value);
  if (care === undefined) return { care: 'unknown', because: `${mode.name} is ${mode.value}` };
  const lax = laxSibling(name, siblings);
  if (lax !== undefined && (care === 'verified' || care === 'chain'))
    return { care: 'encrypted', because: `${lax.name} is ${lax.value}` };
  return { care, because: `${mode.name} is ${mode.value}` };
}

function modeOf(prefix: string, siblings: readonly Known[]): Known | undefined {
  const names = MODE.map((end) => (prefix === '' ? end : `${prefix}_${end}`));
  return names.map((name) => siblings.find((one) => one.name === name)).find((one) => one !== undefined);
}

/** A variable that turns verification off, for this connection or for the whole process. */
function laxSibling(name: string, siblings: readonly Known[]): Known | undefined {
  const prefix = prefixOf(name);
  return siblings.find((one) => {
    const isOff = LAX.test(one.name)
      ? /^(?:1|true|yes|on)$/i.test(one.value)
      : STRICT.test(one.name) && /^(?:0|false|no|off|none)$/i.test(one.value);
    const concerns =
      (prefix !== '' && one.name.startsWith(`${prefix}_`)) ||
      one.name === 'NODE_TLS_REJECT_UNAUTHORIZED' ||
      one.name === 'PYTHONHTTPSVERIFY';
    return isOff && concerns;
  });
}

function prefixOf(name: string): string {
  return name.replace(ADDRESS, '');
}
