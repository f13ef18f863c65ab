import { execFileSync } from 'node:child_process';
import { existsSync, readFileSync, readdirSync } from 'node:fs';
import { dirname, join, relative, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { parse, stringify } from 'yaml';
import { catalog, controls } from '../src/controls/catalog.ts';
import { loadSpec } from '../src/engine/load-spec.ts';
import { isMapping } from '../src/model/cursor.ts';
import { sha256 } from '../src/model/digest.ts';
import { policySchema } from '../src/model/policy.ts';
import { specSchema } from '../src/model/spec.ts';
import { anchorsOf, blocksOf, linksOf, type Block } from './docs/blocks.ts';
import { Session } from './docs/session.ts';
import { needs } from './need.ts';

const root = fileURLToPath(new URL('..', import.meta.url));
const guides = readdirSync(join(root, 'docs/guide'))
  .filter((file) => file.endsWith('.md'))
  .sort()
  .map((file) => `docs/guide/${file}`);
const documents = ['README.md', 'CONTRIBUTING.md', 'docs/drills.md', ...guides];
const blocks = new Map(documents.map((path) => [path, blocksOf(readFileSync(join(root, path), 'utf8'))]));

const MINIMAL_SPEC = {
  apiVersion: 'launchgate/v1',
  kind: 'Platform',
  name: 'shop',
  environments: [{ name: 'production', kind: 'production' }],
};

const KEY = Buffer.alloc(32);

const MINIMAL_POLICY = {
  apiVersion: 'launchgate/v1',
  kind: 'Policy',
  version: 1,
  verifier: { id: 'https://shop.example/launchgate' },
  people: [{ id: 'ana', name: 'Ana Ruiz' }],
  keys: [{ id: sha256(KEY), publicKey: KEY.toString('base64'), owner: 'person/ana' }],
  owners: { persons: ['ana'], quorum: 1 },
};

/** Blocks of a document that are marked so: `yaml spec`, `sh test`. */
function marked(path: string, mark: string): readonly Block[] {
  return (blocks.get(path) ?? []).filter(({ words }) => words.includes(mark));
}

/** Lists grow, everything else is replaced: how fragments of one file add up. */
function merged(documents: readonly Readonly<Record<string, unknown>>[]): Record<string, unknown> {
  const whole: Record<string, unknown> = {};
  for (const [key, value] of documents.flatMap((document) => Object.entries(document))) {
    const before = whole[key];
    if (Array.isArray(before) && Array.isArray(value)) whole[key] = [...(before as unknown[]), ...(value as unknown[])];
    else if (isMapping(before) && isMapping(value)) whole[key] = { ...before, ...value };
    else whole[key] = value;
  }
  return whole;
}

function yamlOf({ content, line }: Block): Record<string, unknown> {
  const value: unknown = parse(content);
  if (!isMapping(value)) throw new Error(`line ${line}: not a mapping`);
  return { ...value };
}

describe.runIf(needs('git')).concurrent('commands in the documents', () => {
  const tested = documents.filter((path) => marked(path, 'test').length > 0);

  it.each(tested)(
    '%s: every block ends as it says',
    async (path) => {
      const session = new Session();
      try {
        for (const block of marked(path, 'test')) {
          const { status, output } = await session.run(block);
          const said = Number(block.options['exit'] ?? 0);
          expect(status, `${path}:${block.line} should exit ${said}, and said\n${output}`).toBe(said);
        }
      } finally {
        session.end();
      }
    },
    300_000,
  );
});

describe('specs and policies in the documents', () => {
  it.each(documents)('%s: every fragment of a spec is valid, and together they refer to what they declare', (path) => {
    const fragments = marked(path, 'spec').map((block) => {
      const fragment = yamlOf(block);
      const { error } = specSchema.safeParse({ ...MINIMAL_SPEC, ...fragment });
      expect(error?.issues, `${path}:${block.line}`).toBeUndefined();
      return fragment;
    });
    const base = fragments.some((fragment) => 'environments' in fragment)
      ? { ...MINIMAL_SPEC, environments: [] }
      : MINIMAL_SPEC;
    if (fragments.length > 0)
      loadSpec(
        stringify(merged([base, ...fragments])),
        path,
        catalog.map(({ id }) => id),
      );
  });

  it.each(documents)('%s: every fragment of a policy is valid', (path) => {
    for (const block of marked(path, 'policy')) {
      const { error } = policySchema.safeParse({ ...MINIMAL_POLICY, ...yamlOf(block) });
      expect(error?.issues, `${path}:${block.line}`).toBeUndefined();
    }
  });
});

it.each(documents)('%s calls no control unbuilt that is built, nor its drill', (path) => {
  const built = new Set(controls.map(({ meta }) => meta.id));
  const sentences = readFileSync(join(root, path), 'utf8').split(/(?<=\.)\s/);
  const unbuilt = sentences.filter((sentence) => /not\s+built/i.test(sentence));
  const named = unbuilt.flatMap((sentence) => Array.from(sentence.matchAll(/`([a-z-]+)`/g), ([, id]) => id));
  expect(named.filter((id) => id !== undefined && built.has(id))).toEqual([]);
});

describe('links in the documents', () => {
  const own = execFileSync('git', ['ls-files', '-z', '--cached', '--others', '--exclude-standard', '*.md'], {
    cwd: root,
    encoding: 'utf8',
  })
    .split('\0')
    .filter((path) => path !== '' && !/(?:^|\/)fixtures\//.test(path) && existsSync(join(root, path)));

  it('lead to files and headings that exist', () => {
    expect(own).toContain('README.md');
    const broken = own.flatMap((path) =>
      linksOf(readFileSync(join(root, path), 'utf8'))
        .filter((link) => !/^[a-z][a-z0-9+.-]*:/i.test(link) && !resolves(path, link))
        .map((link) => `${path}: ${link}`),
    );
    expect(broken).toEqual([]);
  });

  function resolves(from: string, link: string): boolean {
    const [path = '', anchor] = decodeURI(link).split('#', 2);
    const target = path === '' ? join(root, from) : resolve(root, dirname(from), path);
    if (relative(root, target).startsWith('..') || !existsSync(target)) return false;
    return anchor === undefined || !target.endsWith('.md') || anchorsOf(readFileSync(target, 'utf8')).has(anchor);
  }
});
