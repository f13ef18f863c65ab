import { expect, it } from 'vitest';
import { sha256 } from '../../model/digest.ts';
import { readAttachment } from './attachment.ts';

it('an attachment is described by title, kind, size and digest', () => {
  const bytes = Buffer.from('# Tabletop');
  expect(readAttachment(bytes, { title: ' Tabletop\n2025 ', file: 'notes/Tabletop.MD', facts: { people: 5 } })).toEqual(
    {
      title: 'Tabletop 2025',
      mediaType: 'text/markdown',
      size: 10,
      content: sha256(bytes),
      facts: { people: 5 },
    },
  );
  expect(readAttachment(new Uint8Array(0), { title: 'x', file: 'x.bin' })).toMatchObject({
    size: 0,
    mediaType: 'application/octet-stream',
  });
});

it('an attachment without a title is refused', () => {
  expect(() => readAttachment(Buffer.from('x'), { title: ' ', file: 'x.bin' })).toThrow('x.bin: not an attachment');
});
