import fc from 'fast-check';
import { expect, test } from 'vitest';
import { InputBuffer } from './input-buffer.ts';

test('unconfirmed input is what it was, wherever the shell stopped', () => {
  fc.assert(
    fc.property(
      fc.array(fc.uint8Array({ minLength: 1, maxLength: 40_000 }), { maxLength: 6 }),
      fc.nat(),
      (parts, cut) => {
        const buffer = new InputBuffer();
        for (const part of parts) buffer.add(part, Infinity);
        const all = Buffer.concat(parts);
        const at = all.length === 0 ? 0 : cut % all.length;
        buffer.confirm(at);
        const frames = buffer.frames();
        expect(frames.every(({ bytes }) => bytes.length <= 16_384)).toBe(true);
        expect(Buffer.concat(frames.map(({ bytes }) => bytes)).equals(all.subarray(at))).toBe(true);
        expect(frames[0]?.position ?? all.length).toBe(at);
      },
    ),
  );
});
