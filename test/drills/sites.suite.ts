/** The whole platform a second time: from nothing, from its backups, and from what is broken. */
import { readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { superuser } from '../../src/drills/lab/parts/postgres.ts';
import { newestBackup } from '../../src/drills/restore/repository.ts';
import { withClient } from '../../src/drills/restore/postgres/server.ts';
import type { DrillLab } from './drill-lab.ts';

const LONG = 600_000;

export function suite(lab: () => DrillLab): void {
  test('the platform comes back from its backups alone', { timeout: LONG }, async () => {
    const { outcome, because, observation } = await lab().run('disaster-recovery', { parameters: { markers: 2 } });
    expect(because).toBe('');
    expect(outcome).toBe('pass');
    expect(observation('stores restored').value).toBe(5);
    expect(observation('parts that are not ready').value).toBe(0);
    expect(observation('questions that are not answered as they should be').value).toBe(0);
    expect(observation("a customer's request is carried to its end").value).toBe(1);
  });

  test('one backup cannot be read, and so there is no platform', { timeout: LONG }, async () => {
    const path = newestBackup(join(lab().platform.open.lab.folder('mariadb'), 'repository'), 'mariabackup');
    changeByte(path);
    try {
      const { outcome, because } = await lab().run('disaster-recovery', { parameters: { markers: 1, take: false } });
      expect(because).toMatch(/rebuilt of \S+ is 0 platforms.*not as it was written/);
      expect(outcome).toBe('fail');
    } finally {
      changeByte(path);
    }
  });

  test('the platform stands up from nothing', { timeout: LONG }, async () => {
    const { outcome, because, observation } = await lab().run('environment-parity');
    expect(because).toBe('');
    expect(outcome).toBe('pass');
    expect(observation('parts that are not ready').value).toBe(0);
    expect(observation("a customer's request is carried to its end").value).toBe(1);
  });

  test('a program is missing where the platform is to stand', { timeout: LONG }, async () => {
    const path = process.env['PATH'];
    process.env['PATH'] = '/nowhere';
    try {
      const { outcome, because } = await lab().run('environment-parity');
      expect(because).toMatch(/stood up of \S+ is 0 platforms.*cannot run without/);
      expect(outcome).toBe('fail');
    } finally {
      process.env['PATH'] = path;
    }
  });

  test('migrations go up, down and up on a copy', { timeout: LONG }, async () => {
    const { outcome, because, observation } = await lab().run('schema-migrations');
    expect(because).toBe('');
    expect(outcome).toBe('pass');
    expect(observation('all up again').value).toBe(0);
  });

  test('a schema that the code of now cannot work with', { timeout: LONG }, async () => {
    const rename = (from: string, to: string) =>
      withClient(superuser(lab().platform.open.lab, 'postgres'), (client) =>
        client.query(`ALTER TABLE nodes RENAME COLUMN ${from} TO ${to}`),
      );
    await rename('gpu_model', 'model');
    try {
      const { outcome, because } = await lab().run('schema-migrations');
      expect(because).toMatch(/old statements on the new schema of \S+ is 1 exit status/);
      expect(outcome).toBe('fail');
    } finally {
      await rename('model', 'gpu_model');
    }
  });
}

/** In place: the file keeps its owner and mode. */
function changeByte(path: string): void {
  const content = readFileSync(path);
  content[Math.floor(statSync(path).size / 2)]! ^= 0xff;
  writeFileSync(path, content, { flag: 'r+' });
}
