import { readFileSync } from 'node:fs';
import { request } from 'node:https';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { startedWith } from '../../src/drills/lab/run/proc.ts';
import { findProgram } from '../../src/drills/lab/run/programs.ts';
import { needs } from '../need.ts';
import { smallLab } from './small.ts';

const LONG = 300_000;
const SERVERS = [
  'pgbackrest',
  'redis-server',
  'nats-server',
  'mariadbd',
  'nginx',
  'rsyslogd',
  'prometheus',
  'prometheus-alertmanager',
];
const able = SERVERS.map(needs).every(Boolean) && findProgram('postgres') !== undefined;
const ONE_EACH = ['api=1', 'billing-worker=1', 'terminal-gateway=1', 'node-agent=1'].flatMap((one) => [
  '--replicas',
  one,
]);

test.skipIf(!able)('the reference platform runs whole, behind its edge', { timeout: LONG }, async () => {
  const lab = smallLab(join(import.meta.dirname, '../../examples/gpu-cloud'));
  try {
    expect(await lab.run('up', ...ONE_EACH, '--off', 'api=cache,shedding', '--keep')).toMatchObject({
      status: 0,
      err: '',
    });
    const { parts, left } = JSON.parse((await lab.run('status', '-f', 'json')).out) as {
      parts: { part: string; state: string; pid: number; ports: Record<string, number> }[];
      left: { subject: string }[];
    };
    expect(parts.filter(({ state }) => state !== 'ready').map(({ part, state }) => [part, state])).toEqual([
      ['api-migrate', 'done'],
      ['billing-streams', 'done'],
    ]);
    const named = parts.map(({ part }) => part);
    for (const part of [
      'postgres-replica',
      'mariadb',
      'cache',
      'identity',
      'edge',
      'api-1',
      'node-agent-1',
      'pager',
      'log-sink',
    ])
      expect(named).toContain(part);
    expect(named).not.toContain('api-2');
    expect(left.map(({ subject }) => subject)).toContain('store/temporal');
    const api = parts.find(({ part }) => part === 'api-1')!;
    expect(startedWith(api.pid, 'PARTS_OFF')).toBe('cache,shedding');
    const edge = parts.find(({ part }) => part === 'edge')!.ports['https']!;
    expect(await ask(edge, 'api.localhost', '/api/v1/nodes', join(lab.directory, 'client/ca.crt'))).toBe(401);
    expect(await ask(edge, 'console.localhost', '/', join(lab.directory, 'client/ca.crt'))).toBe(200);
  } finally {
    lab.state();
    await lab.remove();
    expect(lab.processes()).toEqual([]);
  }
});

/** Status of a GET through the edge, by its public name. */
function ask(port: number, host: string, path: string, ca: string): Promise<number | undefined> {
  return new Promise((resolve, reject) => {
    const options = { host: '127.0.0.1', port, path, servername: host, headers: { host }, ca: readFileSync(ca) };
    request(options, (response) => {
      response.resume();
      resolve(response.statusCode);
    })
      .once('error', reject)
      .end();
  });
}
