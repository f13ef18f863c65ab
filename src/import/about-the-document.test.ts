import { describe, expect, test } from 'vitest';
import { controlsOf, importText, item, titles } from './test-support.ts';

describe('what is about the document and its signers', () => {
  test('a footnote is a note of what refers to it, and no item', () => {
    const result = importText(
      `## Reliability
- [ ] Every Deployment has a disruption budget[^1]
- Backups are restored monthly [^long]
- Links match [^a-z]

[^1]: Backups must be encrypted.
[^long]: Monthly means
    the first Monday.
[^url]: https://example.com/pdb`,
    );
    expect(titles(result)).toEqual([
      'Every Deployment has a disruption budget',
      'Backups are restored monthly',
      'Links match [^a-z]',
    ]);
    expect(item(result, 'Every').notes).toEqual([{ label: 'Footnote', text: 'Backups must be encrypted.' }]);
    expect(item(result, 'Backups').notes).toEqual([{ label: 'Footnote', text: 'Monthly means the first Monday.' }]);
    expect(result.lines.filter(({ as }) => as === 'prose').map(({ line }) => line)).toEqual([6, 7, 8, 9]);
    expect(result.unplaced).toEqual([]);
  });

  test('how to use the document asks for nothing; how to use something else may', () => {
    const list = '\n\n- Copy it into your wiki.\n- Every backup is restored.\n';
    for (const title of ['How to use', 'How to use this checklist', '1. How to fill in the launch template'])
      expect(titles(importText(`# Launch\n\n## ${title}${list}`))).toEqual([]);
    expect(titles(importText(`# Launch\n\n## How to use the break-glass account${list}`))).toHaveLength(2);
  });

  test('who signs is who signs, by role where there is one, and the history of the document is context', () => {
    const result = importText(
      `# Launch

## Sign-off

| Name | Role | Signature | Date |
| --- | --- | --- | --- |
| Dana Fox | SRE lead | | |
| Bo Lin | | yes | 2026-11-01 |
| | | | |

## History

| Version | Date | Author | Changes |
| --- | --- | --- | --- |
| 1.0 | 2026-01-01 | Ana | First draft |

## Approved components

| Control | Approved | Owner |
| --- | --- | --- |
| Disruption budgets | yes | SRE |`,
    );
    expect(titles(result, 'sign-off')).toEqual(['Sign-off by SRE lead', 'Sign-off by Bo Lin']);
    expect(titles(result, 'requirement')).toEqual(['Disruption budgets']);
    expect(controlsOf(result, 'Sign-off by SRE lead')).toEqual(['sign-offs']);
    expect(item(result, 'Sign-off by SRE lead').notes).toContainEqual({ label: 'Name', text: 'Dana Fox' });
  });
});
