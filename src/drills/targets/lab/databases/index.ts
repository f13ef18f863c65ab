/** The lab's stores as drills speak to them. */
import type { Databases } from '../../../../model/drill/databases.ts';
import type { OpenLab } from '../../../lab/open.ts';
import type { Use } from '../../../target.ts';
import { labRedis } from '../redis.ts';
import { labSql } from './sql.ts';
import { labStandby } from './standby.ts';

export function labDatabases(open: OpenLab, use: Use): Databases {
  return {
    sql: (store, as) => labSql(open, store, as),
    redis: labRedis(open, use),
    standby: (store) => Promise.resolve(labStandby(open, store, use)),
  };
}
