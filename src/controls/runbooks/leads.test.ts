import { expect, test } from 'vitest';
import { leadOf } from './leads.ts';

const files = new Set(['README.md', 'docs/runbooks/api.md', 'docs/runbooks/queue/README.md']);

test.each([
  ['docs/runbooks/api.md', { to: 'file', path: 'docs/runbooks/api.md' }],
  ['/docs/runbooks/api.md#stop-it', { to: 'file', path: 'docs/runbooks/api.md' }],
  ['https://git.example/shop/shop/blob/main/docs/runbooks/api.md', { to: 'file', path: 'docs/runbooks/api.md' }],
  [
    'https://docs.shop.example/runbooks/docs/runbooks/queue/?from=page',
    { to: 'file', path: 'docs/runbooks/queue/README.md' },
  ],
  ['https://git.example/shop/shop/-/blob/main/docs/runbooks/gone.md', { to: 'nothing', path: 'docs/runbooks/gone.md' }],
  ['docs/runbooks/gone.md', { to: 'nothing', path: 'docs/runbooks/gone.md' }],
  ['https://wiki.shop.example/pages/1234', { to: 'elsewhere' }],
  ['https://wiki.shop.example/README.md', { to: 'elsewhere' }],
  ['https://git.example/docs/runbooks/{{ $labels.service }}.md', { to: 'elsewhere' }],
  ['', { to: 'unfilled' }],
  ['TODO', { to: 'unfilled' }],
  ['<runbook>', { to: 'unfilled' }],
  ['<https://wiki.shop.example/pages/1234|Runbook>', { to: 'elsewhere' }],
  ['<https://git.example/shop/-/blob/main/docs/runbooks/api.md>', { to: 'file', path: 'docs/runbooks/api.md' }],
  ['<https://runbooks.example.com/ApiDown>', { to: 'unfilled' }],
  ['https://runbooks.example.com/ApiDown', { to: 'unfilled' }],
  ['https://git.example.com/shop/blob/main/docs/runbooks/api.md', { to: 'file', path: 'docs/runbooks/api.md' }],
])('%s', (link, lead) => {
  expect(leadOf(link, files)).toEqual(lead);
});
