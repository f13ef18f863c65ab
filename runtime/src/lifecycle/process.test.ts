import { spawn } from 'node:child_process';
import { Agent, get } from 'node:http';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { GET, until, wire } from '../../test/wire.ts';
import type { LifecycleOptions } from './index.ts';

const CHILD = join(import.meta.dirname, '../../test/leaving-child.ts');

/** A real process with real signals. */
async function child(options: LifecycleOptions, hooks?: 'ordered' | 'failing' | 'hanging' | 'foreign') {
  const started = spawn(process.execPath, ['--conditions=launchgate-source', CHILD], {
    env: { ...process.env, SCENARIO: JSON.stringify({ options, hooks }) },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let out = '';
  let log = '';
  started.stdout.on('data', (chunk: Buffer) => (out += chunk.toString()));
  started.stderr.on('data', (chunk: Buffer) => (log += chunk.toString()));
  const exit = new Promise<number | string>((done) => started.on('exit', (code, signal) => done(code ?? signal ?? '')));
  onTestFinished(() => void started.kill('SIGKILL'));
  await until(() => /port \d+/.test(out), 'the port');
  const port = Number(/port (\d+)/.exec(out)?.[1]);
  return {
    started,
    port,
    exit,
    out: () => out,
    log: () => log,
    events: () => [...out.matchAll(/^event (.*)$/gm)].map(([, event]) => event),
  };
}

const QUICK = { propagationDelay: 0, drainWindow: 20_000 };

test.each(['SIGTERM', 'SIGINT'] as const)('%s without work: exit 0, hooks in their order', async (signal) => {
  const { started, exit, events } = await child(QUICK, 'ordered');
  started.kill(signal);
  expect(await exit).toBe(0);
  const stages = ['servers', 'consumers', 'stores', 'telemetry'].flatMap((stage) => [
    `${stage} begins`,
    `${stage} ends`,
  ]);
  expect(events()).toEqual(['leaving', ...stages.slice(0, -2), 'telemetry begins', 'flushed', 'telemetry ends']);
});

test('readiness flips with the signal while requests are still served', async () => {
  const { started, port, exit, events } = await child({ ...QUICK, propagationDelay: 60_000 });
  started.kill('SIGTERM');
  await until(() => events().includes('leaving'), 'the signal');
  for (const [path, status] of [
    ['/ready', 503],
    ['/other', 200],
  ] as const) {
    const client = await wire(port);
    client.socket.write(GET(path));
    await until(client.ended, 'the answer');
    expect(client.received()).toMatch(new RegExp(`^HTTP/1.1 ${status} `));
  }
  started.kill('SIGINT');
  expect(await exit).toBe(3);
});

test('under load no request is lost: keep-alive clients go on until they are told that it leaves, and a while longer', async () => {
  const { started, port, exit, out } = await child({ ...QUICK, propagationDelay: 2_000 });
  const agent = new Agent({ keepAlive: true });
  onTestFinished(() => agent.destroy());
  const answers: string[] = [];
  const takenOut = new AbortController();
  const client = async (): Promise<void> => {
    while (!takenOut.signal.aborted) answers.push(await answerOf(agent, port));
  };
  const clients = Array.from({ length: 20 }, client);
  await until(() => answers.length > 200, 'some load');
  started.kill('SIGTERM');
  await until(() => out().includes('event leaving'), 'the signal');
  const before = answers.length;
  // A slow machine has fewer of them, before the listener closes.
  const left = performance.now();
  const isLate = () => performance.now() - left > 1_000 && answers.length > before + 40;
  await until(() => answers.length > before + 200 || isLate(), 'load while it leaves');
  takenOut.abort();
  await Promise.all(clients);
  expect(new Set(answers)).toEqual(new Set(['200 keep-alive', '200 close']));
  expect(answers.slice(-20)).toEqual(Array(20).fill('200 close'));
  expect(await exit).toBe(0);
});

function answerOf(agent: Agent, port: number): Promise<string> {
  return new Promise((done) => {
    const request = get({ agent, port, host: '127.0.0.1' }, (response) => {
      response.resume().on('end', () => done(`${response.statusCode} ${response.headers.connection}`));
    });
    request.on('error', (error) => done(error.message));
  });
}

test('a second signal forces, whatever is open', async () => {
  const { started, port, exit, events, log } = await child(QUICK);
  (await wire(port)).socket.write(GET('/never'));
  await until(() => events().includes('never'), 'the request');
  started.kill('SIGTERM');
  await until(() => log().includes('draining'), 'the drain');
  started.kill('SIGINT');
  expect(await exit).toBe(3);
  expect(log()).toContain('second signal, SIGINT');
});

test('a signal that a parent passes on beside the group is no second one', async () => {
  const { started, port, events, exit, log } = await child(QUICK);
  const answer = fetch(`http://127.0.0.1:${port}/slow`);
  await until(() => events().includes('slow'), 'the request');
  for (let time = 0; time < 3; time += 1) {
    started.kill('SIGTERM');
    await new Promise((done) => setTimeout(done, 20));
  }
  expect((await answer).status).toBe(200);
  expect(await exit).toBe(0);
  expect(log()).not.toContain('second signal');
});

test('whoever else ends the process while it leaves does not make it a clean end', async () => {
  const { started, port, events, exit, log } = await child(QUICK, 'foreign');
  (await wire(port)).socket.write(GET('/never'));
  await until(() => events().includes('never'), 'the request');
  started.kill('SIGTERM');
  expect(await exit).toBe(3);
  expect(log()).toContain('something else has ended the process while it was leaving');
});

test('the first signal after a shutdown that a request began, as preStop does, cuts nothing off', async () => {
  const { started, port, exit, events, log } = await child(QUICK);
  const slow = await wire(port);
  slow.socket.write(GET('/slow'));
  await until(() => events().includes('slow'), 'the request');
  (await wire(port)).socket.write(GET('/shutdown'));
  await until(() => log().includes('draining'), 'the drain');
  started.kill('SIGTERM');
  expect(await exit).toBe(0);
  expect(slow.received()).toMatch(/^HTTP\/1.1 200 /);
});

test('an error that nobody caught after such a shutdown still makes the exit code 1', async () => {
  const { port, exit, events } = await child({ propagationDelay: 500, drainWindow: 5_000 });
  (await wire(port)).socket.write(GET('/shutdown'));
  await until(() => events().includes('leaving'), 'the shutdown');
  (await wire(port)).socket.write(GET('/reject'));
  expect(await exit).toBe(1);
});

test('what the window cuts off makes the exit code 3', async () => {
  const { started, port, exit, events, log } = await child({ propagationDelay: 0, drainWindow: 50 });
  (await wire(port)).socket.write(GET('/never'));
  await until(() => events().includes('never'), 'the request');
  started.kill('SIGTERM');
  expect(await exit).toBe(3);
  expect(log()).toContain('"cutOff":{"requests":1,"streams":0,"upgraded":0}');
});

test.each(['failing', 'hanging'] as const)('a %s hook: exit 4, and later stages run all the same', async (hooks) => {
  const { started, exit, events, log } = await child({ ...QUICK, hookWindow: 200 }, hooks);
  started.kill('SIGTERM');
  expect(await exit).toBe(4);
  expect(events()).toContain('flushed');
  expect(log()).toContain(hooks === 'failing' ? '"failedHooks":["broken"]' : '"failedHooks":["stuck"]');
});

test.each(['/throw', '/reject'])('an error that nobody caught (%s): it drains, and exits with 1', async (path) => {
  const { port, exit, log } = await child({ propagationDelay: 0, drainWindow: 100 }, 'ordered');
  (await wire(port)).socket.write(GET(path));
  expect(await exit).toBe(1);
  expect(log()).toContain('an error that nobody caught');
});

test('a process without work open never waits for the windows', async () => {
  const { started, exit, log } = await child({ propagationDelay: 0, drainWindow: 600_000 });
  started.kill('SIGTERM');
  expect(await exit).toBe(0);
  expect(log()).toContain('"forced":false');
});

test('a grace period that is too short is said at boot; switched off, the signal just ends it', async () => {
  const { started, exit, log, events } = await child({ ...QUICK, preStop: 15_000, gracePeriod: 30_000, off: true });
  expect(log()).toContain('Set terminationGracePeriodSeconds to 41 or more');
  started.kill('SIGTERM');
  expect(await exit).toBe('SIGTERM');
  expect(events()).toEqual([]);
});

test('a process that nothing else holds lives until its last hook, also without a signal', async () => {
  const code = `import { createLifecycle } from ${JSON.stringify(new URL('index.ts', import.meta.url).href)};
    const lifecycle = createLifecycle({ propagationDelay: 0, hookWindow: 50 });
    lifecycle.hook('consumers', 'stuck', () => new Promise(() => {}));
    lifecycle.hook('telemetry', 'last', () => console.log('flushed'));
    lifecycle.shutdown('by itself').then(({ failedHooks }) => console.log(failedHooks.join()));`;
  const started = spawn(process.execPath, ['--conditions=launchgate-source', '--input-type=module', '-e', code], {
    stdio: ['ignore', 'pipe', 'ignore'],
  });
  let out = '';
  started.stdout.on('data', (chunk: Buffer) => (out += chunk.toString()));
  await new Promise((done) => started.on('close', done));
  expect(out).toBe('flushed\nstuck\n');
});
