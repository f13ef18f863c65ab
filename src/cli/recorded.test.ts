import { expect, it } from 'vitest';
import { sha256 } from '../model/digest.ts';
import { candidateInWords } from './recorded.ts';

it('a candidate is told with the digest of each image, once', () => {
  const [digest, image] = [sha256('candidate'), sha256('image')];
  const candidate = {
    digest,
    environment: 'production',
    pinned: true,
    platform: sha256('platform'),
    commits: [{ repository: 'shop', commit: 'a'.repeat(40) }],
    images: [
      { reference: `r.example/api@${image}`, digest: image },
      { reference: 'r.example/web:1', digest: image },
      { reference: 'r.example/job:latest' },
    ],
  };
  expect(candidateInWords(candidate).split('\n')).toEqual([
    `candidate ${digest} is:`,
    `  commit ${'a'.repeat(40)} of shop`,
    `  image r.example/api@${image}`,
    `  image r.example/web:1 ${image}`,
    '  image r.example/job:latest',
  ]);
});
