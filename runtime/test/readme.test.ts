/** Each example of the kit's README is run as it stands, with real servers, and must print what the README says it prints. */
import { execFile, spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import pg from 'pg';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { blocksOf, type Block } from '../../test/docs/blocks.ts';
import { needs } from '../../test/need.ts';
import { makeAuthority, type TestAuthority } from '../../test/servers/certificates.ts';
import { startPostgres, type PostgresServer } from '../../test/servers/postgres.ts';
import { startRedis } from '../../test/servers/redis.ts';
import manifest from '../package.json' with { type: 'json' };

const root = fileURLToPath(new URL('../..', import.meta.url));
const text = readFileSync(join(root, 'runtime/README.md'), 'utf8');
const blocks = blocksOf(text);
const examples = blocks.flatMap((block, at) => (block.language === 'ts' ? [{ block, output: blocks[at + 1] }] : []));
const parts = Object.keys(manifest.exports).map((entry) => entry.slice('./'.length));

describe('the README', () => {
  it('has an example and what it prints for every part, and a row in the table', () => {
    const shown = examples.map(({ block }) => partOf(block));
    expect([...shown].sort()).toEqual([...parts].sort());
    for (const { block, output } of examples) expect(output?.language, `after line ${block.line}`).toBe('text');
    for (const part of parts) expect(text).toContain(`| [${part}](#${part}) |`);
  });
});

/** The part under whose heading the block stands. */
function partOf({ line }: Block): string {
  const before = text.split('\n').slice(0, line);
  return before.findLast((one) => one.startsWith('## '))?.slice('## '.length) ?? '';
}

describe.runIf(needs('redis-server'))('the examples', () => {
  let folder: string;
  let postgres: PostgresServer;
  let authority: TestAuthority;

  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), 'launchgate-readme-'));
    symlinkSync(join(root, 'node_modules'), join(folder, 'node_modules'));
    writeFileSync(join(folder, 'package.json'), '{"type":"module"}');
    for (const { block } of examples) {
      mkdirSync(join(folder, partOf(block)));
      writeFileSync(join(folder, partOf(block), 'example.ts'), block.content);
    }
    [postgres, authority] = await Promise.all([startPostgres(), makeAuthority()]);
  });
  afterAll(async () => {
    await postgres.stop();
    for (const made of [folder, authority.folder]) rmSync(made, { recursive: true, force: true });
  });

  it.each(examples.map(({ block, output }) => ({ part: partOf(block), block, output })))(
    '$part: prints what it says',
    async ({ part, block, output }) => {
      const redis = block.content.includes('REDIS_URL') ? await startRedis() : undefined;
      try {
        const printed = await run(part, { ...(await environment(part)), REDIS_URL: redis?.url, ...block.options });
        expect(printed).toMatch(patternOf(output?.content ?? ''));
      } finally {
        await redis?.stop();
      }
    },
    60_000,
  );

  it('are typed, as strictly as this repository is', () => {
    const compilerOptions = { lib: ['es2024', 'esnext'] };
    const config = { extends: join(root, 'tsconfig.json'), compilerOptions, include: ['*/example.ts'], exclude: [] };
    writeFileSync(join(folder, 'tsconfig.json'), JSON.stringify(config));
    const tsc = join(root, 'node_modules/typescript/bin/tsc');
    const { stdout } = spawnSync(process.execPath, [tsc, '-p', folder], { encoding: 'utf8' });
    expect(stdout).toBe('');
  }, 120_000);

  /** A database of its own, and a certificate of the workload that the example is. */
  async function environment(part: string): Promise<NodeJS.ProcessEnv> {
    const name = part.replaceAll('-', '_');
    const admin = new pg.Client({ connectionString: postgres.url });
    await admin.connect();
    await admin.query(`CREATE DATABASE ${name}`);
    await admin.end();
    const files = await authority.issue('orders', { spiffe: 'spiffe://shop.example/ns/shop/sa/orders' });
    return {
      PATH: process.env['PATH'],
      DATABASE_URL: postgres.url.replace(/postgres$/, name),
      PGHOST: '127.0.0.1',
      PGPORT: String(postgres.port),
      PGDATABASE: name,
      TLS_CERT_FILE: files.cert,
      TLS_KEY_FILE: files.key,
      TLS_CA_FILE: files.ca,
    };
  }

  async function run(part: string, env: NodeJS.ProcessEnv): Promise<string> {
    const args = ['--conditions=launchgate-source', 'example.ts'];
    const cwd = join(folder, part);
    const { stdout, stderr } = await promisify(execFile)(process.execPath, args, { cwd, env, timeout: 50_000 });
    expect(stderr).toBe('');
    return stdout;
  }
});

/** `…` stands for what differs each time, within a line. */
function patternOf(said: string): RegExp {
  const escaped = said.split('…').map((piece) => piece.replaceAll(/[\\^$.*+?()[\]{}|]/g, String.raw`\$&`));
  return new RegExp(`^${escaped.join('[^\\n]+?')}$`);
}
