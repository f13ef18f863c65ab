/**
 * Runs inside a network namespace: listens where it is told, echoing what arrives, and tries connections. Speaks lines of JSON on its
 * standard streams, and ends with its standard input, so that it never outlives the process that started it.
 */
import { createSocket } from 'node:dgram';
import { connect, createServer } from 'node:net';
import { createInterface } from 'node:readline';
import type { Attempt, Listener, Reached } from './types.ts';

/** More than one machine has to try, so that they all wait at the same time. */
const AT_ONCE = 600;

type Request =
  | { readonly listen: readonly Listener[] }
  | { readonly attempt: readonly Attempt[]; readonly patience: number };

async function answer(request: Request): Promise<unknown> {
  if ('listen' in request) return Promise.all(request.listen.map(listen));
  const results: Reached[] = [];
  const queue = [...request.attempt.entries()];
  const worker = async (): Promise<void> => {
    for (let next = queue.shift(); next !== undefined; next = queue.shift()) {
      const [index, attempt] = next;
      results[index] = await (attempt.protocol === 'TCP' ? tcp : udp)(attempt, request.patience);
    }
  };
  await Promise.all(Array.from({ length: AT_ONCE }, worker));
  return results;
}

function listen({ protocol, port }: Listener): Promise<null> {
  return new Promise((resolve, reject) => {
    if (protocol === 'TCP') {
      createServer((socket) => socket.on('error', () => undefined).pipe(socket))
        .on('error', reject)
        .listen({ port, host: '::', backlog: 1024 }, () => resolve(null));
      return;
    }
    // One socket for both families answers from the address that was asked.
    const socket = createSocket({ type: 'udp6', ipv6Only: false });
    socket.on('message', (message, { port: from, address }) => socket.send(message, from, address));
    socket.on('error', reject).bind(port, '::', () => resolve(null));
  });
}

function tcp({ address, port }: Attempt, patience: number): Promise<Reached> {
  return new Promise((resolve) => {
    const socket = connect({ host: address, port });
    const done = (reached: Reached): void => {
      socket.destroy();
      resolve(reached);
    };
    socket.setTimeout(patience, () => done('silence'));
    socket.on('error', () => done('refused'));
    // Something must come back through the connection: the handshake alone says nothing of what follows.
    socket.on('connect', () => socket.write('?'));
    socket.on('data', () => done('reached'));
  });
}

function udp({ address, port }: Attempt, patience: number): Promise<Reached> {
  return new Promise((resolve) => {
    const socket = createSocket(address.includes(':') ? 'udp6' : 'udp4');
    const timer = setTimeout(() => done('silence'), patience);
    const done = (reached: Reached): void => {
      clearTimeout(timer);
      socket.close(() => resolve(reached));
    };
    socket.on('error', () => done('refused'));
    socket.on('message', () => done('reached'));
    socket.connect(port, address, () => socket.send('?', () => undefined));
  });
}

// Who asked may be gone before the answer: nobody is left to tell.
process.stdin.on('end', () => process.exit(0));
process.stdout.on('error', () => process.exit(0));
for await (const line of createInterface({ input: process.stdin })) {
  const reply = await answer(JSON.parse(line) as Request).catch((error: unknown) => ({ error: String(error) }));
  process.stdout.write(`${JSON.stringify(reply)}\n`);
}
