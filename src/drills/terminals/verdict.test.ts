import { describe, expect, test } from 'vitest';
import { judge } from './verdict.ts';

const going = (lines: readonly string[]) => `$ stty\r\nbegin\r\n${lines.join('\r\n')}`;
const all = (lines: readonly string[]) => `${going(lines)}\r\nfinished\r\n`;
const whole = { lost: 0, doubled: 0 };

describe('the output of a shell', () => {
  test('is whole when every line and every word is there once, in whatever pieces', () => {
    expect(judge(all(['1<>', '2<w0>', '3<w1end>']), 'w0w1end')).toEqual(whole);
    expect(judge(all(['1<>', '2<w0w1>', '3<end>']), 'w0w1end')).toEqual(whole);
  });

  test('may still owe words, and half a line, while it goes on', () => {
    expect(judge(going(['1<>', '2<w0>', '3<w']), 'w0w1')).toEqual(whole);
    expect(judge(all(['1<>', '2<w0>']), 'w0end')).toMatchObject({ lost: 3 });
  });

  test('lines that are missing are lost, lines that come again are doubled', () => {
    expect(judge(all(['1<>', '4<end>']), 'end')).toMatchObject({ lost: 10, doubled: 0 });
    expect(judge(all(['1<>', '2<>', '1<>', '2<>', '3<end>']), 'end')).toMatchObject({ lost: 0, doubled: 10 });
    expect(judge(all(['1<>', '4<end>']), 'end').wrong).toContain('line 2 is expected after "1<>", and "4<end>" came');
  });

  test('a line that lost its end, words that were swallowed, swapped or said twice', () => {
    expect(judge(all(['1<>', '2<3<>', '4<end>']), 'end').lost).toBeGreaterThan(0);
    expect(judge(all(['1<w1>', '2<end>']), 'w0w1end')).toMatchObject({ lost: 2, doubled: 0 });
    expect(judge(all(['1<w1>', '2<w0>', '3<end>']), 'w0w1end')).toMatchObject({ lost: 1 });
    expect(judge(all(['1<w0>', '2<w0>', '3<end>']), 'w0end')).toMatchObject({ lost: 0, doubled: 2 });
  });
});
