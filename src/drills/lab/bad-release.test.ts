import { execFile } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { expect, test } from 'vitest';
import { makeAuthority } from '../../../test/servers/certificates.ts';
import { badRelease } from './bad-release.ts';

const run = promisify(execFile);

/** Serves over TLS and in plain, asks itself ten times each, and prints the statuses. */
const PROGRAM = `import { createServer as plain } from 'node:http';
import { createServer, request } from 'node:https';
import { readFileSync } from 'node:fs';
const [cert, key] = process.argv.slice(2).map((path) => readFileSync(path));
const answer = (_, response) => { response.writeHead(200); response.end(); };
const secure = createServer({ cert, key }, answer).listen(0, '127.0.0.1');
const open = plain(answer).listen(0, '127.0.0.1');
await new Promise((resolve) => setTimeout(resolve, 50));
const ask = () => new Promise((resolve) => request({ host: '127.0.0.1', port: secure.address().port, rejectUnauthorized: false }, (r) => { r.resume(); resolve(r.statusCode); }).end());
const statuses = [];
for (let i = 0; i < 10; i++) statuses.push(await ask());
const health = [];
for (let i = 0; i < 10; i++) health.push((await fetch('http://127.0.0.1:' + open.address().port)).status);
console.log(JSON.stringify({ statuses, health }));
process.exit();
`;

test('a share of the answers to customers fails, evenly, and none of those to whoever watches', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'launchgate-release-'));
  const authority = await makeAuthority();
  try {
    const { cert, key } = await authority.issue('api', { dns: ['localhost'] });
    const program = join(folder, 'serve.mjs');
    writeFileSync(program, PROGRAM);
    const serve = async (failing: number | undefined) => {
      const env = { PATH: process.env['PATH'] ?? '', ...badRelease(failing, folder) };
      const { stdout } = await run(process.execPath, [program, cert, key], { env });
      return JSON.parse(stdout) as { statuses: number[]; health: number[] };
    };
    const bad = await serve(0.2);
    expect(bad.statuses.filter((status) => status === 500)).toHaveLength(2);
    expect(bad.health).toEqual(Array.from({ length: 10 }, () => 200));
    expect((await serve(undefined)).statuses).toEqual(Array.from({ length: 10 }, () => 200));
    expect(readFileSync(join(folder, 'bad-release.mjs'), 'utf8')).toContain('writeHead');
  } finally {
    rmSync(folder, { recursive: true, force: true });
    rmSync(authority.folder, { recursive: true, force: true });
  }
});
