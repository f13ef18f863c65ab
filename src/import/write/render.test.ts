import { expect, test } from 'vitest';
import { importMarkdown } from '../import-markdown.ts';
import { CATALOG, fixture } from '../test-support.ts';
import { renderImport } from './render.ts';

test('the report says what was matched and why, kept, undated, and not placed', () => {
  expect(renderImport(importMarkdown([fixture('tracker'), fixture('odd')], CATALOG))).toMatchSnapshot();
});
