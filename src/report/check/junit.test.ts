import { describe, expect, test } from 'vitest';
import { checkReportOf, hostileRow, nothingDeployed, sampleCheck } from '../testing/check-report.ts';
import { elementsOf } from '../testing/xml.ts';
import { renderCheckJunit } from './junit.ts';

describe('renderCheckJunit', () => {
  test('the sample', async () => {
    await expect(renderCheckJunit(sampleCheck)).toMatchFileSnapshot('../__snapshots__/check.junit.xml.snap');
  });

  test('what could not be told is an error, never a skip', () => {
    const elements = elementsOf(renderCheckJunit(sampleCheck));
    const unknown = elements.filter((element) => element.name === 'error').map((element) => element.attributes['type']);
    expect(unknown.sort()).toEqual(['error', 'inconclusive', 'unread', 'unread']);
  });

  test('counts add up at every level', () => {
    const elements = elementsOf(renderCheckJunit(sampleCheck));
    const total = (name: string, count: string): number =>
      elements
        .filter((element) => element.name === name)
        .reduce((sum, element) => sum + Number(element.attributes[count]), 0);
    for (const [count, name] of [
      ['tests', 'testcase'],
      ['failures', 'failure'],
      ['errors', 'error'],
      ['skipped', 'skipped'],
    ] as const) {
      const found = elements.filter((element) => element.name === name).length;
      expect(total('testsuite', count)).toBe(found);
      if (count !== 'skipped') expect(total('testsuites', count)).toBe(found);
    }
  });

  test('says no more than the schemas of Jenkins know: its xUnit plugin refuses the file otherwise', () => {
    // junit-10.xsd and jenkins-junit.xsd, what both allow.
    const known: Readonly<Record<string, readonly string[]>> = {
      testsuites: ['name', 'tests', 'failures', 'errors', 'time'],
      testsuite: ['name', 'tests', 'failures', 'errors', 'skipped', 'time', 'timestamp', 'hostname', 'id', 'package'],
      testcase: ['name', 'classname', 'time'],
      failure: ['message', 'type'],
      error: ['message', 'type'],
      skipped: ['message', 'type'],
    };
    for (const { name, attributes } of elementsOf(renderCheckJunit(sampleCheck)))
      expect(Object.keys(attributes).filter((one) => known[name]?.includes(one) !== true)).toEqual([]);
  });

  test.each([
    ['nothing judged', checkReportOf([], { unread: [] })],
    ['passes where nothing deploys', nothingDeployed({ ...hostileRow, outcome: 'pass' })],
    ['nothing at all', checkReportOf([], { unread: [], withoutSubject: [] })],
  ])('%s is an error, not green', (_, report) => {
    expect(elementsOf(renderCheckJunit(report))[0]?.attributes).toMatchObject({ failures: '0', errors: '1' });
  });

  test('failures known from a baseline alone are no error', () => {
    const report = checkReportOf([{ ...hostileRow, known: true }], { unread: [] });
    expect(elementsOf(renderCheckJunit(report))[0]?.attributes).toMatchObject({ failures: '0', errors: '0' });
  });

  test('hostile names stay text', () => {
    const xml = renderCheckJunit(checkReportOf([hostileRow]));
    const names = new Set(elementsOf(xml).map((element) => element.name));
    expect([...names].sort()).toEqual(['error', 'failure', 'skipped', 'testcase', 'testsuite', 'testsuites']);
    // oxfmt keeps escapes; a parser refuses these characters in any form.
    expect(xml).not.toMatch(/[^\t\n\r\u0020-\uD7FF\uE000-\uFFFD]/);
  });

  test('a message is said once: readers show it above the body', () => {
    const bare = {
      ...hostileRow,
      outcome: 'inconclusive' as const,
      message: 'no edge is read here',
      counterExample: [],
    };
    const second = { ...hostileRow, severity: 'low' as const, message: 'another reason' };
    for (const rows of [[hostileRow], [hostileRow, second], [bare]]) {
      const xml = renderCheckJunit(checkReportOf(rows, { unread: [], withoutSubject: [] }));
      const body = /<(?:failure|error) [^>]*>([^]*?)<\/(?:failure|error)>/.exec(xml)?.[1] ?? '';
      const [, message = 'none'] = /<(?:failure|error) message="([^"]*)"/.exec(xml) ?? [];
      expect(message).not.toBe('none');
      expect(body.replaceAll('"', '&quot;')).not.toContain(message);
      expect(body.includes('another reason')).toBe(rows.length === 2);
    }
  });

  test('several findings about one subject are one test', () => {
    const second = { ...hostileRow, severity: 'critical' as const, message: 'worse' };
    const elements = elementsOf(
      renderCheckJunit(checkReportOf([hostileRow, second], { unread: [], withoutSubject: [] })),
    );
    expect(elements.filter((element) => element.name === 'testcase')).toHaveLength(1);
    expect(elements.find((element) => element.name === 'failure')?.attributes).toMatchObject({
      message: 'worse',
      type: 'critical',
    });
  });
});
