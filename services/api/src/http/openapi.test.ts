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
    paths: Record<
      string,
      Record<string, { operationId?: string; requestBody?: { required: boolean }; responses: object }>
    >;
  };
  const bodyOf = (path: string) => document.paths[path]?.['post']?.requestBody?.required;
  expect(['/api/v1/labels', '/api/v1/nodes/{id}/probe'].map(bodyOf)).toEqual([true, false]);
  for (const [path, operations] of Object.entries(document.paths))
    for (const [method, { operationId, responses }] of Object.entries(operations)) {
      expect(operationId, `${method} ${path}`).toMatch(/./);
      expect(Object.keys(responses), `${method} ${path}`).toEqual(expect.arrayContaining(['400', '414', '503']));
      if (method !== 'get')
        expect(Object.keys(responses), `${method} ${path}`).toEqual(expect.arrayContaining(['413', '415']));
    }
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
    '414',
    '415',
    '429',
    '503',
  ]);
});
