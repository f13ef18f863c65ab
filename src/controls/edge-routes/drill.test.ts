import { expect, test } from 'vitest';
import { missedBy, shop } from '../../../test/fake-target.ts';
import { drill } from './drill.ts';

const LOGIN = { status: 200, text: '<title>Sign in</title>' };
const GONE = { status: 404, text: '404 Not Found' };

/** What is not as it should be of a public page that is answered so, on a host that answers anything else so. */
async function missed(page: typeof LOGIN, otherwise: typeof LOGIN, more: readonly string[] = []): Promise<string[]> {
  const declared = (path: string) => ({ declared: { path, protocol: 'http', auth: 'none' } });
  const subject = {
    id: 'service/docs',
    name: 'docs',
    input: { about: 'service', routes: ['/guide', ...more].map(declared) } as never,
    params: { subprotocols: {} } as never,
  };
  const edge = {
    host: () => 'docs.example',
    ask: (_host: string, path: string) => Promise.resolve(path === '/guide' ? page : otherwise),
  };
  const people = { names: { customer: 'alice' }, token: () => Promise.resolve('token') };
  const plan = drill.plan({ subjects: [subject], parameters: { also: [] }, spec: shop });
  return (await missedBy(plan, { edge, people })).map(({ name }) => name);
}

test('a page for login that answers whatever is asked is no answer of the service', async () => {
  expect(await missed({ status: 200, text: '<title>Guide</title>' }, GONE)).toEqual([]);
  expect(await missed({ status: 200, text: '<title>Guide</title>' }, LOGIN)).toEqual([]);
  expect(await missed(LOGIN, { status: 200, text: `${LOGIN.text} token` })).toEqual([
    '/guide is answered by its service',
  ]);
  expect(await missed(GONE, GONE)).toEqual(['/guide is answered by its service']);
  // One page for all of a host, where all of it is declared.
  expect(await missed(LOGIN, LOGIN, ['/*'])).toEqual([]);
});

/** What is not as it should be of a WebSocket that takes the token `token` as a subprotocol, where the drill is told these. */
async function handshake(subprotocols: Readonly<Record<string, string>>): Promise<string[]> {
  const route = { path: '/live', protocol: 'websocket', auth: 'jwt' };
  const subject = {
    id: 'service/api',
    name: 'api',
    input: { about: 'service', routes: [{ declared: route }] } as never,
    params: { subprotocols } as never,
  };
  const edge = {
    place: { httpsPort: 443 },
    host: () => 'api.example',
    ask: () => Promise.resolve(GONE),
    raw(_host: string, [bytes = '']: readonly string[]) {
      const offered = /sec-websocket-protocol: live, bearer\.(.+)\r\n/.exec(bytes)?.[1];
      const status = offered === undefined ? 400 : offered === 'token' ? 101 : 401;
      return Promise.resolve({ text: `HTTP/1.1 ${status} X\r\n\r\n`, closedAfterMs: 1 });
    },
  };
  const people = { names: { customer: 'alice' }, token: () => Promise.resolve('token') };
  const plan = drill.plan({ subjects: [subject], parameters: { also: [] }, spec: shop });
  return (await missedBy(plan, { edge, people })).map(({ name }) => name);
}

test('a WebSocket is offered the token where it takes one', async () => {
  expect(await handshake({ '/live': 'live, bearer.{token}' })).toEqual([]);
  await expect(handshake({})).rejects.toThrow('say in the param "subprotocols" how it takes one');
});
