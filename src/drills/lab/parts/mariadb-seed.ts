/** What stands in the database of old usage: made up, the same in every lab. */

const TENANTS = 4;
const DAYS = 30;

export interface LegacyPasswords {
  readonly reader: string;
  readonly monitor: string;
}

/** SQL for the server's init-file, one statement a line, run at every start and without effect after the first. */
export function legacyUsage({ reader, monitor }: LegacyPasswords): string {
  return `${[
    'CREATE DATABASE IF NOT EXISTS usage_legacy CHARACTER SET utf8mb4;',
    `CREATE TABLE IF NOT EXISTS usage_legacy.usage_records (${columns().join(', ')}) ENGINE=InnoDB;`,
    `INSERT IGNORE INTO usage_legacy.usage_records (id, tenant_id, instance_id, kind, quantity, price_micros, currency, used_at) VALUES ${rows().join(', ')};`,
    ...user('billing_ro', reader, 'SELECT ON usage_legacy.*'),
    ...user('lab_monitor', monitor, 'USAGE ON *.*'),
  ].join('\n')}\n`;
}

function columns(): string[] {
  return [
    'id BIGINT UNSIGNED NOT NULL PRIMARY KEY',
    'tenant_id VARCHAR(64) NOT NULL',
    'instance_id CHAR(36) NOT NULL',
    'kind VARCHAR(32) NOT NULL',
    'quantity BIGINT UNSIGNED NOT NULL',
    'price_micros INT UNSIGNED NOT NULL',
    'currency CHAR(3) NOT NULL',
    'used_at DATETIME(3) NOT NULL',
    'KEY by_tenant (tenant_id, used_at)',
  ];
}

function rows(): string[] {
  return Array.from({ length: TENANTS * DAYS }, (_, index) => {
    const tenant = `tenant-${(index % TENANTS) + 1}`;
    const day = Math.floor(index / TENANTS) + 1;
    const instance = `00000000-0000-4000-8000-${String((index % TENANTS) + 1).padStart(12, '0')}`;
    return `(${index + 1}, '${tenant}', '${instance}', 'gpu_seconds', ${3600 + ((index * 379) % 7200)}, 700, 'EUR', '2024-06-${String(day).padStart(2, '0')} 12:00:00.000')`;
  });
}

/** TLS is the server's demand of everybody; the certificate of the caller is asked for here. */
function user(name: string, password: string, grant: string): string[] {
  const account = `'${name}'@'127.0.0.1'`;
  return [
    `CREATE USER IF NOT EXISTS ${account} IDENTIFIED BY '${password}' REQUIRE X509;`,
    `ALTER USER ${account} IDENTIFIED BY '${password}' REQUIRE X509;`,
    `GRANT ${grant} TO ${account};`,
  ];
}
