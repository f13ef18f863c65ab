import { expect, test } from 'vitest';
import { verifyFaults } from './pgbackrest.ts';

test('what `verify` says counts, since it ends with status 0 whatever it found', () => {
  const said = `stanza: gpucloud
status: error
  archiveId: 15-1, total WAL checked: 5, total valid WAL: 4
    missing: 0, checksum invalid: 1, size invalid: 0, other: 0
  backup: 20261128-104631F, status: invalid, total files checked: 1300, total valid files: 1299
    missing: 0, checksum invalid: 1, size invalid: 0, other: 0`;
  expect(verifyFaults(said)).toEqual([
    'pgbackrest verify: status: error',
    'pgbackrest verify: missing: 0, checksum invalid: 1, size invalid: 0, other: 0',
    'pgbackrest verify: missing: 0, checksum invalid: 1, size invalid: 0, other: 0',
  ]);
});

test('a repository in which nothing is wrong has no faults, nor has one that holds nothing yet', () => {
  expect(verifyFaults('stanza: gpucloud\nstatus: ok\n')).toEqual([]);
  expect(verifyFaults('WARN: no backups exist in the repo\nWARN: no archives exist in the repo')).toEqual([]);
});
