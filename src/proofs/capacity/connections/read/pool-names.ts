/**
 * Names under which programs are told how many connections to open. Whoever uses another declares the number under
 * `services[].connections`. Endings of environment variables stand after the prefix of the variable that names the host.
 */
const VARIABLES = [
  'MAX_CONNS MAX_CONNECTIONS MAX_OPEN_CONNS MAX_OPEN_CONNECTIONS CONNECTION_LIMIT MAX_ACTIVE',
  'POOL_SIZE POOL_MAX POOL_MAX_SIZE POOL_MAX_CONNS MAX_POOL_SIZE MAX_POOL POOL MAXIMUM_POOL_SIZE',
  'HIKARI_MAXIMUM_POOL_SIZE HIKARI_MAXIMUMPOOLSIZE HIKARI_MAXIMUM-POOL-SIZE',
].flatMap((names) => names.split(' '));

/**
 * Parameters of connection strings and keys of configuration files: Prisma, pgx, node-postgres, SQLAlchemy, HikariCP, Npgsql, Temporal,
 * go-redis. Compared without case, `_`, `-` and spaces.
 */
const SETTINGS = [
  'connection_limit pool_max_conns pool_size pool_max max_pool_size maximumPoolSize pool',
  'maxConns max_open_conns maxOpenConnections max_connections connectionLimit',
].flatMap((names) => names.split(' '));

/** Variables that say how many processes a container starts. */
export const PROCESSES = ['WEB_CONCURRENCY', 'GUNICORN_WORKERS', 'UVICORN_WORKERS', 'PUMA_WORKERS'];

/** Endings of variables that name a host: `DATABASE_URL` has the prefix `DATABASE_`. */
const HOSTS = /_?(?:HOST|HOSTNAME|ADDR|ADDRESS|URL|URI|DSN|SERVERS?|ENDPOINTS?|SENTINELS|CONNECTION_STRING|CONNSTR)$/;

/** Prefixes of which one is meant where a container has one database and the pool is set without its prefix. */
const GENERAL = /^(?:DB|DATABASE|PG|POSTGRES(?:QL)?|MYSQL|SQL|SQLALCHEMY|SPRING_DATASOURCE(?:_HIKARI)?|HIKARI)_?$/;

/** The prefix of a variable that names a host; undefined where its name is that of something else. */
export function prefixOf(variable: string): string | undefined {
  if (!HOSTS.test(variable)) return undefined;
  return variable.replace(HOSTS, '');
}

/**
 * Whether a variable sets the pool of the hosts with this prefix. `general`: whether a prefix such as `DB` that is not theirs can only
 * mean them, because the container has no other database.
 */
export function isPoolVariable(variable: string, prefix: string, general: (prefix: string) => boolean): boolean {
  return VARIABLES.some((ending) => {
    if (variable === `${prefix}_${ending}` || (prefix === '' && variable === ending)) return true;
    const own = variable.endsWith(ending) ? variable.slice(0, -ending.length) : undefined;
    return own !== undefined && GENERAL.test(own) && general(own.replace(/_$/, ''));
  });
}

/** SQLAlchemy opens so many more when all of its pool is taken (`QueuePool`, `max_overflow`). */
export function isOverflow(name: string): boolean {
  return plain(name).endsWith('maxoverflow');
}

export function isPoolSetting(name: string): boolean {
  return SETTINGS.some((setting) => plain(setting) === plain(name));
}

/** Parameters of a connection string: after `?` in a URL, or `key=value` parts of the other notations. */
export function settingsIn(text: string): [string, string][] {
  return [...text.matchAll(/([A-Za-z][\w .-]*?)\s*=\s*("[^"]*"|'[^']*'|[^\s&;"']+)/g)].map(
    ([, name = '', value = '']) => [name.trim(), value.replaceAll(/^["']|["']$/g, '')],
  );
}

export function wholeNumber(text: unknown): number | undefined {
  const value =
    typeof text === 'number'
      ? text
      : typeof text === 'string' && /^\s*\d{1,6}\s*$/.test(text)
        ? Number(text)
        : Number.NaN;
  return Number.isSafeInteger(value) && value >= 0 ? value : undefined;
}

function plain(name: string): string {
  return name.toLowerCase().replaceAll(/[_\-\s.]/g, '');
}
