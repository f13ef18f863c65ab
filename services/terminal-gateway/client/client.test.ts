import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { TerminalClient } from './client.ts';
import { LoginNeeded, type ClientOptions, type Status } from './options.ts';
import { Gateway, SESSION } from './scripted-gateway.ts';

let gateway: Gateway;
let client: TerminalClient | undefined;
let screen: number[];
let states: Status[];

beforeEach(async () => {
  gateway = new Gateway();
  await gateway.listen();
  screen = [];
  states = [];
});
afterEach(() => {
  client?.close();
  gateway.close();
});

function connect(options: Partial<ClientOptions> = {}): TerminalClient {
  client = new TerminalClient({
    ticket: async () => ({ ticket: `t${gateway.tickets.length}`, session: SESSION, url: gateway.url }),
    output: (bytes, consumed) => {
      screen.push(...bytes);
      consumed();
    },
    status: (status) => states.push(status),
    size: { cols: 80, rows: 24 },
    random: () => 0.01,
    ...options,
  });
  client.start();
  return client;
}

const shown = () => Buffer.from(screen).toString();
const typed = () => Buffer.from(gateway.input).toString();
const ready = (times: number) =>
  vi.waitFor(() => expect(states.filter(({ state }) => state === 'ready')).toHaveLength(times), { timeout: 8000 });

