/** What a user sees in Chromium while gateways go away under their terminal. */
import { setTimeout } from 'node:timers/promises';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { nodeId } from '../../../src/drills/lab/parts/postgres.ts';
import { logIn, openDesk, screen, type, type Desk } from './browser.ts';
import { gatewayOf } from './gateways.ts';
import { rent, until, type Platform } from './platform.ts';
import { logged } from './request.suite.ts';

const LONG = 120_000;
/**
 * A shell that counts and says what it hears; `stty -echo` keeps the screen for what it says itself. `read` gives up after a fifth of a
 * second, so numbers go on while nobody types, and a word may come in two pieces.
 */
const COUNTER =
  'stty -echo; i=0; all=; while read -rt 0.2 w || [ $? -gt 128 ]; do i=$((i+1)); all=$all$w; printf "%s<%s> " $i "$w"; case $all in *end) break;; esac; done; stty echo; echo "same:$KEPT:$$:"';

export function browserSuite(platform: () => Platform): void {
  let desk: Desk;

  beforeAll(async () => {
    await rent(platform(), await platform().token('alice'), nodeId('node-agent-1'));
    desk = await openDesk(platform());
  }, LONG);
  afterAll(async () => {
    await desk?.close();
  }, LONG);

  test('who comes back from the provider with a refusal is told so, and may try again', { timeout: LONG }, async () => {
    const { page } = desk;
    const origin = `https://console.localhost:${platform().edge}/`;
    await page.goto(origin);
    await page.click('#login');
    await page.waitForURL((url) => !url.href.startsWith(origin));
    await page.goto(`${origin}?error=access_denied&state=another`);
    await page.locator('#problem:not(:empty)').waitFor();
    expect(await page.locator('#login').isVisible()).toBe(true);
    expect(desk.complaints).toEqual([]);
  });

  test('logs in at the provider, opens a terminal, types and sees the answer', { timeout: LONG }, async () => {
    await logIn(desk, platform(), 'alice');
    await desk.page.getByRole('button', { name: 'Terminal' }).click();
    await isReady(desk);
    await type(desk.page, 'KEPT=kept; echo "shell:$$:"');
    await shows(desk, /shell:\d+:/);
    expect(desk.complaints).toEqual([]);
  });

  test(
    'a gateway is restarted: a notice, and the same shell with nothing lost or doubled',
    { timeout: LONG },
    async () => {
      const gateway = await gatewayOf(platform(), 'alice');
      const notices = await recordNotices(desk);
      await typesThrough(desk, () => platform().restart(gateway));
      expect(await notices()).toContain('This gateway restarts. Your session moves to another one and goes on.');
    },
  );

  test('a gateway is killed: the page comes back to the same shell', { timeout: LONG }, async () => {
    const gateway = await gatewayOf(platform(), 'alice');
    await typesThrough(desk, async () => {
      process.kill(platform().pid(gateway), 'SIGKILL');
      await platform().restart(gateway);
    });
  });

  test('a reported minute comes back as a notification with the id of its request', { timeout: LONG }, async () => {
    const id = await reportsMinute(desk);
    expect(id).toMatch(/^[0-9a-f]{32}$/);
    expect(await isTold(desk, id)).toContain(`request ${id}`);
  });

  test(
    'what was published while no replica of the API was there to hear it is shown when the page is back',
    { timeout: 2 * LONG },
    async () => {
      const replicas = platform().open.lab.replicas('api');
      const relay = platform().pid('notification-relay-1');
      process.kill(relay, 'SIGSTOP');
      let id: string;
      try {
        id = await reportsMinute(desk);
        expect(await logged(platform(), 'billing-worker', id)).toMatchObject({ booking: 'booked' });
        for (const replica of replicas) process.kill(platform().pid(replica), 'SIGKILL');
        // Redis counts a subscriber until it has read the end of its connection.
        await setTimeout(1000);
      } finally {
        process.kill(relay, 'SIGCONT');
      }
      expect(await logged(platform(), 'notification-relay', id)).toMatchObject({ msg: 'published', receivers: 0 });
      for (const replica of replicas) await platform().restart(replica);
      await isTold(desk, id);
    },
  );
}

/** Answers the id of the report's request. */
async function reportsMinute({ page }: Desk): Promise<string> {
  const answers = page.waitForResponse(
    (response) => response.url().endsWith('/usage') && response.request().method() === 'POST',
  );
  await page.getByRole('button', { name: 'Report a minute' }).click();
  const answer = await answers;
  expect(answer.status()).toBe(202);
  return String(await answer.headerValue('x-request-id'));
}

/** What the page says of it. */
async function isTold({ page }: Desk, id: string): Promise<string | null> {
  const told = page.locator(`#feed li[data-request="${id}"]`);
  await told.waitFor({ timeout: 60_000 });
  expect(await told.count()).toBe(1);
  return told.textContent();
}

/** Types words before, during and after `event`, and reads on the screen what became of them. */
async function typesThrough(desk: Desk, event: () => Promise<void>): Promise<void> {
  const { page } = desk;
  await isReady(desk);
  await type(page, 'clear; echo "before:$$:"');
  const shell = (await shows(desk, /before:(\d+):/))[1];
  await type(page, `clear; ${COUNTER}`);
  await shows(desk, /3<>/);
  let over = false;
  const happening = event().finally(() => (over = true));
  const words: string[] = [];
  for (let after = 0; after < 5; after += over ? 1 : 0) {
    words.push(`w${words.length}`);
    await type(page, words.at(-1)!);
    await page.waitForTimeout(150);
  }
  await happening;
  await isReady(desk);
  await type(page, 'end');
  const text = await shows(desk, /1<>.*same:kept:(\d+):/);
  const said = [...text[0].matchAll(/(\d+)<(\w*)>/g)];
  expect(said.map(([, number]) => Number(number))).toEqual(said.map((_, index) => index + 1));
  expect(said.map(([, , word]) => word).join('')).toBe([...words, 'end'].join(''));
  expect(text[1]).toBe(shell);
}

async function isReady({ page }: Desk): Promise<void> {
  await page.locator('#terminal[data-state="ready"]').waitFor({ timeout: 60_000 });
}

/** Waits until the screen shows it, whose lines are taken as one: what is written may be wrapped anywhere. */
async function shows({ page }: Desk, what: RegExp): Promise<RegExpExecArray> {
  let last = '';
  const look = async () => what.exec((last = await screen(page)).replaceAll('\n', '')) ?? undefined;
  try {
    return await until(`${what} on the screen`, look);
  } catch (error) {
    throw new Error(`the screen never showed ${what}, but\n${last.trimEnd()}`, { cause: error });
  }
}

/** The little that is used of a page's own world, whose types are not those of Node. */
interface PageGlobals {
  readonly document: { querySelector(selector: string): { readonly textContent: string } };
  readonly MutationObserver: new (changed: () => void) => { observe(node: object, what: { childList: true }): void };
}

/** From now on each notice that the page shows is kept; answers how to read them. */
async function recordNotices({ page }: Desk): Promise<() => Promise<string[]>> {
  const kept = await page.evaluateHandle(() => {
    const { document, MutationObserver: Observer } = globalThis as unknown as PageGlobals;
    const texts: string[] = [];
    const line = document.querySelector('#notice');
    new Observer(() => texts.push(line.textContent)).observe(line, { childList: true });
    return texts;
  });
  return () => kept.jsonValue();
}
