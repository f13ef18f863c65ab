import { expect, test } from 'vitest';
import type { Edge } from '../../model/drill/edge.ts';
import { undeclaredHosts } from './hosts.ts';

const SHOP = 'HTTP/1.1 200 OK\r\n\r\n<title>Shop</title>';
const NOBODY = 'HTTP/1.1 404 Not Found\r\n\r\n';
const GRAFANA = 'HTTP/1.1 200 OK\r\n\r\n<title>Grafana</title>';

/** What of an edge is served that nobody declared; its certificate names its declared hosts alone, and it answers others so. */
async function served(others: string, pages: Readonly<Record<string, string>> = {}): Promise<readonly string[]> {
  const declared = { 'shop.example.com': `${SHOP}token 1`, 'api.example.com': NOBODY };
  const answers: Readonly<Record<string, string>> = { ...declared, ...pages };
  const edge = {
    place: { httpsPort: 443 },
    hostFor: (host: string) => host,
    ask: () => Promise.reject(new Error('ENOTFOUND')),
    raw(_known: string, [bytes]: readonly string[]) {
      const host = /\r\nHost: ([^:]+)\r\n/.exec(bytes!)?.[1] ?? '';
      return Promise.resolve({ text: answers[host] ?? others, closedAfterMs: 1 });
    },
  } as unknown as Edge;
  return (await undeclaredHosts(edge, Object.keys(declared))).served;
}

test.each<[string, string, boolean]>([
  ['an application behind a certificate of another name', GRAFANA, true],
  ['one that asks for a login first', 'HTTP/1.1 302 Found\r\nLocation: /login\r\n\r\n', true],
  ['one that asks who it is', 'HTTP/1.1 401 Unauthorized\r\n\r\n', true],
  ['a page that is declared, under any name', `${SHOP}token 2`, false],
  ['the way to where the platform is', 'HTTP/1.1 301 Moved\r\nLocation: https://shop.example.com/\r\n\r\n', false],
  ['a host that is not known', NOBODY, false],
  ['nothing', '', false],
])('%s', async (_, answer, expected) => {
  expect((await served(answer)).includes('launchgate-drill.invalid')).toBe(expected);
});

test('what a platform keeps for itself is looked for beside its declared names', async () => {
  expect(await served(NOBODY, { 'grafana.example.com': GRAFANA })).toEqual(['grafana.example.com']);
});

test('an edge that answers nothing has no hosts that could be told', async () => {
  const silent = { 'shop.example.com': '', 'api.example.com': '' };
  await expect(served('', silent)).rejects.toThrow('shop.example.com, api.example.com: none of them answers');
});
