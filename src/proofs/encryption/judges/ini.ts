import type { Origin } from '../../../model/origin.ts';
import type { Door, Setting } from '../types.ts';

/** The settings of an ini file by `section.name`, names in lower case and with `_` for `-` as MySQL has them; the last counts. */
export function readIni(text: string, origin: Origin): Record<string, Setting> {
  const settings: Record<string, Setting> = {};
  let section = '';
  for (const [index, line] of text.split(/\r\n|\r|\n/).entries()) {
    const head = /^\s*\[([^\]]*)\]/.exec(line)?.[1];
    if (head !== undefined) section = head.trim().toLowerCase();
    const [, name, value = ''] = /^\s*([A-Za-z][\w.-]*)\s*(?:=\s*(.*?))?\s*$/.exec(line) ?? [];
    if (head === undefined && name !== undefined)
      settings[`${section}.${name.toLowerCase().replaceAll('-', '_')}`] = {
        value,
        origin: { ...origin, textLine: index + 1 },
      };
  }
  return settings;
}

/** PgBouncer's `client_tls_sslmode`, `disable` unless set (pgbouncer.org/config.html). */
export function judgePgBouncer(settings: Readonly<Record<string, Setting | undefined>>, origin: Origin): Door[] {
  const mode = settings['pgbouncer.client_tls_sslmode'];
  const value = mode?.value ?? 'disable';
  const isRequired = /^(?:require|verify-ca|verify-full)$/.test(value);
  return [
    {
      name: 'clients of PgBouncer',
      role: 'clients',
      port: Number(settings['pgbouncer.listen_port']?.value ?? 6432),
      plaintext: isRequired ? 'refused' : 'accepted',
      certificate: value.startsWith('verify-') ? 'required' : 'optional',
      because:
        mode === undefined ? 'client_tls_sslmode is not set, which is disable' : `client_tls_sslmode is ${value}`,
      origin: mode?.origin ?? origin,
      remedy: 'Set client_tls_sslmode = verify-ca, with certificate, key and CA.',
    },
  ];
}

/** `require_secure_transport` of MySQL and MariaDB, off unless set; each of my.cnf's sections that a server reads, then the flags. */
export function judgeMySql(
  settings: Readonly<Record<string, Setting | undefined>>,
  flags: readonly string[],
  known: boolean,
  origin: Origin,
): Door[] {
  const flag = flags
    .map((one) => /^--require[-_]secure[-_]transport(?:=(.*))?$/.exec(one))
    .find((match) => match !== null);
  const written = ['mariadbd', 'mariadb', 'server', 'mysqld']
    .map((section) => settings[`${section}.require_secure_transport`])
    .find((setting) => setting !== undefined);
  const value = flag === undefined ? written?.value : (flag?.[1] ?? 'ON');
  const isOn = value !== undefined && /^(?:on|1|true|)$/i.test(value);
  const off: Door['plaintext'] = value !== undefined || known ? 'accepted' : 'unknown';
  return [
    {
      name: 'clients of MySQL',
      role: 'clients',
      port: 3306,
      plaintext: isOn ? 'refused' : off,
      certificate: 'unknown',
      because:
        value === undefined
          ? known
            ? 'require_secure_transport is not set, which is OFF'
            : 'no my.cnf of the server was found'
          : `require_secure_transport is ${value === '' ? 'ON' : value}`,
      origin: written?.origin ?? origin,
      remedy: 'Set require_secure_transport = ON.',
    },
  ];
}
