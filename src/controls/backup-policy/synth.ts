import type { Patch, Subject } from '../../model/control.ts';
import { seconds } from '../../model/duration.ts';
import { below, type Origin } from '../../model/origin.ts';
import { longestPause } from '../../model/schedule.ts';
import { check, type backup } from './check.ts';

type Backup = ReturnType<ReturnType<typeof backup>>;
type Params = Parameters<typeof check>[2];

/** Schedules that pause for a whole part of a day, from rare to frequent. */
const SCHEDULES = [
  '0 2 * * *',
  '0 */12 * * *',
  '0 */6 * * *',
  '0 */4 * * *',
  '0 */2 * * *',
  '0 * * * *',
  '*/30 * * * *',
  '*/15 * * * *',
  '*/5 * * * *',
];

/**
 * Resumes CronJobs that are suspended and lets those run often enough that run too rarely: the rarest schedule that fits the RPO. What else
 * the store lacks (a declared backup, encryption, a copy off site) is a decision: while any of it fails there is no patch.
 */
export function synth(subject: Subject, input: Backup, params: Params): Patch[] {
  const fitting = SCHEDULES.find(
    (schedule) => input.store.rpo !== undefined && (longestPause(schedule) ?? Infinity) <= seconds(input.store.rpo),
  );
  const mended = input.means.map((mean) => ({
    ...mean,
    suspended: false,
    ...(mean.schedule === undefined || fitting === undefined || !tooRare(mean, input)
      ? {}
      : { schedule: { ...mean.schedule, value: fitting } }),
  }));
  if (check(subject, { ...input, means: mended }, params).outcome !== 'pass') return [];
  return input.means.flatMap((mean, at): Patch[] => {
    if (!mean.name.startsWith('CronJob ')) return [];
    const schedule = mended[at]?.schedule;
    const changed = mean.schedule !== undefined && schedule !== undefined && schedule.value !== mean.schedule.value;
    return [
      ...(mean.suspended
        ? [
            {
              op: 'set' as const,
              origin: besides(mean.origin, 'suspend'),
              value: false,
              reason: `${mean.name} is resumed`,
            },
          ]
        : []),
      ...(changed
        ? [
            {
              op: 'set' as const,
              origin: schedule.origin,
              value: schedule.value,
              reason: `${mean.name} runs within the RPO of store ${input.store.name}`,
            },
          ]
        : []),
    ];
  });
}

function tooRare({ schedule }: Backup['means'][number], { store }: Backup): boolean {
  if (schedule === undefined || store.rpo === undefined || store.backup?.schedule === 'continuous') return false;
  return (longestPause(schedule.value) ?? Infinity) > seconds(store.rpo);
}

/** The place of another key of the same mapping. */
function besides(origin: Origin, key: string): Origin {
  return below({ ...origin, pointer: (origin.pointer ?? []).slice(0, -1) }, key);
}
