import { expect, test } from 'vitest';
import { importMarkdown } from './import-markdown.ts';
import { CATALOG, fixture, importFixture } from './test-support.ts';

test('an import that is repeated adds nothing and says what it left', () => {
  const files = [fixture('tracker'), fixture('roadmap'), fixture('platform-table')];
  const first = importMarkdown(files, CATALOG);
  const second = importMarkdown(files, CATALOG, first.spec);
  expect(second.parts).toEqual({ milestones: [], tracks: [], controls: [], deferred: [] });
  expect(second.spec).toEqual(first.spec);
  expect(second.remarks.join('\n')).toContain('is in the spec already');
});

test('entries of the user are never changed, and a track that differs is reported with what it lacks', () => {
  const first = importFixture('tracker');
  const edited = { ...first.spec, tracks: first.spec.tracks.map((each) => ({ ...each, title: 'Mine', scope: [] })) };
  const second = importMarkdown([fixture('tracker')], CATALOG, edited);
  expect(second.spec.tracks).toEqual(edited.tracks);
  expect(second.remarks.join('\n')).toMatch(
    /“alerting-pack” is in the spec already and was left as it is; its scope lacks “Error budget/,
  );
});

test('a section of the same title in another file gets a track of its own', () => {
  const text = '# A\n## Must\n- [ ] one thing\n';
  const result = importMarkdown(
    [
      { path: 'a/x.md', text },
      { path: 'b/y.md', text: text.replace('one', 'two') },
    ],
    CATALOG,
  );
  expect(result.tracks.map((each) => each.id)).toEqual(['must', 'y-must']);
});
