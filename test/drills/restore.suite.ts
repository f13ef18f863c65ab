/** Restores of the lab's stores: as they are, and from backups that something is wrong with. */
import { chmodSync, chownSync, readdirSync, readFileSync, renameSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { OPERATOR } from '../../src/drills/lab/context.ts';
import { pgBackRestFile, pgBackRestRepository, superuser } from '../../src/drills/lab/parts/postgres.ts';
import { isForeign } from '../../src/drills/lab/run/place.ts';
import { openTrust } from '../../src/drills/lab/trust/store.ts';
import { mustRun } from '../../src/drills/restore/command.ts';
import { withClient } from '../../src/drills/restore/postgres/server.ts';
import { newestBackup } from '../../src/drills/restore/repository.ts';
import type { DrillLab, Rehearsal } from './drill-lab.ts';

const LONG = 600_000;
const POSTGRES = /restore of postgres/;
const REALTIME = /restore of realtime/;

export function suite(lab: () => DrillLab): void {
  const repositoryOf = (part: string) => join(lab().platform.open.lab.folder(part), 'repository');
  /** Run once: the other tests are about the backups that it takes. */
  let first: Promise<Rehearsal> | undefined;
  const healthy = (): Promise<Rehearsal> => (first ??= lab().run('restore', { parameters: { markers: 2 } }));
  const run = (only: RegExp, take: boolean) => lab().run('restore', { only, parameters: { take, markers: 2 } });

  test('every store of the lab comes back whole', { timeout: LONG }, async () => {
    const { outcome, because, observation, runs } = await healthy();
    const restored = runs.filter((one) => one.outcome !== 'inconclusive');
    expect(restored.map((one) => one.because ?? '')).toEqual(restored.map(() => ''));
    expect(restored).toHaveLength(5);
    // Stores that no lab runs: nobody can say that they come back.
    expect(['pass', 'inconclusive']).toContain(outcome);
    expect(because).not.toMatch(/error|broke/);
    expect(observation('compared (pgbackrest)').value).toBeGreaterThan(10);
    expect(observation('rto (pgbackrest)').target).toBe(3600);
    expect(observation('longest until shipped (pgbackrest)').value).toBe(60);
  });

  test('backups lie in the way of nothing else that the lab does', { timeout: LONG }, async () => {
    await healthy();
    const { lab: place } = lab().platform.open;
    const trust = await openTrust(place.directory, place.host);
    await trust.mountCertificate(place.client.folder, OPERATOR, undefined, { renew: true });
    expect(isForeign(readdirSync(place.directory))).toBe(false);
    expect((await run(/restore of configuration/, false)).outcome).toBe('pass');
  });

  test('a byte of the backup was changed', { timeout: LONG }, async () => {
    await healthy();
    await withChanged(newestBundle(pgBackRestRepository(lab().platform.open.lab)), async () => {
      const { outcome, because } = await run(POSTGRES, false);
      expect(because).toMatch(/restored \(pgbackrest\)|faults noted in the repository \(pgbackrest\)/);
      expect(outcome).toBe('fail');
    });
    const sealed: [string, string, RegExp][] = [
      ['redis', 'rdb', REALTIME],
      ['nats', 'jetstream', /restore of nats/],
      ['mariadb', 'mariabackup', /restore of usage-legacy/],
    ];
    for (const [part, way, only] of sealed)
      await withChanged(newestBackup(repositoryOf(part), way), async () => {
        const { outcome, because } = await run(only, false);
        expect(because).toMatch(new RegExp(`restored \\(${way}\\) .*not as it was written`));
        expect(outcome).toBe('fail');
      });
  });

  test('a page of the original is corrupted before the backup is taken', { timeout: LONG }, async () => {
    const { lab: place } = lab().platform.open;
    const operator = superuser(place, 'postgres');
    const path = await withClient(operator, async (client) => {
      await client.query('CREATE TABLE corrupted AS SELECT id FROM generate_series(1, 1000) AS id');
      // Rows are settled first: whoever reads them later would otherwise mark that in the page, and have it written anew.
      await client.query('VACUUM (FREEZE) corrupted');
      await client.query('CHECKPOINT');
      const { rows } = await client.query<{ path: string }>(`SELECT pg_relation_filepath('corrupted') AS path`);
      return join(place.folder('postgres'), 'data', rows[0]!.path);
    });
    try {
      changeByte(path, 5000);
      const { outcome, because } = await run(POSTGRES, true);
      expect(because).toMatch(/faults noted in the repository \(pgbackrest\).*wrong checksums/);
      expect(outcome).toBe('fail');
    } finally {
      await withClient(operator, (client) => client.query('DROP TABLE corrupted'));
      await replaceBackups(lab());
    }
  });

  test('the WAL is missing that the backup needs', { timeout: LONG }, async () => {
    await healthy();
    const archive = join(pgBackRestRepository(lab().platform.open.lab), 'archive');
    const segments = readdirSync(archive, { recursive: true, encoding: 'utf8' })
      .filter((name) => /\/[0-9A-F]{24}-[0-9a-f]{40}(?:\.\w+)?$/.test(name))
      .map((name) => join(archive, name));
    expect(segments.length).toBeGreaterThan(0);
    for (const path of segments) renameSync(path, `${path}.gone`);
    try {
      const { outcome, because } = await run(POSTGRES, false);
      expect(because).toMatch(/restored \(pgbackrest\) of store\/postgres is 0 copies.*required checkpoint record/);
      expect(outcome).toBe('fail');
    } finally {
      for (const path of segments) renameSync(`${path}.gone`, path);
    }
  });

  test('a backup that is too old, that all may read, that is not encrypted', { timeout: LONG }, async () => {
    await healthy();
    const folder = repositoryOf('redis');
    const kept = readdirSync(folder).filter((name) => name.endsWith('.rdb'));
    const newest = `${newestBackup(folder, 'rdb')}.kept`;
    for (const name of kept) renameSync(join(folder, name), join(folder, `${name}.kept`));
    const old = join(folder, '20250101T000000.000Z.rdb');
    try {
      writeFileSync(old, readFileSync(newest));
      const { uid, gid } = statSync(newest);
      chownSync(old, uid, gid);
      chmodSync(old, 0o604);
      const first = await run(REALTIME, false);
      expect(first.outcome).toBe('fail');
      expect(first.because).toMatch(/backup age \(rdb\)/);
      expect(first.because).toMatch(/files that others may read \(rdb\).*20250101T000000/);
      writeFileSync(old, 'REDIS0010, as it was dumped', { flag: 'r+' });
      const second = await run(REALTIME, false);
      expect(second.outcome).toBe('fail');
      expect(second.observation('files that are not encrypted (rdb)')).toMatchObject({ value: 1, met: false });
    } finally {
      rmSync(old, { force: true });
      for (const name of kept) renameSync(join(folder, `${name}.kept`), join(folder, name));
    }
  });
}

/** The repository keeps two: after two good ones the one with the corrupted page is gone. */
async function replaceBackups({ platform }: DrillLab): Promise<void> {
  const { lab } = platform.open;
  const options = { cwd: lab.folder('postgres'), user: 'postgres', signal: AbortSignal.timeout(240_000) };
  const config = [`--config=${pgBackRestFile(lab, 'postgres')}`, '--stanza=gpucloud'];
  for (let taken = 0; taken < 2; taken += 1) await mustRun('pgbackrest', [...config, '--type=full', 'backup'], options);
}

async function withChanged(path: string, work: () => Promise<void>): Promise<void> {
  const at = Math.floor(statSync(path).size / 2);
  changeByte(path, at);
  try {
    await work();
  } finally {
    changeByte(path, at);
  }
}

/** In place: the file keeps its owner and mode. */
function changeByte(path: string, at: number): void {
  const content = readFileSync(path);
  content[at]! ^= 0xff;
  writeFileSync(path, content, { flag: 'r+' });
}

/** The biggest file of the newest backup: bundles hold most of the data. */
function newestBundle(repository: string): string {
  const stanza = join(repository, 'backup', 'gpucloud');
  const label = readdirSync(stanza)
    .filter((name) => /^\d{8}-\d{6}F$/.test(name))
    .sort()
    .at(-1)!;
  const files = readdirSync(join(stanza, label), { recursive: true, encoding: 'utf8' })
    .map((name) => join(stanza, label, name))
    .filter((path) => statSync(path).isFile() && !path.includes('backup.manifest'));
  return files.sort((a, b) => statSync(b).size - statSync(a).size)[0]!;
}
