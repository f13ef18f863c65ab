/** What a document says stands in the result: links, asides, fields beside an item, wherever they were written. */
import { describe, expect, test } from 'vitest';
import { importText, item, titles, track } from './test-support.ts';

describe('nothing is dropped', () => {
  test('links of titles, notes and cells are evidence of the item, each once', () => {
    const result = importText(
      [
        '- [ ] See [runbook](https://wiki.example.org/rb) for steps',
        '  - by the [book](https://wiki.example.org/rb), as in [chapter two][two]',
        '',
        '| Item | Status | Evidence |',
        '|---|---|---|',
        '| [Fax](https://x.org/fax) is stocked | Done | [dash](docs/a.md), https://x.org/1 |',
        '',
        '[two]: https://wiki.example.org/2',
      ].join('\n'),
    );
    expect(item(result, 'See runbook').evidence).toEqual([
      { title: 'runbook', link: 'https://wiki.example.org/rb' },
      { title: 'chapter two', link: 'https://wiki.example.org/2' },
    ]);
    expect(item(result, 'Fax').evidence).toEqual([
      { title: 'dash', link: 'docs/a.md' },
      { title: 'https://x.org/1', link: 'https://x.org/1' },
      { title: 'Fax', link: 'https://x.org/fax' },
    ]);
    expect(result.spec.tracks[0]?.evidence).toContainEqual({ title: 'runbook', link: 'https://wiki.example.org/rb' });
  });

  test('owner and date in brackets are the item’s', () => {
    const result = importText('- [ ] Backups restored (owner: Bo, due 2026-01-31)');
    expect(item(result, 'Backups restored')).toMatchObject({
      title: 'Backups restored',
      statement: 'Backups restored',
      owner: 'Bo',
      target: '2026-01-31',
    });
    expect(result.roles.map(({ title }) => title)).toEqual(['Bo']);
  });

  test('a field in bold inside a line is no part of the title', () => {
    const result = importText(
      '- [ ] TLS everywhere (owner: Bo) **Done when:** all hosts redirect **Evidence**: `docs/tls.md`',
    );
    expect(item(result, 'TLS everywhere')).toMatchObject({
      title: 'TLS everywhere',
      owner: 'Bo',
      doneWhen: 'all hosts redirect',
      evidence: [{ title: 'docs/tls.md', link: 'docs/tls.md' }],
    });
    const [fax] = importText('## Fax\n**Status:** done **Owner:** Ann\n- **Scope:** paper').tracks;
    expect(fax).toMatchObject({ status: 'done', owner: 'Ann' });
  });

  test('fields at the margin below a list are those of the track, beside boxes too', () => {
    const fields = [
      '## Terminal',
      'Status: open',
      'Scope:',
      '- Drains on deploy',
      '- Limits sessions (owner: Ann)',
      'Evidence: https://x.org/2',
      'Pending:',
      '- [OPS-1](https://x.org/ops-1)',
      '- nothing',
    ].join('\n');
    for (const text of [fields, `${fields}\n\n- [ ] Chaos of the lobby`]) {
      const result = importText(text);
      const terminal = track(result, 'terminal');
      expect(terminal).toMatchObject({
        status: 'open',
        evidence: [{ title: 'https://x.org/2', link: 'https://x.org/2' }],
        pending: ['OPS-1 (https://x.org/ops-1)'],
      });
      expect(item(result, 'Drains on deploy').evidence).toEqual([]);
      expect(item(result, 'Limits sessions').owner).toBe('Ann');
      expect(titles(result)).not.toContain('nothing');
    }
  });

  test('nothing that is pending is nothing, in a list, a field and a cell', () => {
    const result = importText(
      [
        '## Alerting\n- Status: open\n- Pending: none yet.\n- Evidence: n/a',
        '| Track | Status | Owner | Scope | Pending |\n|---|---|---|---|---|\n| Fax | Done | Bo | Stocked | none; N/A |',
      ].join('\n\n'),
    );
    expect(result.tracks.map(({ pending, evidence }) => [pending, evidence])).toEqual([
      [[], []],
      [[], []],
    ]);
  });
});
