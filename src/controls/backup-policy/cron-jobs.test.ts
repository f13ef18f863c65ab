import { expect, test } from 'vitest';
import { copies } from './cron-jobs.ts';

test.each([
  'postgres:17 pg_dump -Fc -h orders',
  'registry.example.com/pgbackrest:2.54 pgbackrest --stanza=orders --type=full backup',
  'ghcr.io/x/wal-g:3 wal-g backup-push /data',
  'x/barman:3 barman-cloud-backup s3://backups orders',
  'restic/restic:0.17 -r s3:s3.example.com/backups backup /data',
  'kopia/kopia:0.18 snapshot create /data',
  'rclone/rclone:1.68 copy /data s3:bucket',
  'redis:7 sh -c redis-cli -h cache --rdb /backup/dump.rdb',
  'redis:7 redis-cli -h cache BGSAVE',
  'etcd:3.5 etcdctl snapshot save /backup/db',
  'amazon/aws-cli:2 aws rds create-db-snapshot --db-instance-identifier orders',
  'curl:8 curl -XPUT http://search:9200/_snapshot/backups/daily',
])('copies: %s', (commands) => {
  expect(copies(commands)).toBe(true);
});

test.each([
  'redis:7 redis-cli -h cache FLUSHALL',
  'ghcr.io/x/wal-g:3 wal-g delete retain FULL 7 --confirm',
  'restic/restic:0.17 -r s3:s3.example.com/backup-bucket forget --prune',
  'registry.example.com/pgbackrest:2.54 pgbackrest --stanza=orders expire',
  'rclone/rclone:1.68 delete s3:bucket --min-age 30d',
  'x/barman:3 barman-cloud-backup-delete s3://backups orders',
  'amazon/aws-cli:2 aws rds delete-db-snapshot --db-snapshot-identifier orders',
])('copies nothing: %s', (commands) => {
  expect(copies(commands)).toBe(false);
});
