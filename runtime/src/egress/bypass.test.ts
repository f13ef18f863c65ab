/** URLs by which guards have been passed, against the most permissive policy there can be: nobody is asked, nobody connected to. */
import { readFileSync } from 'node:fs';
import { request as httpRequest } from 'node:http';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { request } from 'undici';
import { EgressRefused, createEgressGuard, egressPolicy, type EgressRefusal } from './index.ts';
import { textualForms, slowlyAllowed } from './testing/slow.ts';

const policy = egressPolicy({
  allowedCidrs: [
    '0.0.0.0/0',
    '::/0',
    '10.0.0.0/8',
    '172.16.0.0/12',
    '192.168.0.0/16',
    '169.254.0.0/16',
    '127.0.0.0/8',
    'fc00::/7',
  ],
  allowedPorts: Array.from({ length: 65_535 }, (_, index) => index + 1),
});
const seen: EgressRefusal[] = [];
const asked: string[] = [];
const guard = createEgressGuard(policy, {
  onRefused: (refusal) => seen.push(refusal),
  // Names of the corpus that DNS would send inside; whatever is asked beyond them does not exist.
  resolve: async (name) => {
    asked.push(name);
    return INSIDE.has(name) ? [INSIDE.get(name) ?? ''] : [];
  },
});
const INSIDE = new Map([
  ['127.0.0.1.nip.io', '127.0.0.1'],
  ['169-254-169-254.sslip.io', '169.254.169.254'],
  ['metadata.google.internal', '169.254.169.254'],
  ['instance-data', '169.254.169.254'],
  ['rebind.example', '::ffff:127.0.0.1'],
  ['nat64.example', '64:ff9b::7f00:1'],
  ['localtest.me', '127.0.0.1'],
  ['spoofed.burpcollaborator.net', '127.0.0.1'],
]);
const corpus = readFileSync(new URL('testing/bypasses.txt', import.meta.url), 'utf8')
  .split('\n')
  .filter((line) => line !== '' && !line.startsWith('# '))
  .map((line) => JSON.parse(`"${line}"`) as string);

async function refused(url: string | URL): Promise<EgressRefusal | undefined> {
  const before = seen.length;
  await expect(guard.fetch(url), String(url)).rejects.toThrow(EgressRefused);
  return seen[before];
}

describe('bypasses', () => {
  test('the corpus is there', () => expect(corpus.length).toBeGreaterThan(150));

  test.each(corpus)('fetch refuses %j', async (url) => {
    const refusal = await refused(url);
    expect(refusal?.reason).not.toMatch(/^E[A-Z]/);
  });

  test.each(corpus)('undici and node:http, given the parsed URL, refuse %j', async (text) => {
    const url = URL.parse(text);
    if (url === null || url.username !== '' || !/^https?:$/.test(url.protocol)) return;
    await expect(request(url, { dispatcher: guard.dispatcher })).rejects.toThrow(EgressRefused);
    if (url.protocol === 'http:') await expect(viaAgent(url)).rejects.toThrow(EgressRefused);
  });

  test('any textual form of any refused address is refused as URL, with any port, scheme and path', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.oneof(
          fc.ipV4(),
          fc.constantFrom('169.254.169.254', '127.0.0.1', '100.100.100.200', '192.0.0.192', '0.0.0.0'),
        ),
        fc.constantFrom('http', 'https', 'HTTP', 'hTTps'),
        fc.constantFrom('', ':80', ':443', ':00080', ':65535'),
        async (address, scheme, port) => {
          fc.pre(!slowlyAllowed(address, policy.allowedCidrs));
          for (const form of textualForms(address)) await refused(`${scheme}://${form}${port}/x?y#z`);
        },
      ),
      { numRuns: 60 },
    );
  });

  test('the error is one, and says nothing of why', async () => {
    const errors = await Promise.all(
      [
        'http://127.0.0.1/',
        'http://nowhere.example/',
        'http://localtest.me/',
        'ftp://x/',
        'http://a:b@c/',
        'http://[::1]/',
      ].map((url) => guard.fetch(url).catch((error: unknown) => error as Error)),
    );
    expect(
      new Set(
        errors.map((error) => `${(error as Error).message} ${JSON.stringify(error)} ${String((error as Error).cause)}`),
      ).size,
    ).toBe(1);
  });
});

function viaAgent(url: URL): Promise<unknown> {
  return new Promise((resolve, reject) => {
    httpRequest(url, { agent: guard.httpAgent }, resolve).once('error', reject).end();
  });
}
