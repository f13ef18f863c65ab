import type { StoreSpec } from '../../model/spec.ts';

/** Kinds of stores that the drill restores. */
export const DRILLED: ReadonlySet<StoreSpec['kind']> = new Set([
  'postgres',
  'mysql',
  'mariadb',
  'redis',
  'nats',
  'bucket',
  'elasticsearch',
  'config',
]);
