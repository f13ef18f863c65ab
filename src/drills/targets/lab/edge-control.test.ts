import { chmodSync, readFileSync } from 'node:fs';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createServer } from 'node:tls';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { needs } from '../../../../test/need.ts';
import { makeAuthority, type TestAuthority } from '../../../../test/servers/certificates.ts';
import type { EdgeControl } from '../../../model/drill/edge-control.ts';
import { startEdge, startUpstream, type TestEdge, type TestUpstream } from '../../lab/parts/edge/edge.testkit.ts';
import { readConfig, writeConfig } from '../../lab/parts/edge/files.ts';
import type { OpenLab } from '../../lab/open.ts';
import type { Undo } from '../../undo/types.ts';
import { edgeSettingUndo } from '../../undo/edge-setting.ts';
import { labEdgeControl } from './edge-control.ts';
import { handshake } from './edge/handshake.ts';

const ATTACK = '/api/v1/nodes?q=%27%20OR%20%271%27%3D%271%27%20--%20';

describe.runIf(needs('nginx'))('changing the edge of a lab', () => {
  let authority: TestAuthority;
  let edge: TestEdge;
  let upstreams: TestUpstream[];
  let journal: Undo[];
  let control: EdgeControl;
  const undoAll = async () => {
    for (const { data } of journal.toReversed())
      await edgeSettingUndo.undo(edgeSettingUndo.data.parse(data), AbortSignal.timeout(60_000));
  };
  const statusOf = async (path: string) => (await edge.ask('api.localhost', path)).status;

  beforeAll(async () => {
    authority = await makeAuthority();
    const files = await authority.issue('api', { dns: ['api.platform.svc'] });
    upstreams = await Promise.all(
      [1, 2].map(() => startUpstream(authority, files, (_, response) => response.end('ok'))),
    );
    const replicas = upstreams.map(({ address }) => ({ address, down: false }));
    edge = await startEdge(authority, {
      upstreams: [{ name: 'api', tlsName: 'api.platform.svc', affinity: 'none', replicas }],
      routes: [
        {
          host: 'api.localhost',
          path: '/api/v1/*',
          protocol: 'http',
          target: { upstream: 'api' },
          perSecond: 1,
          connections: 50,
          bodyBytes: 4096,
          readTimeout: 30,
        },
      ],
    });
  });
  beforeEach(() => {
    journal = [];
    const lab = {
      folder: () => edge.folder,
      port: (part: string) => Number(upstreams[part === 'api-1' ? 0 : 1]?.address.split(':')[1]),
    };
    const before = async (undo: Undo) => {
      journal.push(undo);
      return { now: async () => undefined };
    };
    control = labEdgeControl({ lab } as unknown as OpenLab, {
      signal: AbortSignal.timeout(60_000),
      undo: { before },
      run: 'test',
      scratch: tmpdir(),
    });
  });
  afterAll(async () => {
    await edge?.stop();
    await Promise.all(upstreams?.map((one) => one.close()) ?? []);
  });

  test('the WAF watches instead of blocking, says what matched, and blocks again', async () => {
    await control.setRateLimits(false);
    expect(await control.waf()).toEqual({ mode: 'block', paranoia: 1 });
    expect(await statusOf(ATTACK)).toBe(403);
    await control.setWaf({ mode: 'monitor', paranoia: 2 });
    const answer = await edge.ask('api.localhost', ATTACK);
    expect(answer.status).toBe(200);
    const harmless = await edge.ask('api.localhost', '/api/v1/nodes', {
      headers: { accept: '*/*', 'user-agent': 'test' },
    });
    const id = ({ headers }: typeof answer) => String(headers['x-request-id']);
    const matches = await control.wafMatches([id(answer), id(harmless), 'nobody']);
    expect(matches.get(id(answer))?.map(({ rule }) => rule)).toContain('942100');
    expect(matches.get(id(harmless))).toEqual([]);
    expect(matches.has('nobody')).toBe(false);
    expect(journal.map(({ data }) => (data as { setting: unknown }).setting)).toEqual([
      { what: 'rate-limits', on: true },
      { what: 'waf', mode: 'block', paranoia: 1 },
    ]);
    await undoAll();
    expect(await control.waf()).toEqual({ mode: 'block', paranoia: 1 });
    expect(await statusOf(ATTACK)).toBe(403);
    expect(readConfig(edge.folder).rateLimits).toBe(true);
  });

  test('what is as wanted is left alone, and an undo of it costs no reload', async () => {
    const { generation } = readConfig(edge.folder);
    await control.setWaf({ mode: 'block' });
    await control.putBack('api-1');
    expect(journal).toEqual([]);
    const data = { folder: edge.folder, setting: { what: 'rate-limits' as const, on: true } };
    await edgeSettingUndo.undo(data, AbortSignal.timeout(60_000));
    expect(readConfig(edge.folder).generation).toBe(generation);
  });

  test('a change that was written and never loaded is taken back as well', async () => {
    const before = readConfig(edge.folder);
    writeConfig(edge.folder, { ...before, generation: before.generation + 1, rateLimits: false });
    const data = { folder: edge.folder, setting: { what: 'rate-limits' as const, on: true } };
    await edgeSettingUndo.undo(data, AbortSignal.timeout(60_000));
    expect(readConfig(edge.folder)).toEqual({ ...before, generation: before.generation + 2 });
    await edgeSettingUndo.undo({ ...data, folder: '/nowhere/lab' }, AbortSignal.timeout(60_000));
  });

  test('a replica is taken out and put back, and the last one is not', async () => {
    await control.takeOut('api-1');
    expect(readConfig(edge.folder).upstreams[0]?.replicas.map(({ down }) => down)).toEqual([true, false]);
    await expect(control.takeOut('api-2')).rejects.toThrow('last replica');
    await undoAll();
    expect(readConfig(edge.folder).upstreams[0]?.replicas.map(({ down }) => down)).toEqual([false, false]);
  });

  test('a text is found in whatever the edge wrote, and only what is shut in is not open', async () => {
    const mark = `mark${process.pid}`;
    await edge.ask('api.localhost', `/api/v1/${mark}?token=query-${mark}`);
    await expect.poll(async () => (await control.searchLogs(mark)).flatMap(({ lines }) => lines).length).toBe(2);
    const logs = await control.searchLogs(`query-${mark}`);
    expect(logs.filter(({ lines }) => lines.length > 0).map(({ log, raw }) => [log, raw])).toEqual([
      ['private/audit.log', true],
    ]);
    expect(logs.filter(({ open }) => open)).toEqual([]);
    chmodSync(edge.folder, 0o755);
    chmodSync(join(edge.folder, 'private'), 0o755);
    expect((await control.searchLogs(mark)).filter(({ open }) => open).map(({ log }) => log)).toContain(
      'private/audit.log',
    );
    chmodSync(join(edge.folder, 'private'), 0o700);
    chmodSync(edge.folder, 0o700);
  });

  test('a handshake is taken, or refused by the server, and the difference to what a client cannot offer is kept', async () => {
    const ca = readFileSync(authority.ca, 'utf8');
    const place = { address: '127.0.0.1', httpsPort: edge.config.ports.https, ca };
    const good = await handshake(place, 'api.localhost', 'TLSv1.3');
    expect(good).toMatchObject({ came: 'accepted', version: 'TLSv1.3', certificate: { serial: expect.any(String) } });
    expect(good.came === 'accepted' && good.certificate?.untrusted).toBe(undefined);
    expect(await handshake(place, 'api.localhost', 'TLSv1.2')).toMatchObject({ came: 'accepted', version: 'TLSv1.2' });
    expect((await handshake(place, 'api.localhost', 'TLSv1.1')).came).toBe('refused');
    expect((await handshake(place, 'api.localhost', 'TLSv1.2', 'aNULL')).came).toBe('refused');
    expect((await handshake(place, 'api.localhost', 'TLSv1.2', 'NOT-A-CIPHER')).came).toBe('unable');
    expect((await handshake(place, 'other.localhost', 'TLSv1.3')).came).toBe('refused');
  });

  test('a server that still takes TLS 1.0, or shows a certificate of somebody else, is seen', async () => {
    const files = await authority.issue('old', { dns: ['old.localhost'] });
    const server = createServer({
      cert: readFileSync(files.cert),
      key: readFileSync(files.key),
      minVersion: 'TLSv1',
      ciphers: 'ALL:@SECLEVEL=0',
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const place = { address: '127.0.0.1', httpsPort: (server.address() as AddressInfo).port };
    try {
      const ca = readFileSync(authority.ca, 'utf8');
      expect(await handshake({ ...place, ca }, 'old.localhost', 'TLSv1')).toMatchObject({
        came: 'accepted',
        version: 'TLSv1',
      });
      const misnamed = await handshake({ ...place, ca }, 'new.localhost', 'TLSv1.2');
      expect(misnamed.came === 'accepted' && misnamed.certificate?.untrusted).toContain('new.localhost');
      const unknown = await handshake(place, 'old.localhost', 'TLSv1.2');
      expect(unknown.came === 'accepted' && unknown.certificate?.untrusted).toMatch(/UNABLE_TO|SELF_SIGNED/);
      const anonymous = await handshake(place, 'old.localhost', 'TLSv1.2', 'aNULL');
      expect(anonymous).toEqual({ came: 'accepted', version: 'TLSv1.2', cipher: expect.stringMatching(/^ADH|^AECDH/) });
    } finally {
      server.close();
    }
  });
});
