/** The reference platform, run for real: one lab for all of what follows. */
import { afterAll, beforeAll, describe } from 'vitest';
import { findProgram } from '../../src/drills/lab/run/programs.ts';
import { needs } from '../need.ts';
import { accessSuite } from './platform/access.suite.ts';
import { browserSuite } from './platform/browser.suite.ts';
import { denylistSuite } from './platform/denylist.suite.ts';
import { identitiesSuite } from './platform/identities.suite.ts';
import { requestSuite } from './platform/request.suite.ts';
import { startPlatform, type Platform } from './platform/platform.ts';
import { offSuite } from './platform/off.suite.ts';
import { rollingSuite } from './platform/rolling.suite.ts';
import { storesSuite } from './platform/stores.suite.ts';

const LONG = 300_000;
const SERVERS = ['pgbackrest', 'redis-server', 'nats-server', 'nginx', 'mariadbd', 'rsyslogd', 'prometheus'];
const able = SERVERS.map(needs).every(Boolean) && findProgram('postgres') !== undefined;

describe.skipIf(!able)('the reference platform', () => {
  let started: Platform | undefined;
  const platform = () => started!;

  beforeAll(async () => {
    started = await startPlatform();
  }, LONG);
  afterAll(async () => {
    await started?.stop();
  }, LONG);

  describe('one request', () => requestSuite(platform));
  describe('who may connect', () => accessSuite(platform));
  describe('whose word is taken', () => identitiesSuite(platform));
  describe('who is revoked', () => denylistSuite(platform));
  describe('stores that hang', () => storesSuite(platform));
  describe('a rollout', () => rollingSuite(platform));
  describe('with parts switched off', () => offSuite(platform));
  describe.skipIf(!needs('chromium'))('in a browser', () => browserSuite(platform));
});
