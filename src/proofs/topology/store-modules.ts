/** Which modules make stores, by what their sources are called: all that is known of one whose sources are not here. */

const DATABASES =
  /(?:^|[^a-z])(?:rds|aurora|postgres|postgresql|mysql|mariadb|mssql|sql|cloudsql|alloydb|spanner|database|databases|db|dbfor[a-z]+|docdb|documentdb|mongodb|cosmosdb|neptune|redshift)(?:[^a-z]|$)/i;

const OTHERS =
  /(?:^|[^a-z])(?:elasticache|redis|valkey|memorydb|memcached|memorystore|msk|kafka|rabbitmq|amazonmq|opensearch|elasticsearch)(?:[^a-z]|$)/i;

/** What such a module makes beside a store: rules, roles, alarms and the like. */
const BESIDE = /security-?group|subnet|proxy|alarm|monitor|parameter|user|role|grant|secret|peering|dashboard/i;

/** Whether a module is called after a database. */
export function makesDatabase(source: string): boolean {
  return DATABASES.test(source) && !BESIDE.test(source);
}

/** Whether a module is called after a database, a cache, a broker or a search engine. */
export function makesStore(source: string): boolean {
  return makesDatabase(source) || (OTHERS.test(source) && !BESIDE.test(source));
}
