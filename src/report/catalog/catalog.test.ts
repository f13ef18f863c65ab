import { describe, expect, test } from 'vitest';
import { sampleControls } from '../testing/controls.ts';
import { plainStyle } from '../text/style.ts';
import { displayWidth } from '../text/width.ts';
import { renderControl } from './control.ts';
import { renderCatalog } from './index.ts';

const options = { width: 80, style: plainStyle, verbose: false };
const built = new Set(['edge-tls', 'disruption-budget']);
const PAGE = [
  '# edge-tls: TLS at the edge',
  '',
  'Every public host serves **TLS 1.2** or newer, see [the engine](../edge.md), on all',
  'of its routes.',
  '',
  '| | |',
  '| --- | --- |',
  '| Area | edge |',
  '| Pattern | `a \\| b` |',
  '',
  '## Limits',
  '- One that is so long that it has to be continued on a second line, since eighty columns hold no more',
  '  of it.',
  '```yaml',
  'key:   value',
  '```',
].join('\n');

describe('renderCatalog', () => {
  test.each(['human', 'markdown'])('%s', async (format) => {
    const text = renderCatalog(sampleControls, built, format, options);
    await expect(text).toMatchFileSnapshot(`../__snapshots__/catalog.${format}.snap`);
  });

  test('json lists every control with whether it is built', () => {
    const { controls } = JSON.parse(renderCatalog(sampleControls, built, 'json', options)) as {
      controls: { id: string; built: boolean }[];
    };
    expect(controls).toHaveLength(sampleControls.length);
    expect(controls.filter((control) => control.built).map((control) => control.id)).toEqual([
      'disruption-budget',
      'edge-tls',
    ]);
  });
});

describe('renderControl', () => {
  const meta = sampleControls.find((control) => control.id === 'edge-tls');
  if (meta === undefined) throw new Error('no such sample');

  test('lays its page out anew', () => {
    expect(renderControl(meta, PAGE, { ...options, width: 60 })).toBe(
      [
        'edge-tls: TLS at the edge',
        '',
        'Every public host serves TLS 1.2 or newer, see the engine,',
        'on all of its routes.',
        '',
        '  Area     edge',
        '  Pattern  a | b',
        '',
        'Limits',
        '  -  One that is so long that it has to be continued on a',
        '     second line, since eighty columns hold no more of it.',
        '    key:   value',
        '',
      ].join('\n'),
    );
  });

  test('fits a narrow terminal', () => {
    const lines = renderControl(meta, PAGE, { ...options, width: 40 }).split('\n');
    expect(lines.filter((line) => displayWidth(line) > 40)).toEqual([]);
  });

  test('without a page it shows what the metadata says', () => {
    expect(renderControl(meta, undefined, options)).toContain('Every public host serves TLS 1.2 or newer');
  });
});
