/** An environment as a target. PostgreSQL and Redis are real; Kubernetes and Prometheus are servers of this test that answer as their APIs do. */
import { execFileSync } from 'node:child_process';
import { appendFileSync, chmodSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer as createHttp } from 'node:http';
import { createServer as createHttps, type Server } from 'node:https';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, test, vi } from 'vitest';
import { stringify } from 'yaml';
import { needs } from '../../../../test/need.ts';
import { makeAuthority } from '../../../../test/servers/certificates.ts';
import { startExchanges } from '../../../../test/servers/exchanges.ts';
import { POSTGRES_BIN, startPostgres } from '../../../../test/servers/postgres.ts';
import { freePort, identity, serverFolder, startProcess, untilReady } from '../../../../test/servers/process.ts';
import { CannotTell } from '../../../model/drill/drill.ts';
import { specSchema } from '../../../model/spec.ts';
import type { Use } from '../../target.ts';
import { takeBack } from '../../undo/kinds.ts';
import type { Undo } from '../../undo/types.ts';
import { measureIdentities, postgresIdentity } from './identity.ts';
import { environmentTarget } from './index.ts';
import { kubeAccess } from './kubernetes.ts';
import { readSettings, settingsFile } from './settings.ts';
import { connectSql } from './sql.ts';

// Two servers are made and started.
vi.setConfig({ testTimeout: 120_000 });

const folder = mkdtempSync(join(tmpdir(), 'launchgate-environment-'));
const ends: (() => unknown)[] = [() => rmSync(folder, { recursive: true, force: true })];
afterAll(async () => {
  for (const end of ends.toReversed()) await end();
});

const spec = specSchema.parse({
  apiVersion: 'launchgate/v1',
  kind: 'Platform',
  name: 'shop',
  environments: [{ name: 'staging', kind: 'staging' }],
});

let files = 0;
function write(content: string, mode = 0o600): string {
  const file = join(folder, `file-${++files}`);
  writeFileSync(file, content);
  chmodSync(file, mode);
  return file;
}
const settings = (document: object, env: Readonly<Record<string, string>> = {}) =>
  readSettings('staging', write(stringify(document)), env);
const ACCOUNT = { account: { command: ['echo', '123456789012'] } };

const use: Use = {
  signal: new AbortController().signal,
  undo: { before: () => Promise.reject(new Error('nothing is to be undone here')) },
  run: '0',
  scratch: folder,
};

describe('settings', () => {
  test('are named by a variable of the environment', () => {
    expect(settingsFile('pre-prod', { LAUNCHGATE_TARGET_PRE_PROD: '/etc/x.yaml' })).toBe('/etc/x.yaml');
    expect(() => settingsFile('staging', {})).toThrow('nothing says how staging is reached');
  });

  test('that others can write lead nobody anywhere', () => {
    expect(() => readSettings('staging', write(stringify({ identity: ACCOUNT }), 0o666), {})).toThrow(
      'written by others',
    );
  });

  test.each([
    [{ identity: {} }, 'expected at least one way'],
    [{ identity: ACCOUNT, databases: { orders: { url: 'postgres://x' } } }, 'at databases.orders.url'],
    [{ identity: ACCOUNT, edgee: {} }, 'edgee'],
  ])('%j is refused with its place', (document, message) => {
    expect(() => settings(document)).toThrow(message);
  });

  test('read secrets from files and variables, and say which is not there', () => {
    const open = settings({ identity: ACCOUNT }, { TOKEN: 'from env' });
    expect(open.secret({ env: 'TOKEN' })).toBe('from env');
    expect(open.secret({ file: write('from file\n') })).toBe('from file');
    expect(() => open.secret({ env: 'OTHER' })).toThrow('OTHER is not set');
    expect(() => open.secret({ file: 'gone' })).toThrow('there is no file');
  });
});

