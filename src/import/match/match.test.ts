import { expect, test } from 'vitest';
import { catalog } from '../../controls/catalog.ts';
import { CATALOG } from '../test-support.ts';
import { Matcher } from './match.ts';
import { PhraseIndex } from './phrases.ts';
import { SYNONYMS } from './synonyms.ts';
import { readWords, slugOf } from './words.ts';

const matcher = new Matcher(CATALOG);

function controlsOf(title: string, rationale = ''): string[] {
  const fields = [
    { name: 'title', text: title, weight: 3 },
    { name: 'Why', text: rationale, weight: 1 },
  ];
  return matcher.match(fields).matches.map((match) => match.control);
}

test('phrases belong to controls of the catalog, and every control has some', () => {
  expect(Object.keys(SYNONYMS).sort()).toEqual(catalog.map((meta) => meta.id).sort());
});

test.each([
  ['Rotate database credentials every quarter', ['secret-rotation']],
  ['Every image is signed with cosign and carries an SBOM', ['image-provenance']],
  ['Kill a zone: replicas spread across three zones', ['replica-spread']],
  ['Blue/green deploys halt on errors', ['progressive-delivery']],
  ['Nightly backups, and a restore test each month', ['backup-policy', 'restore']],
  ['Repaint the meeting room', []],
])('%s', (title, expected) => {
  expect(controlsOf(title)).toEqual(expect.arrayContaining(expected));
  if (expected.length === 0) expect(controlsOf(title)).toEqual([]);
});

test('one word never means another that begins alike', () => {
  expect(controlsOf('Slow pages are a pity')).toEqual([]);
  expect(controlsOf('Ping the host')).toEqual([]);
});

test('words of a phrase must stand near each other, in one clause', () => {
  const index = new PhraseIndex<string>();
  index.add('it', 'secret* rotat*');
  const find = (text: string) => index.find(readWords(text)).map((hit) => hit.phrase);
  expect(find('rotation of all our secrets')).toEqual(['rotation secrets']);
  expect(find('Keep the secret. Rotation is for crops.')).toEqual([]);
  expect(find('secrets are kept in a place from which nobody dares to rotate')).toEqual([]);
});

test('a match says which words and where; a rationale alone makes a candidate', () => {
  const { matches, candidates } = matcher.match([
    { name: 'title', text: 'Lobby', weight: 3 },
    { name: 'Why', text: 'a WAF is nice', weight: 1 },
  ]);
  expect(matches).toEqual([]);
  expect(candidates).toEqual([{ control: 'edge-waf', score: 1, because: '“waf” in the Why' }]);
});

test('a control without phrases is found by its name, and by its words as a candidate', () => {
  const own = new Matcher([{ ...(CATALOG[0] ?? catalog[0]!), id: 'lobby-bell', title: 'Lobby bell works' }]);
  const match = (text: string) => own.match([{ name: 'title', text, weight: 3 }]);
  expect(match('The lobby bell works on Sundays').matches.map((each) => each.control)).toEqual(['lobby-bell']);
  expect(match('A bell is in the lobby')).toMatchObject({ matches: [], candidates: [{ control: 'lobby-bell' }] });
});

test('slugs are names of the spec', () => {
  expect(slugOf('SLO & Alert Pack (v2)')).toBe('slo-alert-pack-v2');
  expect(slugOf('Überprüfung der Straße')).toBe('uberprufung-der-stra-e');
  expect(slugOf('日本語')).toBe('');
  expect(slugOf('word '.repeat(40)).length).toBeLessThanOrEqual(60);
});
