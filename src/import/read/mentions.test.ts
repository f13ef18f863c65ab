import { expect, test } from 'vitest';
import { importText } from '../test-support.ts';

test.each([
  ['Restore of the orders database rehearsed (@bo) #412', '@bo'],
  ['Alerts routed to the on-call @ana-ruiz @shop/sre-team (due 2026-04-01)', '@ana-ruiz, @shop/sre-team'],
  ['WAF in blocking mode - @bo', '@bo'],
  ['Pager rotation staffed (@ana, @bo)', '@ana, @bo'],
  ['Canary automated @cy (owner: Di)', 'Di'],
])('%s has an owner', (text, owner) => {
  const [item] = importText(`# Launch\n\n- [ ] ${text}\n`).items;
  expect(item?.owner).toBe(owner);
});

test.each([
  'Anything open is escalated to @cto',
  'Reviewed by @bo',
  'Rate limits with `@nestjs/throttler`',
  'Use @nuxt',
  'Mail to ops@example.com answered',
  'Runbook names @bo as a second contact',
])('%s has none', (text) => {
  const [item] = importText(`# Launch\n\n- [ ] ${text}\n`).items;
  expect(item).toMatchObject({ title: text.replaceAll('`', '') });
  expect(item?.owner).toBeUndefined();
});

test('a table of who is responsible gives each row to who answers for it', () => {
  const { items } = importText(`# Launch

| Activity | Tech Lead | Product Owner | SRE |
| --- | --- | --- | --- |
| Disruption budgets set | C | I | R/A |
| Secrets rotated | R | A | C |
| Runbooks written | R | - | R |
| Price list printed | | | I |
`);
  expect(items.map(({ owner }) => owner)).toEqual(['SRE', 'Product Owner', 'Tech Lead, SRE', undefined]);
  expect(items[1]?.notes).toEqual([
    { label: 'Tech Lead', text: 'R' },
    { label: 'Product Owner', text: 'A' },
    { label: 'SRE', text: 'C' },
  ]);
});
