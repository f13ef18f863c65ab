/** What stands in the database of old usage: made up, the same in every lab. */

const TENANTS = 4;
const MONTHS = 12;

export interface LegacyAccounts {
  /** Passwords. */
  readonly reader: string;
  readonly monitor: string;
  /** Users of the operating system who come in by the socket, as operators. */
  readonly operators: readonly string[];
}

/** SQL for the server's init-file, one statement a line, run at every start and without effect after the first. */
export function legacyUsage({ reader, monitor, operators }: LegacyAccounts): string {
  return `${[
    'CREATE DATABASE IF NOT EXISTS usage_legacy CHARACTER SET utf8mb4;',
    `CREATE TABLE IF NOT EXISTS usage_legacy.usage_monthly (${COLUMNS.join(', ')}) ENGINE=InnoDB;`,
    `INSERT IGNORE INTO usage_legacy.usage_monthly (tenant_id, month, currency, total_micros) VALUES ${rows().join(', ')};`,
    ...user('billing_ro', reader, 'SELECT ON usage_legacy.*'),
    ...user('lab_monitor', monitor, 'USAGE ON *.*'),
    ...operators.flatMap(operator),
  ].join('\n')}\n`;
}

const COLUMNS = [
  'tenant_id VARCHAR(64) NOT NULL',
  'month DATE NOT NULL',
  'currency CHAR(3) NOT NULL',
  'total_micros BIGINT NOT NULL',
  'PRIMARY KEY (tenant_id, month, currency)',
];

function rows(): string[] {
  return Array.from({ length: TENANTS * MONTHS }, (_, index) => {
    const tenant = `tenant-${(index % TENANTS) + 1}`;
    const month = String(Math.floor(index / TENANTS) + 1).padStart(2, '0');
    return `('${tenant}', '2024-${month}-01', 'EUR', ${250_000_000 + ((index * 37_900_001) % 90_000_000)})`;
  });
}

/** TLS is the server's demand of everybody, as it is where RDS runs it. */
function user(name: string, password: string, grant: string): string[] {
  const account = `'${name}'@'127.0.0.1'`;
  return [
    `CREATE USER IF NOT EXISTS ${account} IDENTIFIED BY '${password}' REQUIRE SSL;`,
    `ALTER USER ${account} IDENTIFIED BY '${password}' REQUIRE SSL;`,
    `GRANT ${grant} TO ${account};`,
  ];
}

/** The server asks the socket who it is that comes. */
function operator(name: string): string[] {
  const account = `'${name.replaceAll("'", "''")}'@'localhost'`;
  return [
    `CREATE USER IF NOT EXISTS ${account} IDENTIFIED VIA unix_socket;`,
    `GRANT ALL PRIVILEGES ON *.* TO ${account};`,
  ];
}