describe('a session', () => {
  test('shows output, takes input, and acknowledges what is on the screen', async () => {
    const terminal = connect();
    await ready(1);
    gateway.write('hello ');
    gateway.write('world');
    terminal.input('ls\r');
    terminal.resize({ cols: 132, rows: 50 });
    await vi.waitFor(() => expect([shown(), typed(), gateway.acks.at(-1)]).toEqual(['hello world', 'ls\r', 11]));
  });

  test('of another page takes what is typed into this one before it is there', async () => {
    gateway.input.push(...Buffer.from('from another page'));
    connect().input('ls\r');
    await vi.waitFor(() => expect(typed()).toBe('from another pagels\r'));
  });

  test('comes back after the connection is lost, with nothing lost or doubled on either side', async () => {
    const terminal = connect();
    await ready(1);
    gateway.write('one ');
    await vi.waitFor(() => expect(shown()).toBe('one '));
    gateway.takes = 2;
    terminal.input('abc');
    await vi.waitFor(() => expect(typed()).toBe('ab'));
    gateway.takes = Infinity;
    gateway.current.terminate();
    gateway.output.push(...Buffer.from('two '));
    terminal.input('def');
    await ready(2);
    await vi.waitFor(() => expect([shown(), typed()]).toEqual(['one two ', 'abcdef']));
    expect(gateway.hellos[1]).toMatchObject({ lastSeq: 4 });
    expect(new Set(gateway.tickets).size).toBe(gateway.tickets.length);
  });

  test('moves before a gateway goes, while typing and output go on', async () => {
    const terminal = connect();
    await ready(1);
    const first = gateway.current;
    gateway.write('before ');
    gateway.say({ type: 'drain', reason: 'restart', deadline: Date.now() + 60_000, reconnectAfter: 5 });
    for (const key of 'typing') terminal.input(key);
    await ready(2);
    gateway.write('after');
    terminal.input('!');
    await vi.waitFor(() => expect([shown(), typed(), first.readyState]).toEqual(['before after', 'typing!', 3]));
    expect(states.map(({ state }) => state)).not.toContain('waiting');
  });

  test('keeps what it has when no other gateway takes it yet, and moves when one does', async () => {
    connect();
    await ready(1);
    gateway.refuse = true;
    gateway.say({ type: 'drain', reason: 'restart', deadline: Date.now() + 60_000, reconnectAfter: 1 });
    await vi.waitFor(() => expect(gateway.tickets.length).toBeGreaterThan(2), { timeout: 8000 });
    gateway.write('still here');
    await vi.waitFor(() => expect(shown()).toBe('still here'));
    gateway.refuse = false;
    await ready(2);
  });

  test('starts again after it was closed while its ticket was on the way', async () => {
    const asked = Promise.withResolvers<void>();
    const terminal = connect({
      ticket: async () => {
        await asked.promise;
        return { ticket: `t${gateway.tickets.length}`, session: SESSION, url: gateway.url };
      },
    });
    terminal.close();
    asked.resolve();
    await new Promise((done) => setTimeout(done, 20));
    expect(gateway.tickets).toEqual([]);
    terminal.start();
    await ready(1);
  });

  test('stays closed when its ticket fails after it was closed', async () => {
    const asked = Promise.withResolvers<void>();
    let times = 0;
    const terminal = connect({
      ticket: async () => {
        times += 1;
        await asked.promise;
        throw new Error('the network is gone');
      },
    });
    terminal.close();
    asked.resolve();
    await new Promise((done) => setTimeout(done, 200));
    expect({ times, states: states.map(({ state }) => state) }).toEqual({ times: 1, states: ['connecting'] });
  });

  test('starts again after it was closed, though the end of its old connection is told only then', async () => {
    const made: WebSocket[] = [];
    const terminal = connect({
      async ticket() {
        const [first] = made;
        if (first !== undefined) await new Promise((told) => first.addEventListener('close', told));
        return { ticket: `t${gateway.tickets.length}`, session: SESSION, url: gateway.url };
      },
      socket: (url, protocols) => made[made.push(new WebSocket(url, protocols)) - 1]!,
    });
    await ready(1);
    terminal.close();
    terminal.start();
    await ready(2);
    expect(states.map(({ state }) => state)).not.toContain('stopped');
  });

  test('takes the late end of a connection it has replaced for nothing, while another is on its way', async () => {
    const made: WebSocket[] = [];
    const asked = Promise.withResolvers<void>();
    connect({
      async ticket() {
        if (made.length === 2) await asked.promise;
        return { ticket: `t${gateway.tickets.length}`, session: SESSION, url: gateway.url };
      },
      socket: (url, protocols) => made[made.push(new WebSocket(url, protocols)) - 1]!,
    });
    await ready(1);
    gateway.say({ type: 'drain', reason: 'reauth', deadline: Date.now() + 60_000, reconnectAfter: 1 });
    await ready(2);
    gateway.current.terminate();
    await vi.waitFor(() => expect(states.at(-1)?.state).toBe('connecting'));
    made[0]?.dispatchEvent(new CloseEvent('close', { code: 4409 }));
    asked.resolve();
    await ready(3);
    expect(states.map(({ state }) => state)).not.toContain('stopped');
    expect(made).toHaveLength(3);
  });

  test('comes back ever more rarely to a gateway that takes it and fails at once', async () => {
    connect();
    for (const time of [1, 2, 3, 4]) {
      await ready(time);
      gateway.current.terminate();
    }
    await ready(5);
    expect(states.flatMap((status) => (status.state === 'waiting' ? [status.retryInMs] : []))).toEqual([5, 10, 20, 40]);
  });

  test.each(['no JSON', '7', '{}', Buffer.alloc(7)])('stops at a frame that is none: %j', async (frame) => {
    connect();
    await ready(1);
    gateway.current.send(frame);
    await vi.waitFor(() => expect(states.at(-1)).toEqual({ state: 'stopped', reason: 'protocol' }));
  });

  test('says which output is gone and goes on after it', async () => {
    connect();
    await ready(1);
    gateway.say({
      type: 'ready',
      session: SESSION,
      created: false,
      seq: 100,
      gap: { from: 0, to: 100 },
      inputSeq: 0,
      window: 65_536,
      inputWindow: 65_536,
      recording: 'output',
    });
    gateway.output.push(...Buffer.alloc(100));
    gateway.write('x');
    await vi.waitFor(() => expect(shown()).toBe('x'));
    await vi.waitFor(() => expect(gateway.acks.at(-1)).toBe(101));
    expect(states.at(-1)).toMatchObject({ state: 'ready', gap: { from: 0, to: 100 }, recording: 'output' });
  });

  test('sends again what a renewed link behind the gateway has lost', async () => {
    const terminal = connect();
    await ready(1);
    gateway.takes = 1;
    terminal.input('xyz');
    await vi.waitFor(() => expect(typed()).toBe('x'));
    gateway.takes = Infinity;
    gateway.say({ type: 'inputAck', seq: 1, resend: true });
    await vi.waitFor(() => expect(typed()).toBe('xyz'));
  });

  test('takes no more input than the window while nobody is there, and says so', async () => {
    const terminal = connect();
    await ready(1);
    gateway.refuse = true;
    gateway.current.terminate();
    await vi.waitFor(() => expect(states.at(-1)?.state).toMatch(/waiting|connecting/));
    terminal.input('a'.repeat(65_536));
    terminal.input('b');
    expect(states.at(-1)).toEqual({ state: 'input-full' });
    gateway.refuse = false;
    await ready(2);
    await vi.waitFor(() => expect(gateway.input).toHaveLength(65_536));
  });

  test('refuses output that is out of order rather than show it', async () => {
    connect();
    await ready(1);
    gateway.output.push(1, 2, 3);
    gateway.write('x');
    await vi.waitFor(() => expect(states.at(-1)).toEqual({ state: 'stopped', reason: 'protocol' }));
    expect(screen).toEqual([]);
  });

  test.each([
    [1008, 'revoked'],
    [4404, 'session-lost'],
    [4409, 'taken-over'],
    [4410, 'ended-by-operator'],
    [1000, 'ended'],
  ])('stops at close code %i and says why', async (code, reason) => {
    connect();
    await ready(1);
    gateway.current.close(code);
    await vi.waitFor(() => expect(states.at(-1)).toEqual({ state: 'stopped', reason }));
    const attempts = gateway.tickets.length;
    client?.start();
    await vi.waitFor(() => expect(gateway.tickets.length).toBe(attempts + 1));
  });

  test('asks for a login where no ticket is given', async () => {
    connect({ ticket: () => Promise.reject(new LoginNeeded('401')) });
    await vi.waitFor(() => expect(states.at(-1)).toEqual({ state: 'stopped', reason: 'login' }));
  });
});

test('any cuts at any moment leave both streams whole', async () => {
  const terminal = connect();
  await ready(1);
  const steps =
    fc.sample(fc.array(fc.constantFrom('write', 'type', 'cut', 'drain'), { minLength: 60, maxLength: 60 }), {
      seed: 7,
      numRuns: 1,
    })[0] ?? [];
  let wrote = '';
  let keyed = '';
  for (const [n, step] of steps.entries()) {
    if (step === 'write') {
      wrote += `w${n} `;
      const peer = gateway.current;
      if (peer.readyState === 1) gateway.write(`w${n} `);
      else gateway.output.push(...Buffer.from(`w${n} `));
    } else if (step === 'type') {
      keyed += `k${n} `;
      terminal.input(`k${n} `);
    } else if (step === 'cut') gateway.current.terminate();
    else if (gateway.current.readyState === 1)
      gateway.say({ type: 'drain', reason: 'restart', deadline: Date.now() + 1000, reconnectAfter: 1 });
    await new Promise((resolve) => setTimeout(resolve, (n % 4) * 3));
  }
  await vi.waitFor(() => expect([shown(), typed()]).toEqual([wrote, keyed]), { timeout: 20_000 });
});
