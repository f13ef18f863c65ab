/** Databases that modules make whose sources are not here: by what their inputs say where those are known, else not known. */
import type { Configuration } from '../../proofs/topology/evaluate/index.ts';
import { makesDatabase } from '../../proofs/topology/index.ts';
import { flag, number } from '../../proofs/topology/read.ts';
import type { BackupMeans } from './means.ts';

type Call = Configuration['unread'][number];

const DAY = 86_400;
const MODULE = /^(?:registry\.[a-z.]+\/)?terraform-aws-modules\/(?<name>rds|rds-aurora|dynamodb-table)\/aws$/;

/** What the database that a module makes keeps, none where the module decides; `undefined` where it makes none. */
export function moduleMeans(call: Call): readonly BackupMeans[] | undefined {
  const name = MODULE.exec(call.source)?.groups?.['name'];
  const isReplica = call.inputs.attribute('replicate_source_db') !== undefined;
  const isLock = call.inputs.attribute('hash_key')?.value === 'LockID';
  if (isReplica || isLock) return undefined;
  if (name === undefined) return makesDatabase(call.source) ? [] : undefined;
  return name === 'dynamodb-table' ? tableMeans(call) : instanceMeans(call);
}

function instanceMeans({ address, inputs }: Call): BackupMeans[] {
  const days = number(inputs, 'backup_retention_period', Number.NaN);
  if (!days.known || Number.isNaN(days.value)) return [];
  return [meansOf(address, days.value, days.origin)];
}

/** https://registry.terraform.io/modules/terraform-aws-modules/dynamodb-table/aws/latest?tab=inputs */
function tableMeans({ address, inputs }: Call): BackupMeans[] {
  const recovers = flag(inputs, 'point_in_time_recovery_enabled', false);
  const days = number(inputs, 'point_in_time_recovery_period_in_days', 35);
  if (!recovers.known || !days.known) return [];
  const remedy = 'Set point_in_time_recovery_enabled to true.';
  return [{ ...meansOf(address, recovers.value ? days.value : 0, recovers.origin), remedy }];
}

function meansOf(name: string, days: number, origin: Call['origin']): BackupMeans {
  return {
    name,
    ...(days > 0 && { schedule: { value: 'continuous', origin } }),
    retention: { value: days * DAY, origin },
    suspended: false,
    origin,
  };
}
