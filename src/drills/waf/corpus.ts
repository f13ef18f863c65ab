/**
 * Requests for a WAF out of a folder: regression tests of the OWASP Core Rule Set as they are kept in its repository (`tests/regression`,
 * versions 3 and 4), and texts of the platform's own users, one a line, that must not be refused.
 */
import { readdirSync, readFileSync, statSync } from 'node:fs';
import { basename, join } from 'node:path';
import { parseAllDocuments } from 'yaml';
import { z } from 'zod';
import type { WafRequest } from '../../model/drill/edge-control.ts';
import { LaunchgateError } from '../../model/errors.ts';

const MOST_FILES = 5000;
const MOST_BYTES = 4 * 1024 * 1024;
const MOST_REQUESTS = 50_000;
const MOST_TEXT = 8000;

/** All files below the folder, in the order of their names. */
export function readCorpus(folder: string): WafRequest[] {
  const files = readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .filter((path) => /\.(?:ya?ml|txt)$/.test(path))
    .sort();
  if (files.length === 0 || files.length > MOST_FILES)
    throw new LaunchgateError(
      'input-unreadable',
      files.length === 0
        ? `${folder} holds no *.yaml and no *.txt`
        : `${folder} holds ${files.length} files, more than ${MOST_FILES}`,
      { next: 'Name a folder with regression tests of the Core Rule Set, or texts with one a line.' },
    );
  const requests = files.flatMap((path) => readFile(join(folder, path)));
  if (requests.length > 0 && requests.length <= MOST_REQUESTS) return requests;
  throw new LaunchgateError(
    'input-unreadable',
    requests.length === 0
      ? `nothing in ${folder} is a test or a text that can be sent`
      : `${folder} holds more than ${MOST_REQUESTS} requests`,
    { next: 'Name a smaller folder.' },
  );
}

function readFile(path: string): WafRequest[] {
  const { size } = statSync(path);
  if (size > MOST_BYTES)
    throw new LaunchgateError('input-unreadable', `${path} has ${size} bytes, more than ${MOST_BYTES}`);
  const text = readFileSync(path, 'utf8');
  return path.endsWith('.txt') ? texts(basename(path), text) : crsTests(path, text);
}

function texts(name: string, text: string): WafRequest[] {
  return text
    .split('\n')
    .map((line) => line.trim().slice(0, MOST_TEXT))
    .filter((line) => line !== '')
    .map((line, index) => ({
      class: name,
      name: `${name}:${index + 1}`,
      want: { attack: false },
      method: 'POST',
      path: '/',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ text: line }),
    }));
}

const ids = z.array(z.int()).default([]);
const input = z.looseObject({
  method: z.string().default('GET'),
  uri: z.string().default('/'),
  headers: z.record(z.string(), z.coerce.string()).default({}),
  data: z.union([z.string(), z.array(z.string()), z.null()]).optional(),
});
const output = z.looseObject({
  log_contains: z.string().optional(),
  no_log_contains: z.string().optional(),
  log: z.looseObject({ expect_ids: ids, no_expect_ids: ids }).optional(),
});
const stage = z.looseObject({ input, output });
const crsFile = z.looseObject({
  rule_id: z.int().optional(),
  tests: z.array(
    z.looseObject({
      test_title: z.union([z.string(), z.number()]).optional(),
      test_id: z.int().optional(),
      // Version 3 wraps each stage in a key of that name.
      stages: z.array(z.union([z.looseObject({ stage }).transform((one) => one.stage), stage])),
    }),
  ),
});

/** Bytes, headers and connections that no client would send stay out: tests with them are for the server, not for the rules. */
const RAW_KEYS = ['encoded_request', 'raw_request', 'version', 'stop_magic', 'autocomplete_headers'];
const OWN_HEADERS = ['host', 'content-length', 'connection', 'transfer-encoding', 'expect'];

function crsTests(path: string, text: string): WafRequest[] {
  const name = basename(path).replace(/\.ya?ml$/, '');
  return parseAllDocuments(text).flatMap((document) => {
    if (!('toJS' in document)) return [];
    if (document.errors.length > 0)
      throw new LaunchgateError('input-unreadable', `${path}: ${document.errors[0]?.message ?? 'no YAML'}`);
    const file = crsFile.safeParse(document.toJS({ maxAliasCount: 100 })).data;
    if (file === undefined) return [];
    return file.tests.flatMap((one, index) =>
      one.stages.flatMap((each) => {
        const title = String(one.test_title ?? `${file.rule_id ?? name}-${one.test_id ?? index + 1}`);
        return requestOf(name, title, each) ?? [];
      }),
    );
  });
}

function requestOf(file: string, name: string, { input, output }: z.infer<typeof stage>): WafRequest | undefined {
  const want = wantOf(output);
  const headers = Object.entries(input.headers);
  const data = Array.isArray(input.data) ? input.data.join('\r\n') : (input.data ?? undefined);
  const special = RAW_KEYS.some((key) => key !== 'version' && key in input && input[key] !== false);
  const version = String(input['version'] ?? 'HTTP/1.1');
  const bytes = [input.method, input.uri, ...headers.flat()].join('');
  if (want === undefined || special || version !== 'HTTP/1.1' || !/^[\x21-\x7e]+$/.test(input.method + input.uri))
    return;
  if (!/^[\x20-\x7e]*$/.test(bytes) || !/^[A-Za-z]+$/.test(input.method) || !input.uri.startsWith('/')) return;
  return {
    class: `CRS ${file.slice(0, 3)}`,
    name,
    want,
    method: input.method,
    path: input.uri,
    headers: Object.fromEntries(headers.filter(([key]) => !OWN_HEADERS.includes(key.toLowerCase()))),
    ...(data === undefined || data === '' ? {} : { body: data }),
  };
}

/** `log_contains: id "942100"` of version 3, `expect_ids: [942100]` of version 4. A test that wants neither says nothing about rules. */
function wantOf({ log_contains, no_log_contains, log }: z.infer<typeof output>): WafRequest['want'] | undefined {
  const expected = [...idsIn(log_contains), ...(log?.expect_ids ?? []).map(String)];
  if (expected.length > 0) return { attack: true, rules: expected };
  const refused = [...idsIn(no_log_contains), ...(log?.no_expect_ids ?? []).map(String)];
  return refused.length > 0 ? { attack: false, rules: refused } : undefined;
}

function idsIn(text: string | undefined): string[] {
  return [...(text ?? '').matchAll(/id\s*\\?"?(\d{6})/g)].map(([, id = '']) => id);
}
