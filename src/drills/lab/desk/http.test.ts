import { once } from 'node:events';
import { connect } from 'node:net';
import { gzipSync } from 'node:zlib';
import { expect, onTestFinished, test, vi } from 'vitest';
import { router, serve } from './http.ts';

async function desk() {
  const bodies: (number | string)[] = [];
  const routes = router([
    { method: 'GET', path: '/', answer: () => 'here' },
    {
      method: 'POST',
      path: '/',
      answer: async (asked) => {
        const size = await asked.body().then(
          ({ length }) => length,
          (error: Error) => error.message,
        );
        bodies.push(size);
        return { size };
      },
    },
  ]);
  const served = await serve('127.0.0.1:0', routes);
  onTestFinished(() => served.close());
  return { port: served.port, bodies };
}

/** What comes back for it, up to the end of the connection. */
async function wire(port: number, sent: string): Promise<string> {
  const socket = connect(port, '127.0.0.1');
  let received = '';
  socket.on('data', (data) => (received += String(data)));
  socket.write(sent);
  await once(socket, 'close');
  return received;
}

test.each(['//[', 'http://[', 'http://a:99999/'])(
  'an address that is none (%s) is refused, and nothing ends of it',
  async (address) => {
    const { port } = await desk();
    expect(await wire(port, `GET ${address} HTTP/1.1\r\nhost: a\r\nconnection: close\r\n\r\n`)).toMatch(
      /^HTTP\/1\.1 400/,
    );
    expect(await (await fetch(`http://127.0.0.1:${port}/`)).text()).toBe('here');
  },
);

test('a packed body whose sender leaves is given up', async () => {
  const { port, bodies } = await desk();
  const socket = connect(port, '127.0.0.1');
  socket.write('POST / HTTP/1.1\r\nhost: a\r\ncontent-encoding: gzip\r\ncontent-length: 1000\r\n\r\n');
  socket.write(gzipSync('a'.repeat(1000)).subarray(0, 15));
  setTimeout(() => socket.destroy(), 100);
  await vi.waitFor(() => expect(bodies).toEqual(['the body could not be read']), { timeout: 5000 });
});

test('a packed body is read', async () => {
  const { port } = await desk();
  const body = gzipSync('a'.repeat(1000));
  const answer = await fetch(`http://127.0.0.1:${port}/`, {
    method: 'POST',
    body,
    headers: { 'content-encoding': 'gzip' },
  });
  expect(await answer.json()).toEqual({ size: 1000 });
});
