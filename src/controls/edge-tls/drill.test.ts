import { expect, test } from 'vitest';
import { missedBy, shop } from '../../../test/fake-target.ts';
import { NOWHERE } from '../../proofs/edge/drill.ts';
import { drill } from './drill.ts';

const subject = {
  id: 'environment/production',
  name: 'production',
  input: { names: [{ host: 'shop.example', service: 'shop' }] } as never,
  params: { minHstsSeconds: 0, headers: [] } as never,
};

/** What is not as it should be where plain HTTP is answered with this redirect. */
async function missed(location: string): Promise<string[]> {
  const certificate = { serial: '1', notBefore: 0, notAfter: Date.now() };
  const edge = {
    place: { httpsPort: 443, httpPort: 80 },
    hostFor: (host: string) => host,
    ask: () => Promise.resolve({ status: 404, headers: {}, text: '', ms: 1 }),
    raw: () => Promise.resolve({ text: `HTTP/1.1 308 Moved\r\nLocation: ${location}\r\n\r\n`, closedAfterMs: 1 }),
    handshake: (_host: string, version: string, ciphers = '') =>
      Promise.resolve(
        /1\.[23]$/.test(version) && !/NULL|kRSA/.test(ciphers)
          ? { came: 'accepted', version, cipher: 'strong', certificate }
          : { came: 'refused', because: 'alert' },
      ),
  };
  const plan = drill.plan({ subjects: [subject], parameters: { renew: 'no' }, spec: shop });
  return (await missedBy(plan, { edge })).map(({ name }) => name);
}

test('plain HTTP leads to the same page of the same name', async () => {
  const lost = ['shop.example answers plain HTTP with something else than a redirect to HTTPS'];
  expect(await missed(`https://shop.example${NOWHERE}`)).toEqual([]);
  expect(await missed(`https://shop.example:8443${NOWHERE}`)).toEqual([]);
  expect(await missed(`https://shop.example.evil.example${NOWHERE}`)).toEqual(lost);
  expect(await missed(`https://shop.example@evil.example${NOWHERE}`)).toEqual(lost);
  expect(await missed(`http://shop.example${NOWHERE}`)).toEqual(lost);
  expect(await missed('https://shop.example/')).toEqual(lost);
});
