import type { Subject } from '../../model/control.ts';
import { formatDuration, seconds } from '../../model/duration.ts';
import { failOr, inconclusive, type Finding, type Result } from '../../model/result.ts';
import { bytesText } from '../../proofs/capacity/bytes.ts';
import { isKnown, show, type Known } from '../../proofs/capacity/figure.ts';
import { warningsOf, type Warning } from '../../proofs/capacity/growth/assess.ts';
import { fillingOf, type Filling, type Growth } from '../../proofs/capacity/growth/timeline.ts';
import type { StoreGrowth } from './input.ts';

export interface Params {
  readonly timeToAct: string;
  readonly room: string;
  readonly keep: string;
}

const DAY = 86_400;

export function check(subject: Subject, input: StoreGrowth, params: Params): Result {
  const id = `store/${subject.name}`;
  const { growth, room } = input;
  if (growth === undefined)
    return inconclusive(`how ${id} grows is not declared: add growth { size, perDay } of its fullest member`);
  const filling = fillingOf(growth, room.volume);
  const retention = judgeRetention(id, input, filling, params);
  if (filling.answer === 'unknown' && !room.endless)
    return retention.length > 0
      ? failOr(retention, '')
      : inconclusive(`not known is ${filling.open.unknown}. ${filling.open.declare}`);
  const untold = warned(id, input, growth, params);
  const [unread] = untold[0]?.fromAbsence === true ? (input.unread ?? []) : [];
  const findings = [...tooSoon(id, filling, growth, params), ...retention, ...(unread === undefined ? untold : [])];
  if (findings.length === 0 && unread !== undefined)
    return inconclusive(
      `whether "${unread.name}" in ${unread.holder} tells that ${id} fills up cannot be told: ${unread.because}`,
    );
  if (findings.length === 0 && input.retention.state === 'missing')
    return inconclusive(
      `retention of ${id} by "${input.retention.by}" names no CronJob, stream, lifecycle or file here`,
    );
  return failOr(findings, summary(id, input, growth, filling), facts(growth, filling));
}

function tooSoon(id: string, filling: Filling, growth: Growth, { room }: Params): Finding[] {
  if (filling.answer !== 'in' || filling.days * DAY >= seconds(room)) return [];
  const { volume, arithmetic } = filling;
  return [
    {
      message: `${id} is full in ${Math.floor(filling.days)} days, and ${room} are asked for: ${arithmetic}`,
      severity: 'high',
      counterExample: [
        { action: `now, of ${bytesText(volume.value)} (${volume.from})`, state: `${bytesText(growth.size)} used` },
        {
          action: `${Math.floor(filling.days)} days of ${bytesText(growth.perDay)} each`,
          state: `${bytesText(volume.value)} used: writes fail`,
        },
      ],
      remediation: `Give ${id} more room, or remove what is old sooner.`,
      ...(volume.origin !== undefined && { origin: volume.origin }),
    },
  ];
}

function judgeRetention(
  id: string,
  { retention, room, growth }: StoreGrowth,
  filling: Filling,
  { keep }: Params,
): Finding[] {
  if (retention.state === 'suspended')
    return [
      {
        message: `what removes old data of ${id}, ${retention.by}, is suspended`,
        severity: 'medium',
        remediation: `Set suspend: false on ${retention.by}.`,
      },
    ];
  if (retention.state !== 'none') return [];
  const grows = (growth?.perDay ?? 0) > 0;
  const soon = filling.answer === 'in' && filling.days * DAY < seconds(keep);
  const bounded = filling.answer === 'never' && growth?.bound !== undefined;
  if (!grows || (!room.endless && !soon && !bounded)) return [];
  return [
    {
      message: bounded
        ? `nothing is named that keeps ${id} below its bound`
        : `nothing removes what is old from ${id}, which grows by ${bytesText(growth?.perDay ?? 0)} a day`,
      severity: 'medium',
      remediation: `Name under growth.retention of ${id} the job, lifecycle or setting that removes what is old.`,
      fromAbsence: true,
    },
  ];
}

/** The alert that comes first must leave time to act, reckoned as if nothing were deleted any more: that is when it is needed. */
function warned(id: string, { room, alerts }: StoreGrowth, growth: Growth, { timeToAct }: Params): Finding[] {
  if (room.endless || growth.perDay === 0 || !isKnown<Known>(room.volume)) return [];
  const [first] = warningsOf(growth, room.volume.value, room.gauges, alerts);
  const remediation = `Add an alert that fires at least ${timeToAct} before ${id} is full, such as predict_linear over its free space.`;
  if (first === undefined)
    return [
      {
        message: `no alert tells that ${id} fills up (${bytesText(room.volume.value)}, ${room.volume.from})`,
        severity: 'medium',
        remediation,
        fromAbsence: true,
      },
    ];
  if (first.days * DAY >= seconds(timeToAct)) return [];
  return [late(id, first, growth, room.volume, timeToAct, remediation)];
}

function late(
  id: string,
  { alert, days }: Warning,
  growth: Growth,
  volume: Known,
  timeToAct: string,
  remediation: string,
): Finding {
  const left = days < 1 / 24 ? 'less than an hour' : formatDuration(Math.floor(days * 24) * 3600);
  return {
    message: `${alert.name} is the first alert of ${id} and fires ${left} before it is full; ${timeToAct} are needed`,
    severity: 'medium',
    origin: alert.origin,
    counterExample: [
      {
        action: `${id} grows by ${bytesText(growth.perDay)} a day towards ${bytesText(volume.value)}`,
        state: `${bytesText(volume.value - days * growth.perDay)} used when ${alert.name} fires`,
      },
      { action: `${left} later`, state: `${bytesText(volume.value)} used: writes fail` },
    ],
    remediation,
  };
}

function summary(id: string, { room, retention, alerts }: StoreGrowth, growth: Growth, filling: Filling): string {
  const removed = removal(retention);
  if (filling.answer === 'unknown') return `${id} has no limit to its room${removed}`;
  const when = filling.answer === 'never' ? `never full: ${filling.because}` : `full in ${filling.arithmetic}`;
  const [first] = warningsOf(growth, filling.volume.value, room.gauges, alerts);
  const told = first === undefined ? '' : `; ${first.alert.name} tells ${show(first.days)} days before`;
  return `${id}: ${when}${told}${removed}`;
}

function removal(retention: StoreGrowth['retention']): string {
  if (retention.state === 'found') return `, ${retention.by} removes what is old`;
  return retention.state === 'described' ? `, what is old goes as ${retention.by} describes` : '';
}

function facts(growth: Growth, filling: Filling): Record<string, string | number> {
  return {
    size: bytesText(growth.size),
    perDay: bytesText(growth.perDay),
    ...(growth.bound !== undefined && { bound: bytesText(growth.bound) }),
    ...(filling.answer !== 'unknown' && { room: `${bytesText(filling.volume.value)} (${filling.volume.from})` }),
    ...(filling.answer === 'in' && { daysUntilFull: Math.floor(filling.days) }),
  };
}
