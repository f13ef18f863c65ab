import { existsSync, readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, expect, test } from 'vitest';
import { findProgram } from '../../src/drills/lab/run/programs.ts';
import { needs } from '../need.ts';
import { smallLab, until, type SmallLab } from './small.ts';

const labs: SmallLab[] = [];
const LONG = 180_000;
const able =
  [needs('pgbackrest'), needs('redis-server'), needs('nats-server')].every(Boolean) &&
  findProgram('postgres') !== undefined;
const suite = test.skipIf(!able);

afterEach(async () => {
  for (const lab of labs.splice(0)) await lab.remove();
}, LONG);

function newLab(): SmallLab {
  const lab = smallLab();
  labs.push(lab);
  return lab;
}

/** Neither process nor file of a lab is left. */
function expectNothing(lab: SmallLab, scratch: string): void {
  expect(lab.processes()).toEqual([]);
  expect(existsSync(lab.directory)).toBe(false);
  expect(existsSync(scratch)).toBe(false);
}

suite('up, status, logs, restart and down', { timeout: LONG }, async () => {
  const lab = newLab();
  const up = await lab.run('up');
  expect(up).toMatchObject({ status: 0, err: '' });
  expect(up.out).toContain('store/events: Debian has no server for it');
  const status = await lab.run('status', '-f', 'json');
  const { parts } = JSON.parse(status.out) as {
    parts: { part: string; state: string; pid: number; restarts: number }[];
  };
  expect(status.status).toBe(0);
  expect(parts.map(({ part, state }) => [part, state])).toEqual(
    ['postgres', 'postgres-replica', 'redis', 'nats'].map((part) => [part, 'ready']),
  );
  expect(parts.every(({ pid }) => pid > 1)).toBe(true);
  const again = await lab.run('up');
  expect(again).toMatchObject({ status: 1, out: '' });
  expect(again.err).toContain('a lab is up');
  const before = lab.state()!.parts;
  expect(await lab.run('restart', 'redis')).toMatchObject({ status: 0 });
  expect(lab.state()!.parts['redis']).toMatchObject({ phase: 'ready', restarts: 1, ports: before['redis']!.ports });
  expect((await lab.run('logs', 'nats')).out).toContain('Server is ready');
  expect((await lab.run('logs', 'natz')).status).toBe(2);
  const { scratch } = lab.state()!;
  expect(await lab.run('down')).toMatchObject({ status: 0 });
  expectNothing(lab, scratch);
  expect((await lab.run('status')).status).toBe(2);
  expect((await lab.run('down')).status).toBe(0);
});

test('an empty --directory, as of a variable that is not set, is no folder', async () => {
  const lab = newLab();
  for (const verb of ['up', 'down', 'status'])
    expect(await lab.run(verb, '--directory', '')).toMatchObject({ status: 2, out: '', err: /--directory is empty/ });
});

suite('data, secrets and ports are kept when asked', { timeout: LONG }, async () => {
  const lab = newLab();
  expect(await lab.run('up')).toMatchObject({ status: 0 });
  const before = lab.state()!;
  const system = () => readFileSync(join(lab.state()!.partsFolder, 'postgres/data/global/pg_control')).subarray(0, 8);
  const cluster = system();
  await lab.run('down', '--keep');
  expect(lab.processes()).toEqual([]);
  expect(await lab.run('up')).toMatchObject({ status: 0, err: '' });
  expect(system()).toEqual(cluster);
  expect(Object.values(lab.state()!.parts).map(({ ports }) => ports)).toEqual(
    Object.values(before.parts).map(({ ports }) => ports),
  );
});

suite('a killed start is found, ended and replaced', { timeout: LONG }, async () => {
  const lab = newLab();
  const first = lab.start('up');
  await until(() => lab.state()?.parts['nats']?.phase === 'ready');
  first.child.kill('SIGKILL');
  await first.ended;
  const { id, scratch } = lab.state()!;
  expect(lab.processes().length).toBeGreaterThan(0);
  const status = await lab.run('status');
  expect(status.status).toBe(1);
  expect(status.out).toContain('its start was killed');
  const second = await lab.run('up');
  expect(second).toMatchObject({ status: 0 });
  expect(second.err).toMatch(/A lab that was not taken down lay in .*: ended [1-9]\d* processes/);
  expect(lab.state()!.id).not.toBe(id);
  expect(existsSync(scratch)).toBe(false);
});

suite('down after a killed start leaves nothing', { timeout: LONG }, async () => {
  const lab = newLab();
  const first = lab.start('up');
  await until(() => lab.state()?.parts['postgres']?.phase === 'starting');
  first.child.kill('SIGKILL');
  await first.ended;
  const { scratch } = lab.state()!;
  expect((await lab.run('down')).status).toBe(0);
  expectNothing(lab, scratch);
});

suite('an interrupted start cleans up', { timeout: LONG }, async () => {
  const lab = newLab();
  const first = lab.start('up');
  await until(() => lab.state()?.parts['redis']?.phase === 'starting');
  const { scratch } = lab.state()!;
  first.child.kill('SIGINT');
  const { status, err } = await first.ended;
  expect(status).toBe(2);
  expect(err).toContain('interrupted; nothing of the lab is left');
  expectNothing(lab, scratch);
});

suite('a killed part is seen, and down leaves nothing of it', { timeout: LONG }, async () => {
  const lab = newLab();
  await lab.run('up');
  const { scratch } = lab.state()!;
  const postgres = lab.pid('postgres');
  process.kill(postgres, 'SIGKILL');
  expect(segmentsMadeBy(postgres)).toHaveLength(1);
  process.kill(lab.pid('redis'), 'SIGSTOP');
  const status = await lab.run('status', '-f', 'json');
  const { parts } = JSON.parse(status.out) as { parts: { part: string; state: string }[] };
  expect(status.status).toBe(1);
  expect(parts.find(({ part }) => part === 'postgres')).toMatchObject({ state: 'dead', pid: null, uptime: null });
  expect(parts.find(({ part }) => part === 'redis')).toMatchObject({ state: 'not-ready' });
  expect(await lab.run('restart', 'postgres')).toMatchObject({ status: 0 });
  const again = lab.pid('postgres');
  process.kill(again, 'SIGKILL');
  expect((await lab.run('down')).status).toBe(0);
  expectNothing(lab, scratch);
  expect(segmentsMadeBy(again)).toEqual([]);
  expect(segmentsMadeBy(postgres)).toEqual([]);
});

suite('two labs run side by side', { timeout: LONG }, async () => {
  const [one, other] = [newLab(), newLab()];
  const started = await Promise.all([one.run('up'), other.run('up')]);
  expect(started.map(({ status }) => status)).toEqual([0, 0]);
  expect((await one.run('down')).status).toBe(0);
  expect(one.processes()).toEqual([]);
  expect((await other.run('status')).status).toBe(0);
});

/** Of System V shared memory; its fifth column is the pid of the maker. */
function segmentsMadeBy(pid: number): string[] {
  const [, ...rows] = readFileSync('/proc/sysvipc/shm', 'utf8').trim().split('\n');
  return rows.filter((row) => row.trim().split(/\s+/)[4] === String(pid));
}

test('a folder with other files is left alone', async () => {
  const lab = newLab();
  const foreign = await lab.run('up', '--directory', lab.folder);
  expect(foreign.status).toBe(2);
  expect(foreign.err).toContain("holds files that are not a lab's");
  expect(readdirSync(lab.folder)).toEqual(['launchgate.yaml']);
});
