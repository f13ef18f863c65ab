import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { readCorpus } from './corpus.ts';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'launchgate-corpus-'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

test('reads regression tests as version 3 and version 4 of the rule set keep them', () => {
  mkdirSync(join(folder, 'REQUEST-942'));
  writeFileSync(
    join(folder, 'REQUEST-942/942100.yaml'),
    `---
  meta: { enabled: true, name: 942100.yaml }
  tests:
  -
    test_title: 942100-1
    stages:
    - stage:
        input:
          dest_addr: 127.0.0.1
          port: 80
          method: POST
          headers: { Host: localhost, Content-Type: application/x-www-form-urlencoded, Accept: "*/*" }
          uri: /post
          data: [ "var=1' OR '1'='1" ]
        output:
          log_contains: id "942100"
  - test_title: 942100-2
    stages:
    - stage: { input: { uri: /, encoded_request: R0VU }, output: { log_contains: id "942100" } }
`,
  );
  writeFileSync(
    join(folder, '921230.yaml'),
    `---
rule_id: 921230
tests:
  - test_id: 1
    stages:
      - input: { method: GET, uri: "/get?a=b", version: HTTP/1.1, headers: { Host: x, Range: 1-2 } }
        output: { log: { expect_ids: [921230] } }
  - test_id: 2
    stages:
      - input: { uri: /get }
        output: { log: { no_expect_ids: [921230] } }
  - test_id: 3
    stages:
      - input: { uri: /get }
        output: { status: 400 }
`,
  );
  expect(readCorpus(folder)).toEqual([
    {
      class: 'CRS 921',
      name: '921230-1',
      want: { attack: true, rules: ['921230'] },
      method: 'GET',
      path: '/get?a=b',
      headers: { Range: '1-2' },
    },
    {
      class: 'CRS 921',
      name: '921230-2',
      want: { attack: false, rules: ['921230'] },
      method: 'GET',
      path: '/get',
      headers: {},
    },
    {
      class: 'CRS 942',
      name: '942100-1',
      want: { attack: true, rules: ['942100'] },
      method: 'POST',
      path: '/post',
      headers: { 'Content-Type': 'application/x-www-form-urlencoded', Accept: '*/*' },
      body: "var=1' OR '1'='1",
    },
  ]);
});

test('takes each line of a text as what somebody may write', () => {
  writeFileSync(join(folder, 'tickets.txt'), "It's the union's select committee\n\n  Ada  \n");
  expect(readCorpus(folder).map(({ name, want, body }) => [name, want, body])).toEqual([
    ['tickets.txt:1', { attack: false }, '{"text":"It\'s the union\'s select committee"}'],
    ['tickets.txt:2', { attack: false }, '{"text":"Ada"}'],
  ]);
});

test.each([
  ['an empty folder', undefined, 'holds no *.yaml'],
  ['YAML that is no test', 'a: 1\n', 'nothing in'],
  ['what is no YAML', 'a: [1\n', '942.yaml'],
])('refuses %s and says what is wrong', (_, content, words) => {
  if (content !== undefined) writeFileSync(join(folder, '942.yaml'), content);
  expect(() => readCorpus(folder)).toThrow(words);
});
