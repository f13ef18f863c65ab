import { expect, test } from 'vitest';
import { dateIn, wholeDate } from './dates.ts';

test.each([
  ['1 May 2031', '2031-05-01'],
  ['1st of May, 2031', '2031-05-01'],
  ['May 1st, 2031', '2031-05-01'],
  ['Sept. 30, 2031', '2031-09-30'],
  ['31.12.2031', '2031-12-31'],
  ['1. Juni 2031', '2031-06-01'],
  ['3 août 2031', '2031-08-03'],
  ['2031/5/1', '2031-05-01'],
  ['05/06/2031', undefined],
  ['31.11.2031', undefined],
  ['1 Maybe 2031', undefined],
  ['before 1 May 2031', undefined],
  ['May 2031', undefined],
  ['Q3 2031', undefined],
])('%j is the day %j', (text, date) => {
  expect(wholeDate(text)).toBe(date);
});

test('an ISO date inside a text counts where it exists', () => {
  expect(dateIn('beta, 2031-05-01')).toBe('2031-05-01');
  expect(dateIn('2031-13-45')).toBeUndefined();
});
