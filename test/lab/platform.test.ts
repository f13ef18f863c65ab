/** The reference platform, run for real: one lab for all of what follows. */
import { afterAll, beforeAll, describe } from 'vitest';
import { findProgram } from '../../src/drills/lab/run/programs.ts';
import { needs } from '../need.ts';
import { browserSuite } from './platform/browser.suite.ts';
import { requestSuite } from './platform/request.suite.ts';
import { startPlatform, type Platform } from './platform/platform.ts';

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
  describe.skipIf(!needs('chromium'))('in a browser', () => browserSuite(platform));
});
