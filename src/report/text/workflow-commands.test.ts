import { describe, expect, test } from 'vitest';
import { jsonText } from './json.ts';
import { visible } from './visible.ts';
import { withoutCommands } from './workflow-commands.ts';

const COMMANDS = [
  '::error file=a.yaml::x',
  '  ::add-mask::x',
  '::stop-commands::x',
  'name ##[add-matcher]/tmp/x',
  'a###[error]b',
  'a ##vso[task.setvariable variable=x]y',
  "##teamcity[buildStatus status='SUCCESS']",
];
/** How runners find one: GitHub Actions at the start of a line or, in the old form, anywhere; Azure Pipelines anywhere. */
const OBEYED = /^\s*::[a-z-]+[^:]*::|##[a-z]*\[/im;

describe('commands to a CI server', () => {
  test.each(COMMANDS)('are none in text, JSON and XML: %s', (text) => {
    expect(text).toMatch(OBEYED);
    for (const written of [visible(text), jsonText({ text }), withoutCommands(text)])
      expect(written).not.toMatch(OBEYED);
  });

  test.each(COMMANDS)('leave JSON its value: %s', (text) => {
    const tricky = { [text]: `\\${text}\\\\${text}` };
    expect(JSON.parse(jsonText(tricky))).toEqual(tricky);
  });

  test.each(['::/0', '::1', 'from ::ffff:10.0.0.1 to ::1', 'std::error', '# [1]', '## Heading', 'a#b'])(
    'are not seen in %s',
    (text) => {
      expect(visible(text)).toBe(text);
    },
  );
});