describe('what is offered', () => {
  test('is what the settings name, and no more', () => {
    const { offers } = environmentTarget('staging', 'account:1', spec, settings({ identity: ACCOUNT }));
    expect([...offers]).toEqual([]);
  });

  test('a person without a token, and a member that this target lacks, cannot tell', async () => {
    const person = (name: string) => ({ name, token: { env: 'TOKEN' } });
    const open = settings(
      {
        identity: ACCOUNT,
        people: { customer: person('ann'), stranger: person('bob'), admin: person('eve') },
        metrics: { url: 'http://127.0.0.1:1' },
      },
      { TOKEN: 'secret' },
    );
    const { people, metrics } = environmentTarget('staging', 'account:1', spec, open).capabilities(use);
    expect(people.names.customer).toBe('ann');
    expect(await people.token('bob')).toBe('secret');
    await expect(people.token('mallory')).rejects.toBeInstanceOf(CannotTell);
    expect(() => metrics.twin).toThrow(CannotTell);
  });

  describe('backups', () => {
    const bucket = (url: string, into: string) => ({
      identity: ACCOUNT,
      backups: {
        artifacts: {
          s3: {
            url,
            region: 'us-east-1',
            accessKey: { file: write('recorded') },
            secretKey: { file: write('s3cret') },
            bucket: 'artifacts',
            replica: { bucket: 'artifacts-replica' },
            into: { bucket: into },
          },
        },
      },
    });
    const backupsOf = (open: ReturnType<typeof settings>, own: Use = use) =>
      environmentTarget('staging', 'account:1', spec, open).capabilities(own).backups;

    test('a restore that would go into what it restores is refused, a store that nobody names cannot be told of', async () => {
      const open = settings(bucket('http://127.0.0.1:1', 'artifacts-replica'));
      await expect(async () => backupsOf(open).serving('artifacts')).rejects.toThrow(
        'which holds what is to be restored',
      );
      await expect(async () => backupsOf(open).serving('orders')).rejects.toBeInstanceOf(CannotTell);
      expect(backupsOf(open).ways('orders')).toEqual([]);
    });

    test('of a bucket, against recorded exchanges: what is undone is noted first, without a secret, and works from the note', async () => {
      const exchanges = await startExchanges(join(import.meta.dirname, '../../restore/s3/exchanges/clear.json'));
      ends.push(() => exchanges.stop());
      const open = settings(bucket(exchanges.url, 'drill-restores'));
      const noted: Undo[] = [];
      const before = (undo: Undo) => {
        noted.push(undo);
        return Promise.resolve({ now: () => Promise.resolve() });
      };
      const backups = backupsOf(open, { ...use, run: 'recorded', undo: { before } });
      expect(await backups.serving('artifacts')).toBe(1);
      await backups.take('artifacts', 'replica');
      expect(noted.map(({ kind }) => kind)).toEqual(['clear-store']);
      expect(JSON.stringify(noted)).not.toContain('s3cret');
      await takeBack(noted[0]!);
      expect(exchanges.unmet()).toEqual([]);
    });
  });

  test('Prometheus is asked with its token, and what it refuses is no data', async () => {
    const server = createHttp((request, response) => {
      const ok = request.headers.authorization === 'Bearer s3cret' && request.url === '/api/v1/query?query=up';
      response.writeHead(ok ? 200 : 422, { 'content-type': 'application/json' });
      response.end(
        JSON.stringify(
          ok
            ? {
                status: 'success',
                data: { resultType: 'vector', result: [{ metric: { job: 'api' }, value: [1, '1'] }] },
              }
            : { status: 'error', error: 'parse error' },
        ),
      );
    }).listen(0, '127.0.0.1');
    ends.push(() => server.close());
    await new Promise((listening) => server.once('listening', listening));
    const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/`;
    const open = settings({ identity: ACCOUNT, metrics: { url, token: { file: write('s3cret') } } });
    const { metrics } = environmentTarget('staging', 'account:1', spec, open).capabilities(use);
    expect(await metrics.query('up')).toEqual([{ labels: { job: 'api' }, value: 1 }]);
    await expect(metrics.query('up{')).rejects.toBeInstanceOf(CannotTell);
  });
});

describe('identity', () => {
  test('an account is what the program prints and nothing else', async () => {
    expect(await measureIdentities(settings({ identity: ACCOUNT }))).toEqual(['account:123456789012']);
    const talkative = { account: { command: ['echo', 'error: not logged in'] } };
    await expect(measureIdentities(settings({ identity: talkative }))).rejects.toThrow('does not print an account');
  });

  test('a cluster is the UID of kube-system, over TLS that is verified', async () => {
    const authority = await makeAuthority();
    const { cert, key } = await authority.issue('kube', { dns: ['localhost'] });
    const server: Server = createHttps({ cert: readFileSync(cert), key: readFileSync(key) }, (request, response) => {
      const allowed = request.headers.authorization === 'Bearer k8s';
      response.writeHead(allowed ? 200 : 403, { 'content-type': 'application/json' });
      response.end(
        JSON.stringify(allowed ? { metadata: { uid: 'b1946ac9' } } : { message: 'namespaces is forbidden' }),
      );
    }).listen(0, 'localhost');
    ends.push(() => server.close());
    await new Promise((listening) => server.once('listening', listening));
    const { port } = server.address() as AddressInfo;
    const config = (token: string, ca: string | undefined) =>
      write(
        stringify({
          'current-context': 'staging',
          contexts: [{ name: 'staging', context: { cluster: 'c', user: 'u' } }],
          clusters: [
            {
              name: 'c',
              cluster: {
                server: `https://localhost:${port}`,
                ...(ca === undefined ? {} : { 'certificate-authority': ca }),
              },
            },
          ],
          users: [{ name: 'u', user: { token } }],
        }),
      );
    const of = (kubeconfig: string) => measureIdentities(settings({ identity: { kubernetes: { kubeconfig } } }));
    expect(await of(config('k8s', authority.ca))).toEqual(['kubernetes:b1946ac9']);
    await expect(of(config('other', authority.ca))).rejects.toThrow('namespaces is forbidden');
    await expect(of(config('k8s', undefined))).rejects.toThrow(/certificate/);
  });

  test('a kubeconfig that verifies nothing, or logs in by a plugin, is refused', () => {
    const config = (cluster: object, user: object) =>
      write(
        stringify({
          'current-context': 'x',
          contexts: [{ name: 'x', context: { cluster: 'c', user: 'u' } }],
          clusters: [{ name: 'c', cluster: { server: 'https://localhost:1', ...cluster } }],
          users: [{ name: 'u', user }],
        }),
      );
    const insecure = config({ 'insecure-skip-tls-verify': true }, { token: 'x' });
    expect(() => kubeAccess({ file: insecure })).toThrow('does not verify');
    expect(() => kubeAccess({ file: config({}, { exec: { command: 'aws' } }) })).toThrow('logs in by a plugin');
  });

  test.skipIf(!needs('pg_basebackup'))(
    'a restored copy of a database is another one, though its system_identifier is the same',
    async () => {
      const server = await startPostgres();
      ends.push(() => server.stop());
      const own = await postgresIdentity(server.url);
      expect(await postgresIdentity(server.url)).toBe(own);

      const place = serverFolder('postgres-copy', 'postgres');
      const [data, port] = [join(place, 'data'), await freePort()];
      execFileSync(join(POSTGRES_BIN, 'pg_basebackup'), ['-d', server.url, '-D', data, '-c', 'fast'], {
        cwd: place,
        stdio: 'ignore',
        ...identity('postgres'),
      });
      appendFileSync(join(data, 'postgresql.conf'), `port=${port}\nunix_socket_directories='${place}'\n`);
      const copy = startProcess(place, join(POSTGRES_BIN, 'postgres'), ['-D', data], {
        user: 'postgres',
        stopSignal: 'SIGINT',
      });
      ends.push(() => copy.stop());
      const url = `postgres://postgres@127.0.0.1:${port}/postgres`;
      await untilReady(copy, async () => (await connectSql(url, AbortSignal.timeout(5000))).close());
      const other = await postgresIdentity(url);
      expect(other.split(':')[1]).toBe(own.split(':')[1]);
      expect(other).not.toBe(own);

      const open = settings({ identity: ACCOUNT, databases: { orders: { url: { file: write(server.url) } } } });
      const { databases } = environmentTarget('staging', 'account:1', spec, open).capabilities(use);
      const sql = await databases.sql('orders');
      expect(await sql.query('SELECT 1 AS one')).toEqual([{ one: 1 }]);
      await sql.close();
      await expect(databases.sql('sessions')).rejects.toThrow('no connection to sessions is named');
    },
  );
});
