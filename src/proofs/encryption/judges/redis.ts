import type { Directive } from '../../../model/document.ts';
import type { Origin } from '../../../model/origin.ts';
import type { Door, Setting } from '../types.ts';

/** Directives in the order they are read, the command line's last. A file that was not read stands as `include`. */
export interface RedisConfig {
  readonly directives: readonly Directive[];
  /** Redis itself, or Sentinel, which has the same settings and another port. */
  readonly program: 'redis' | 'sentinel';
  readonly origin: Origin;
}

/**
 * `port` (6379 unless set) takes plaintext, `tls-port` (none unless set) takes TLS; 0 closes either. `tls-auth-clients` is yes unless
 * set. redis.conf of redis 7, section "TLS/SSL". The last value of a setting counts, so an unread file counts that comes after it.
 */
export function judgeRedis({ directives, program, origin }: RedisConfig): Door[] {
  const name = program === 'redis' ? 'Redis' : 'Sentinel';
  const read = (setting: string): Setting | 'unread' | undefined => lastOf(directives, setting);
  const plain = read('port');
  const tls = read('tls-port');
  const certificate = certificateOf(read('tls-auth-clients'));
  const base = { name: `clients of ${name}`, role: 'clients' as const };
  const remedy = 'Set "port 0" and give tls-port the port, with tls-cert-file, tls-key-file and tls-ca-cert-file.';
  if (plain === 'unread' || tls === 'unread')
    return [
      {
        ...base,
        plaintext: 'unknown',
        certificate: 'unknown',
        because: `a file that is not read here may set the port of ${name} again`,
        origin,
        remedy: 'Include that file first, so that the values read here are the last.',
      },
    ];
  const port = Number(plain?.value ?? (program === 'redis' ? 6379 : 26_379));
  const tlsPort = Number(tls?.value ?? 0);
  if (port !== 0) {
    const because =
      plain === undefined
        ? `${name} listens on port ${port} without TLS unless it is told "port 0"`
        : `"port ${port}" listens without TLS${tlsPort > 0 ? ` beside tls-port ${tlsPort}` : ''}`;
    return [
      {
        ...base,
        port,
        plaintext: 'accepted',
        certificate: 'unknown',
        because,
        origin: plain?.origin ?? origin,
        remedy,
      },
    ];
  }
  const door: Door = {
    ...base,
    port: tlsPort,
    plaintext: 'refused',
    certificate,
    because: `port 0, tls-port ${tlsPort}`,
    origin: tls?.origin ?? origin,
    remedy: 'Set "tls-auth-clients yes".',
  };
  return [door, ...(program === 'redis' ? [members(read, directives, origin)].flat() : [])];
}

/** Members talk as clients of each other, by settings of their own; only asked where the configuration names others. */
function members(
  read: (setting: string) => Setting | 'unread' | undefined,
  directives: readonly Directive[],
  origin: Origin,
): Door[] {
  const clustered = read('cluster-enabled');
  const isCluster = clustered !== undefined && clustered !== 'unread' && clustered.value === 'yes';
  const replicates = directives.some(({ name }) =>
    /^(?:replicaof|slaveof|min-replicas-to-write|masterauth|tls-replication)$/.test(name),
  );
  const asked = isCluster ? 'tls-cluster' : replicates ? 'tls-replication' : undefined;
  if (asked === undefined) return [];
  const setting = read(asked);
  const base = {
    name: isCluster ? 'the cluster bus of Redis' : 'replicas of Redis',
    role: 'members' as const,
    certificate: 'unknown' as const,
    remedy: `Set "${asked} yes".`,
  };
  if (setting === 'unread')
    return [{ ...base, plaintext: 'unknown', because: `a file that is not read here may set ${asked}`, origin }];
  return setting?.value === 'yes'
    ? [{ ...base, plaintext: 'refused', because: `${asked} yes`, origin: setting.origin }]
    : [
        {
          ...base,
          plaintext: 'accepted',
          because: `${asked} is ${setting?.value ?? 'not set, which is no'}`,
          origin: setting?.origin ?? origin,
        },
      ];
}

function lastOf(directives: readonly Directive[], setting: string): Setting | 'unread' | undefined {
  for (const { name, args, origin } of directives.toReversed()) {
    if (name === setting) return { value: args[0] ?? '', origin };
    if (name === 'include') return 'unread';
  }
  return undefined;
}

function certificateOf(setting: Setting | 'unread' | undefined): Door['certificate'] {
  if (setting === 'unread') return 'unknown';
  return setting === undefined || setting.value === 'yes' ? 'required' : 'optional';
}
