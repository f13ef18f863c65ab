import { hash } from 'node:crypto';
import { describe, expect, test } from 'vitest';
import { checkReportOf, hostileRow, leftOpenReport, sampleCheck } from '../testing/check-report.ts';
import { sampleContext } from '../testing/context.ts';
import { largeTopology } from '../testing/topology.ts';
import { renderCheckHtml } from './html.ts';

const contentOf = (page: string, element: string): string =>
  new RegExp(`<${element}>([\\s\\S]*?)</${element}>`).exec(page)?.[1] ?? '';

describe('renderCheckHtml', () => {
  const page = renderCheckHtml(sampleCheck, sampleContext);

  test('its policy allows its own style and script, and nothing else', () => {
    const policy = /http-equiv="Content-Security-Policy" content="([^"]*)"/.exec(page)?.[1] ?? '';
    for (const [element, directive] of [
      ['style', 'style-src'],
      ['script', 'script-src'],
    ] as const) {
      expect(policy).toContain(`${directive} &#39;sha256-${hash('sha256', contentOf(page, element), 'base64')}&#39;`);
    }
    expect(policy).toContain('default-src &#39;none&#39;');
    expect(page.match(/<script/g)).toHaveLength(1);
    expect(page).not.toMatch(/\sstyle="|\son[a-z]+="/);
  });

  test('needs no other resource', () => {
    expect(page).not.toMatch(/<(?:link|img|iframe|object|embed)\b|@import|url\((?!#)|\ssrc=/);
  });

  test('shows breaks with their steps before everything else', () => {
    const order = ['id="breaks"', 'id="board"', 'id="controls"', 'id="topology"', 'id="unread"', 'id="basis"'];
    const places = order.map((id) => page.indexOf(id));
    expect(places).toEqual([...places].sort((a, b) => a - b));
    expect(places.every((place) => place > 0)).toBe(true);
    expect(page).toContain('node-a is cordoned and never empty');
  });

  test('hostile names stay text', () => {
    const topology = {
      ...largeTopology(3),
      nodes: [
        {
          id: 'service/"><script>alert(2)</script>',
          kind: 'service' as const,
          name: '</text><script>',
          detail: '\u202Ex',
        },
      ],
    };
    const hostile = renderCheckHtml(checkReportOf([hostileRow, { ...hostileRow, control: '"><script>x' }]), {
      ...sampleContext,
      topology,
    });
    expect(hostile.match(/<script/g)).toHaveLength(1);
    expect(hostile.match(/<\/script>/g)).toHaveLength(1);
    expect(hostile).not.toMatch(/<img/);
    expect(hostile.replaceAll('\n', '')).not.toMatch(/[\p{Cc}\p{Cf}]/u);
  });

  test('ids are unique and every link within the page has its target', () => {
    const ids = [...page.matchAll(/\sid="([^"]*)"/g)].map(([, id]) => id);
    expect(new Set(ids).size).toBe(ids.length);
    for (const [, target] of page.matchAll(/href="#([^"]*)"/g)) expect(ids).toContain(target);
  });

  test('the picture holds links, so it is a group to a screen reader and not an image, whose content none reads out', () => {
    const picture = /<svg\s+class="topology"[^]*?<\/svg>/.exec(page)?.[0] ?? '';
    expect(picture).toContain('<a');
    expect(picture).toContain('role="group"');
    expect(picture).not.toContain('role="img"');
  });

  test('says how many controls an unread source leaves open, and which', () => {
    const text = renderCheckHtml(leftOpenReport(), sampleContext);
    expect(text).toContain('Leaves 3 controls open');
  });

  test('a report with nothing in it is no clean page', () => {
    const empty = renderCheckHtml(checkReportOf([], { unread: [], waiting: [], withoutSubject: [] }), { controls: [] });
    expect(empty).toContain('Could not tell');
    expect(empty).not.toContain('id="board"');
  });

  test('lists a thousand subjects of a control, the gravest with all there is to say, and tells the filter of the others', () => {
    const rows = Array.from({ length: 1050 }, (_, index) => ({
      ...hostileRow,
      subject: `service/s${index}`,
      outcome: index === 1049 ? ('fail' as const) : ('pass' as const),
    }));
    const long = renderCheckHtml(checkReportOf(rows), sampleContext);
    expect(long).toContain('And 50 more; the JSON report has all of them.');
    expect(long).toContain('data-left="50"');
    const [, whole = '', brief = ''] = long.split('class="items"');
    expect(whole).toContain('service/s1049');
    expect(whole.match(/data-mark/g)).toHaveLength(12);
    expect(brief.match(/<li class="item" data-mark/g)).toHaveLength(988);
    expect(long).toContain('<summary>988 more</summary>');
  });

  test('holds the whole of a list that is not long, and folds none of a short one', () => {
    expect(page).toContain('data-left="0"');
    expect(page).not.toContain('class="rest"');
  });

  test('is the same when made twice', () => {
    expect(renderCheckHtml(sampleCheck, sampleContext)).toBe(page);
  });
});
