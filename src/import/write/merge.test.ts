import { expect, test } from 'vitest';
import { parse } from 'yaml';
import { LaunchgateError } from '../../model/errors.ts';
import { type Spec, specSchema } from '../../model/spec.ts';
import { importMarkdown } from '../import-markdown.ts';
import { CATALOG, fixture, importFixture } from '../test-support.ts';
import { mergeIntoSpec, renderFragment, renderNewSpec } from './merge.ts';

const HEAD = `# yaml-language-server: $schema=./platform.schema.json
apiVersion: launchgate/v1   # ours
kind: Platform
name: shop
environments: [{name: production, kind: production}]
`;

const FULL = `${HEAD}
# What we track.
tracks:
    # the first
    - id: mine
      title: 'Mine'   # do not touch
      scope: [ "a",  "b" ]
      pending:
        - >-
          folded
          text
    # trailing words

milestones: []

controls: # ours, too
- id: own
  title: Own
  statement: It holds.
  accept: {predicate: sign-off}

deferred:
budget: {monthly: 10.50}
# the end
`;

function read(text: string): Spec {
  return specSchema.parse(parse(text));
}

function merged(text: string): { text: string; before: Spec; after: Spec } {
  const before = read(text.replace(/deferred:\r?\n/, ''));
  const result = importMarkdown([fixture('tracker'), fixture('review')], CATALOG, before);
  const out = mergeIntoSpec(text, result);
  expect(read(out)).toEqual(result.spec);
  return { text: out, before, after: result.spec };
}

test('every line of the file stays as it is', () => {
  const { text, after } = merged(FULL);
  const kept = text.split('\n');
  const gone = FULL.split('\n').filter((line) => !kept.includes(line));
  expect(gone).toEqual(['milestones: []']);
  expect(after.tracks[0]).toMatchObject({ id: 'mine', pending: ['folded text'] });
  expect(text).toContain("title: 'Mine'   # do not touch");
});

test('lists that are missing are added, with or without a line end', () => {
  for (const head of [HEAD, HEAD.trimEnd()]) expect(merged(head).text.startsWith(head.trimEnd())).toBe(true);
});

test('line ends of the file are kept', () => {
  const { text } = merged(FULL.replaceAll('\n', '\r\n'));
  expect(text.replaceAll('\r\n', '')).not.toContain('\n');
});

test('lists in brackets take entries too', () => {
  const { text, after } = merged(`${HEAD}milestones: [{name: ga, title: GA}] # soon\n`);
  expect(after.milestones.map((milestone) => milestone.name)).toContain('ga');
  expect(text).toContain('# soon');
});

test('a merge of nothing changes nothing', () => {
  const result = importMarkdown([{ path: 'empty.md', text: '' }], CATALOG);
  expect(mergeIntoSpec(FULL, result)).toBe(FULL);
});

test('text that is no mapping is refused with its place', () => {
  const result = importFixture('tracker');
  expect(() => mergeIntoSpec('a: [\n', result)).toThrow(LaunchgateError);
  expect(() => mergeIntoSpec('a: 1\na: 2\n', result)).toThrow(/launchgate\.yaml:2:1/);
  expect(() => mergeIntoSpec('- a\n', result)).toThrow(/expected a mapping/);
});

test('a new file and a fragment say the same as the result', () => {
  const result = importFixture('roadmap');
  expect(read(renderNewSpec(result))).toEqual(result.spec);
  expect(read(`${HEAD}${renderFragment(result)}`)).toMatchObject(result.parts);
  expect(renderFragment(result)).not.toContain('[]');
});
