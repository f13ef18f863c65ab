import { describe, expect, test } from 'vitest';
import { readConfig } from './read/config.ts';
import { silence } from './silence.ts';
import { contains, type LocalTime } from './time-intervals.ts';

const at = (iso: string): LocalTime => {
  const date = new Date(`${iso}Z`);
  return {
    year: date.getUTCFullYear(),
    month: date.getUTCMonth() + 1,
    day: date.getUTCDate(),
    weekday: date.getUTCDay(),
    minute: date.getUTCHours() * 60 + date.getUTCMinutes(),
  };
};

test.each([
  ['the last three days of February', { daysOfMonth: [[-3, -1]] }, '2026-02-26T00:00', true],
  ['not the day before', { daysOfMonth: [[-3, -1]] }, '2026-02-25T23:59', false],
  ['a leap year has one more', { daysOfMonth: [[-1, -1]] }, '2028-02-29T12:00', true],
  ['the 31st is no day of April', { daysOfMonth: [[31, 31]] }, '2026-04-30T12:00', false],
  ['30 to 31 ends with April', { daysOfMonth: [[30, 31]] }, '2026-04-30T12:00', true],
  ['from the 5th to the last but one', { daysOfMonth: [[5, -2]] }, '2026-04-30T12:00', false],
  ['-31 begins before a short month', { daysOfMonth: [[-31, -1]] }, '2026-02-01T12:00', true],
  ['the end of a range of times is outside', { times: [[0, 360]] }, '2026-02-01T06:00', false],
  ['all parts at once', { weekdays: [[1, 5]], months: [[2, 2]], times: [[480, 1080]] }, '2026-02-02T08:00', true],
  ['a Sunday is no workday', { weekdays: [[1, 5]], months: [[2, 2]] }, '2026-02-01T08:00', false],
  ['nothing given holds always', {}, '2026-02-01T08:00', true],
] as const)('%s', (_, interval, time, expected) => {
  expect(contains(interval, at(time))).toBe(expected);
});

describe('silence', () => {
  function silent(routes: object[], intervals: Record<string, object[]>): ReturnType<typeof silence> {
    const read = readConfig(
      {
        route: { receiver: 'a', routes },
        receivers: [{ name: 'a' }],
        time_intervals: Object.entries(intervals).map(([name, time_intervals]) => ({ name, time_intervals })),
      },
      { path: 'a.yml' },
    );
    if ('refused' in read) throw new Error(read.refused.because);
    return silence(read.value.root.routes, read.value);
  }
  const office = [{ weekdays: ['monday:friday'], times: [{ start_time: '08:00', end_time: '18:00' }] }];
  const nights = [
    {
      times: [
        { start_time: '22:00', end_time: '24:00' },
        { start_time: '00:00', end_time: '06:00' },
      ],
    },
  ];

  test('is sometimes, with the first stretch', () => {
    expect(silent([{ mute_time_intervals: ['nights'] }], { nights })).toEqual({
      when: 'sometimes',
      first: 'Monday 2024-01-01 from 00:00 to 06:00',
    });
    expect(silent([{ active_time_intervals: ['office'] }], { office })).toMatchObject({ when: 'sometimes' });
  });

  test('is never where routes relieve each other', () => {
    const relieved = [{ active_time_intervals: ['office'] }, { mute_time_intervals: ['office'] }];
    expect(silent(relieved, { office })).toEqual({ when: 'never' });
    expect(silent([{ mute_time_intervals: ['nights'] }, {}], { nights })).toEqual({ when: 'never' });
  });

  test('is always where an interval holds at every moment, or an active one never does', () => {
    expect(silent([{ mute_time_intervals: ['all'] }], { all: [{}] })).toEqual({ when: 'always' });
    const never = [{ months: ['february'], days_of_month: ['30'] }];
    expect(silent([{ active_time_intervals: ['never'] }], { never })).toEqual({ when: 'always' });
  });

  test('sees years that are bounded, and does not guess across time zones', () => {
    expect(silent([{ mute_time_intervals: ['once'] }], { once: [{ years: ['1999'], months: ['1'] }] })).toMatchObject({
      first: 'Friday 1999-01-01 from 00:00 to 24:00',
    });
    const zones = { here: [{ location: 'Europe/Berlin' }], there: [{ location: 'Asia/Tokyo' }] };
    expect(silent([{ mute_time_intervals: ['here', 'there'] }], zones)).toBeUndefined();
  });
});
