/** A Redis that has forgotten the sessions, as after a failover that lost its last writes: their shells live, and their users come back. */
import { describe, expect, it } from 'vitest';
import { until, type Platform } from './platform.ts';
import { closed, ready } from './sessions.ts';
import { sharePlatform } from './shared-platform.ts';

let platform: Platform;
sharePlatform((made) => (platform = made));

const PATIENT = { redisDeadline: 10_000 };

describe('a session that Redis has forgotten', () => {
  it('is not said to be taken over: its page is let in when it comes back', async () => {
    const [shows, other] = [await platform.gateway(PATIENT), await platform.gateway(PATIENT)];
    const { address } = await platform.agent();
    let browser = await ready(await platform.browser(shows.port, 's-1', address));
    for (let times = 0; times < 3; times++)
      browser = await ready(await platform.browser(other.port, 's-1', address, { resume: browser }));
    await platform.redis.flushall();
    const back = await platform.browser(shows.port, 's-1', address, { resume: browser });
    expect(await closed(back)).toMatchObject({ code: 1011 });
    const again = await ready(await platform.browser(shows.port, 's-1', address, { resume: browser }));
    expect(again.said('ready')).toMatchObject({ created: false });
  });

  it('that was opened only once is let in as well', async () => {
    const [shows, other] = [await platform.gateway(PATIENT), await platform.gateway(PATIENT)];
    const { address } = await platform.agent();
    const browser = await ready(await platform.browser(shows.port, 's-1', address));
    await platform.redis.flushall();
    const back = await platform.browser(other.port, 's-1', address, { resume: browser });
    expect(await closed(back)).toMatchObject({ code: 1011 });
    await ready(await platform.browser(other.port, 's-1', address, { resume: browser }));
    expect(await closed(browser)).toMatchObject({ code: 4409 });
  });

  it('is ended by an operator on the pod that shows it', async () => {
    const { gateway, port } = await platform.gateway(PATIENT);
    const { address } = await platform.agent();
    const browser = await ready(await platform.browser(port, 's-1', address));
    await platform.redis.flushall();
    expect(await gateway.kill('s-1', 'test')).toBe(true);
    expect(await closed(browser)).toMatchObject({ code: 4410 });
  });
});

it('a fence that was overtaken is not raised to be let in', async () => {
  // Whatever the other one takes, the hello is not too late.
  const options = { ...PATIENT, timeouts: { hello: 60_000 } };
  const [shows, other] = [await platform.gateway(options), await platform.gateway(options)];
  const { agent, address } = await platform.agent();
  const late = await platform.browser(shows.port, 's-1', address, { hello: false });
  await ready(await platform.browser(other.port, 's-1', address));
  late.tell({ type: 'hello', cols: 80, rows: 24 });
  expect(await closed(late)).toMatchObject({ code: 4409 });
  await until(() => agent.sessions.detached === 0, 'the newer one to have it');
});
