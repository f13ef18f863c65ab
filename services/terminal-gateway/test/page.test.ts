/** The page's own client against real gateways and a real shell that floods: whatever happens between them, each byte is shown once. */
import { createHash } from 'node:crypto';
import { expect, it } from 'vitest';
import { openPage } from './pages.ts';
import { FLOOD, floodHash } from './sessions.ts';
import { until, type Platform, type RunningGateway } from './platform.ts';
import { sharePlatform } from './shared-platform.ts';

let platform: Platform;
sharePlatform((made) => (platform = made));

type Calamity = 'drain' | 'crash' | 'node';

it.each<[string, Calamity[]]>([
  ['gateways that restart', ['drain', 'drain']],
  ['a gateway that is gone without a word', ['crash', 'crash']],
  ['a node that is cut off for a moment', ['node', 'node']],
  ['all of them in turn', ['node', 'drain', 'crash', 'drain', 'node']],
])(
  'shows a flood once through %s',
  async (_, calamities) => {
    const { address, sever } = await platform.agent({ account: FLOOD });
    let gateway: RunningGateway = await platform.gateway();
    const hash = createHash('sha256');
    let shown = 0;
    const states: string[] = [];
    const isOver = () => states.at(-1)?.startsWith('stopped');
    openPage(platform, {
      address,
      port: () => gateway.port,
      output(bytes, consumed) {
        hash.update(bytes);
        shown += bytes.length;
        // A screen that takes its time.
        setTimeout(consumed, 1);
      },
      status: ({ state, ...more }) => states.push(state === 'stopped' ? `stopped ${JSON.stringify(more)}` : state),
    });
    for (const calamity of calamities) {
      const before = shown;
      await until(() => shown > before + 50_000 || isOver(), 'some of the flood');
      if (calamity === 'node') {
        sever();
        continue;
      }
      const old = gateway;
      gateway = await platform.gateway();
      if (calamity === 'drain') void old.gateway.drain({ window: 3000 });
      else for (const each of old.gateway.clients) each.terminate('abrupt');
    }
    await until(isOver, 'the end', 60);
    expect(hash.digest('hex')).toBe(floodHash());
    expect(states.slice(-2)).toEqual(['exited', 'stopped {"reason":"ended"}']);
  },
  120_000,
);
