/** A large paste by a page's own client, into a shell that reads late: whatever breaks on its way, it comes whole and once. */
import { createHash } from 'node:crypto';
import { expect, it } from 'vitest';
import type { Status } from '../client/options.ts';
import { openPage } from './pages.ts';
import { until, type Platform, type RunningGateway } from './platform.ts';
import { sharePlatform } from './shared-platform.ts';

let platform: Platform;
sharePlatform((made) => (platform = made));

const PIECE = 8192;
const PASTE = Buffer.alloc(512 * 1024, 'The quick brown fox jumps over the lazy dog. ');
const HASH = createHash('sha256').update(PASTE).digest('hex');

it('survives a broken link to the node, a lost connection and the restart of a gateway', async () => {
  const { address, sever } = await platform.agent();
  let gateway: RunningGateway = await platform.gateway();
  let text = '';
  const heard: Status['state'][] = [];
  const page = openPage(platform, {
    address,
    port: () => gateway.port,
    output(bytes, consumed) {
      text = (text + Buffer.from(bytes).toString('latin1')).slice(-50_000);
      consumed();
    },
    status: ({ state }) => heard.push(state),
  });
  async function restart(): Promise<void> {
    const { gateway: old } = gateway;
    gateway = await platform.gateway();
    void old.drain({ window: 500 });
  }
  const calamities = [
    sever,
    () => {
      for (const each of gateway.gateway.clients) each.terminate('abrupt');
    },
    restart,
  ];

  await until(() => heard.includes('ready'), 'the shell');
  page.input(`stty raw -echo; echo re""ady; sleep 3; head -c ${PASTE.length} | sha256sum; stty sane\n`);
  await until(() => text.includes('ready'), 'the shell to sleep');
  for (let at = 0, movedAt = Date.now(); at < PASTE.length;) {
    page.input(PASTE.subarray(at, at + PIECE));
    if (heard.at(-1) !== 'input-full') {
      [at, movedAt] = [at + PIECE, Date.now()];
      continue;
    }
    heard.pop();
    if (Date.now() - movedAt > 400) {
      await calamities.shift()?.();
      movedAt = Date.now();
    }
    expect(heard).not.toContain('stopped');
    await new Promise((done) => setTimeout(done, 5));
  }
  await until(() => text.includes(HASH), 'the whole paste');
  expect(calamities).toEqual([]);
  expect(heard.filter((state) => state === 'ready').length).toBeGreaterThan(2);
  page.input('echo on""ward\n');
  await until(() => text.includes('onward'), 'the next command');
}, 60_000);
