import { describe, expect, test } from 'vitest';
import { LaunchgateError } from '../../model/errors.ts';
import { readLines } from './lines.ts';
import { repair } from './repair.ts';

/** The repaired text without blank lines, and the source lines of each line. */
function mended(text: string): [string, readonly number[]][] {
  const pieces = repair(readLines({ path: 'doc.md', text }));
  return pieces.filter((piece) => piece.text !== '').map((piece) => [piece.text, piece.lines]);
}

function texts(text: string): string[] {
  return mended(text).map(([line]) => line);
}

describe('lines numbered in two levels', () => {
  test('are a list where they follow one another', () => {
    expect(texts('# R\n\n1.1 Is it reviewed? Yes\n1.2. Is it drawn?\n1.3) And kept?')).toEqual([
      '# R',
      '- Is it reviewed? Yes',
      '- Is it drawn?',
      '- And kept?',
    ]);
  });

  test('are none where they do not', () => {
    for (const text of ['1.5 GB are free', '1.5 GB are free\n2.1 GB are not', '1.1 a\n1.3 b', '```\n1.1 a\n1.2 b\n```'])
      expect(texts(`# R\n\n${text}`).join('\n')).not.toMatch(/^- /m);
  });
});

describe('bullets', () => {
  test('hang on the line before: after a sentence, before a label, at the end', () => {
    expect(mended('- Do this. - Do that. -\nAnd this')).toEqual([
      ['- Do this.', [1]],
      ['- Do that.', [1]],
      ['- And this', [1, 2]],
    ]);
    expect(texts('- Status:\nopen - Target:\nsoon')).toEqual(['- Status:', 'open', '- Target:', 'soon']);
  });

  test('a dash inside a sentence, a range or a compound is none', () => {
    for (const text of ['Hybrid - works anywhere', '- SRE - on duty', 'items 1 - 5 are done', 'e.g. - like this']) {
      expect(texts(`Doc\n\n${text}`)).toEqual(['# Doc', text]);
    }
  });

  test('alone on a line take the next text, but not a heading, a bullet or a table', () => {
    expect(texts('-\n\ntext')).toEqual(['- text']);
    expect(texts('-\n- text')).toEqual(['- text']);
    expect(texts('-\n# Title')).toEqual(['# Title']);
    expect(texts('- [ ]\ntext')).toEqual(['- [ ] text']);
  });

  test('of word processors nest by their sign', () => {
    expect(texts('• a\no b\n▪ c\no d\n• e')).toEqual(['- a', '  - b', '    - c', '  - d', '- e']);
  });

  test('with boxes of any kind are task-list entries', () => {
    expect(texts('☐ a\n☑ b\n[ ] c\n- [] d\n* ✅ e\n1. [X] f')).toEqual([
      '- [ ] a',
      '- [x] b',
      '- [ ] c',
      '- [ ] d',
      '* [x] e',
      '1. [x] f',
    ]);
  });

  test('a link in brackets is no box', () => {
    expect(texts('[x](https://example.org) is a link')).toEqual(['[x](https://example.org) is a link']);
  });
});

describe('fields at the margin', () => {
  test('end the list that one of them opened', () => {
    const pieces = repair(
      readLines({ path: 'doc.md', text: 'Doc\n\nScope:\n- one\n  more\n- two\n**Evidence:** x\nPending:\n- three' }),
    );
    expect(pieces.map(({ text }) => text).join('\n')).toContain('- two\n\n**Evidence:** x\nPending:\n- three');
  });

  test('below any other bullet, or a box, are its own, and so is what only a bullet has', () => {
    for (const text of [
      'Doc\n\n- one\nOwner: Bo\n- two\nOwner: Ann',
      'Doc\n\nScope:\n- [ ] one\nOwner: Bo',
      'Doc\n\nScope:\n- one\nDone when: it holds',
    ]) {
      const pieces = repair(readLines({ path: 'doc.md', text }));
      expect(pieces.map((piece) => piece.text).join('\n')).toContain(text.slice(5));
    }
  });
});

