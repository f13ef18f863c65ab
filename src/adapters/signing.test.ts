import { spawnSync } from 'node:child_process';
import { generateKeyPairSync, sign } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { signingWith } from './signing.ts';

const { privateKey } = generateKeyPairSync('ed25519');

describe('signing with a key', () => {
  it('makes the same signatures before, while and after it changes over', async () => {
    const signs = signingWith(privateKey);
    const texts = Array.from({ length: 300 }, (_, n) => Buffer.from(`text ${n}`));
    const expected = texts.map((text) => sign(null, text, privateKey));
    for (let round = 0; round < 20; round += 1)
      expect((await Promise.all(texts.map(signs))).map((one) => Buffer.from(one))).toEqual(expected);
  });

  it('lets a process end that has signed enough to start its thread, and not before all is signed', () => {
    const script = `
      import { generateKeyPairSync } from 'node:crypto';
      import { setTimeout } from 'node:timers/promises';
      import { signingWith } from ${JSON.stringify(new URL('./signing.ts', import.meta.url).href)};
      const signs = signingWith(generateKeyPairSync('ed25519').privateKey);
      for (let n = 0; n < 300; n += 1) await signs(Buffer.from('text'));
      await setTimeout(500);
      for (let n = 0; n < 300; n += 1) await signs(Buffer.from('text'));
      console.log('all signed');`;
    const run = spawnSync(process.execPath, ['--input-type=module', '-e', script], {
      encoding: 'utf8',
      timeout: 30_000,
    });
    expect(run).toMatchObject({ status: 0, stdout: 'all signed\n' });
  });
});
