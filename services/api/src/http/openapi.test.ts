import { afterAll, beforeAll, expect, test } from 'vitest';
import { startPlatform, type TestPlatform } from '../../test-support/platform.ts';

let platform: TestPlatform;
beforeAll(async () => {
  platform = await startPlatform();
}, 120_000);
afterAll(() => platform?.stop());

test('openapi.json is what the service says of itself, and names every route with its errors', async () => {
  const { body } = await platform.ask('GET', '/api/v1/openapi.json');
  const text = `${JSON.stringify(body, undefined, 2)}\n`;
  await expect(text).toMatchFileSnapshot('../../openapi.json');
  const document = JSON.parse(text) as {
    paths: Record<string, Record<string, { responses: object }>>;
  };
  expect(Object.keys(document.paths)).toEqual(
    expect.arrayContaining(['/api/v1/instances', '/api/v1/labels', '/api/v1/terminal/tickets', '/events']),
  );
  expect(Object.keys(document.paths['/api/v1/nodes']?.['post']?.responses ?? {})).toEqual([
    '201',
    '400',
    '401',
    '403',
    '409',
    '413',
    '415',
    '429',
    '503',
  ]);
});