describe('tables', () => {
  test('get a ruler of the right width', () => {
    expect(texts('| a | b |\n| 1 | 2 |')).toEqual(['| a | b |', '| --- | --- |', '| 1 | 2 |']);
    expect(texts('| a | b |\n|---|\n| 1 | 2 |')[1]).toBe('| --- | --- |');
  });

  test('end where a line has no bar', () => {
    const lines = texts('| a | b |\n|---|---|\n| 1 | 2 |\nReasons:\n- one');
    expect(lines.slice(-2)).toEqual(['### Reasons:', '- one'].map((line) => line.replace('### ', '## ')));
  });

  test('go on over blank lines between rows of the same shape, and over broken rows', () => {
    expect(texts('| a | b |\n|---|---|\n| 1 | 2 |\n\n| 3 | 4 |').at(-1)).toBe('| 3 | 4 |');
    expect(mended('| a | b |\n|---|---|\n| 1 | two\nhalves |').at(-1)).toEqual(['| 1 | two halves |', [3, 4]]);
  });

  test('end where the next one begins, below a blank line or not', () => {
    for (const gap of ['\n', '\n\n'])
      expect(texts(`| a | b |\n|---|---|\n| 1 | 2 |${gap}| c | d |\n|---|---|\n| 3 | 4 |`)).toEqual([
        '| a | b |',
        '| --- | --- |',
        '| 1 | 2 |',
        '| c | d |',
        '| --- | --- |',
        '| 3 | 4 |',
      ]);
  });

  test('without bars at the edges and without a ruler are tables from three lines on', () => {
    expect(texts('Track | Status\nAlpha | open\nBeta | done')).toEqual([
      '| Track | Status |',
      '| --- | --- |',
      '| Alpha | open |',
      '| Beta | done |',
    ]);
    expect(texts('ps | grep a\nps | grep b\nps | grep c')).toEqual(['ps | grep a', 'ps | grep b', 'ps | grep c']);
  });

  test('a bullet over a ruler is no table', () => {
    expect(texts('- a | b\n|---|---|')).toEqual(['- a | b', '|---|---|']);
  });

  test('a single line with a bar is text', () => {
    expect(texts('| alone')).toEqual(['| alone']);
    expect(texts('run a | b to see')).toEqual(['run a | b to see']);
  });
});

describe('headings', () => {
  test('with the marks of rendered pages', () => {
    expect(texts('Guide¶\ntext.\n1. One¶\n2.3 Deep¶\n## Two [#](#two)')).toEqual([
      '# Guide',
      'text.',
      '## 1. One',
      '### 2.3 Deep',
      '## Two',
    ]);
  });

  test('underlined or bold', () => {
    expect(texts('Title\n=====\n\nPart\n---\n\n**Bold part**\n- a').map((line) => line.replace(/^#+/, '#'))).toEqual([
      '# Title',
      '# Part',
      '# Bold part',
      '- a',
    ]);
  });

  test('between boxes, and no line that one of them was broken into', () => {
    const long = 'a box whose text goes on for so long that somebody has broken the line';
    expect(texts('Doc\n\nFirst\n☐ Lamp\nSecond\n☑ Bulb').filter((line) => line.startsWith('#'))).toEqual([
      '# Doc',
      '## First',
      '## Second',
    ]);
    expect(texts(`Doc\n\n☐ ${long}\nSecond Part\n☑ Bulb`).filter((line) => line.startsWith('#'))).toEqual(['# Doc']);
  });

  test('numbers over bullets head them; numbers in a row are a list', () => {
    expect(
      texts('Doc\n\n1) Alerts\n- Status: open\n2) Backups\n- Status: open').filter((line) => line.startsWith('#')),
    ).toEqual(['# Doc', '## 1) Alerts', '## 2) Backups']);
    expect(
      texts('Do in order.\n\n1. Wash\n2. Rinse\n3. Repeat\n\nThen stop.').filter((line) => line.startsWith('#')),
    ).toEqual([]);
  });

  test('the value of a field, a wrapped bullet and a path are none', () => {
    for (const text of [
      'Doc\n\n- Owner:\nStorage Lead',
      'Doc\n\n- Provision\nGateway Routes Now',
      'Doc\n\ndocs/Some_File.md\n\nEnd.',
      'Doc\n\nOwner: Ann Lee\n\n- one',
      'Doc\n\n- one\n\n**Evidence:** Fire Drill\n\nEnd.',
    ]) {
      expect(texts(text).filter((line) => line.startsWith('#'))).toEqual(['# Doc']);
    }
  });
});

describe('lines', () => {
  test('every kind of line end and space', () => {
    expect(texts('\uFEFFa\r\nb\rc\u200B\u00A0d')).toEqual(['a', 'b', 'c d']);
  });

  test('code is left alone, and a fence that never closes hides nothing', () => {
    expect(texts('```\n• a - Owner:\n```')).toEqual(['```', '• a - Owner:', '```']);
    expect(texts('```\n- still read')).toEqual(['- still read']);
  });

  test('a comment that never ends hides nothing', () => {
    expect(texts('<!-- open\n- still read')).toEqual([' open', '- still read']);
  });

  test('documents beyond the limits are refused by name', () => {
    const read = (text: string) => () => readLines({ path: 'big.md', text });
    expect(read('x'.repeat(20_001))).toThrow(LaunchgateError);
    expect(read('x'.repeat(20_001))).toThrow(/big\.md:1: 20001 characters in one line/);
    expect(read('\n'.repeat(50_001))).toThrow(/big\.md: 50002 lines/);
    expect(read('x\n'.repeat(1_000_001))).toThrow(/characters/);
  });
});
