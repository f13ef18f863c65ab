import { withoutCommands } from '../text/workflow-commands.ts';

/** One test, with what JUnit readers show of it. */
export interface TestCase {
  readonly suite: string;
  readonly name: string;
  /** Absent: it passed. Never `skipped` for what could not be told. */
  readonly problem?: {
    readonly kind: 'failure' | 'error' | 'skipped';
    /** One line. */
    readonly message: string;
    readonly type?: string;
    readonly body?: string;
  };
  /** What a pass saw. */
  readonly output?: string;
}

/**
 * What XML 1.0 cannot hold, not even escaped (its production 2, Char), and what has no picture: other control and format
 * characters, lone surrogates. The two joiners that scripts and emoji need are left alone.
 */
const HIDDEN = /(?![\t\n\r\u200C\u200D])[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}\uFFFE\uFFFF]/gu;

/** A JUnit file: suites in the order of their first case. Without any case it holds one that errs, so that it is never green. */
export function junitXml(name: string, cases: readonly TestCase[]): string {
  const all = cases.length > 0 ? cases : [nothing(name)];
  const suites = [...Map.groupBy(all, (test) => test.suite)];
  return [
    '<?xml version="1.0" encoding="UTF-8"?>',
    `<testsuites name=${quoted(name)} ${totals(all)}>`,
    ...suites.flatMap(([suite, tests]) => [
      `  <testsuite name=${quoted(suite)} ${totals(tests)} skipped="${countOf(tests, 'skipped')}">`,
      ...tests.flatMap(caseLines),
      '  </testsuite>',
    ]),
    '</testsuites>',
    '',
  ].join('\n');
}

function caseLines(test: TestCase): string[] {
  const open = `    <testcase classname=${quoted(test.suite)} name=${quoted(test.name)}`;
  if (test.problem !== undefined) {
    const { kind, message, type, body } = test.problem;
    const attributes = `message=${quoted(message)}${type === undefined ? '' : ` type=${quoted(type)}`}`;
    const element =
      body === undefined ? `      <${kind} ${attributes}/>` : `      <${kind} ${attributes}>${escaped(body)}</${kind}>`;
    return [`${open}>`, element, '    </testcase>'];
  }
  if (test.output === undefined) return [`${open}/>`];
  return [`${open}>`, `      <system-out>${escaped(test.output)}</system-out>`, '    </testcase>'];
}

/** What suites and their root may both say: the schemas of Jenkins know `skipped` of suites only, and its xUnit plugin refuses a file with more. */
function totals(tests: readonly TestCase[]): string {
  return `tests="${tests.length}" failures="${countOf(tests, 'failure')}" errors="${countOf(tests, 'error')}"`;
}

function countOf(tests: readonly TestCase[], kind: string): number {
  return tests.filter(({ problem }) => problem?.kind === kind).length;
}

function nothing(name: string): TestCase {
  const message = 'Nothing was judged: this is no clean result.';
  return { suite: name, name: 'anything', problem: { kind: 'error', message } };
}

/** An attribute's value. Line breaks are kept as references: a parser would make spaces of them. */
function quoted(text: string): string {
  const value = escaped(text)
    .replaceAll('"', '&quot;')
    .replaceAll(/[\t\n\r]/g, (character) => `&#${character.charCodeAt(0)};`);
  return `"${value}"`;
}

function escaped(text: string): string {
  return withoutCommands(
    text
      .replaceAll(HIDDEN, (character) => `\\u${(character.codePointAt(0) ?? 0).toString(16).padStart(4, '0')}`)
      .replaceAll('&', '&amp;')
      .replaceAll('<', '&lt;')
      .replaceAll('>', '&gt;'),
  );
}
