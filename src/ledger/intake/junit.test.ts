import { describe, expect, it } from 'vitest';
import { readJunit } from './junit.ts';
import { xmlDepth } from './xml-depth.ts';

const read = (xml: string) => readJunit(Buffer.from(xml), 'x.xml');

describe('a JUnit report', () => {
  it('is reduced to what ran, what failed and where', () => {
    const report = read(`<?xml version="1.0" encoding="UTF-8"?>
      <testsuites name="all" tests="5" failures="1" errors="1">
        <testsuite name="a" timestamp="2025-11-20T10:00:00">
          <testcase classname="A" name="good"/>
          <testcase classname="A" name="bad &lt;x&gt;" file="a.ts" line="3"><failure message="1 is not 2">stack</failure></testcase>
          <testsuite name="inner" timestamp="2025-11-20T09:00:00">
            <testcase name="broken"><error><![CDATA[it <threw>]]></error></testcase>
            <testcase name="later"><skipped/></testcase>
            <testcase name="never" status="notrun"/>
            <testcase name="flaky"><flakyFailure message="once"/></testcase>
          </testsuite>
        </testsuite>
      </testsuites>`);
    expect(report).toMatchObject({
      format: 'junit',
      tool: { name: 'all' },
      scope: 4,
      failed: 2,
      skipped: 2,
      counts: { critical: 0, high: 2, medium: 0, low: 0 },
      startedAt: '2025-11-20T09:00:00.000Z',
      finishedAt: '2025-11-20T09:00:00.000Z',
    });
    expect(report.items).toEqual([
      { id: 'A bad <x>', severity: 'high', message: '1 is not 2', location: 'a.ts:3' },
      { id: 'broken', severity: 'high', message: 'it <threw>' },
    ]);
  });

  it.each([
    ['<testsuites/>', 0],
    ['<testsuite tests="7"/>', 0],
    ['<testsuite><testcase name="a"><skipped/></testcase></testsuite>', 0],
    ['<testsuite><testcase name="a"/></testsuite>', 1],
  ])('%s has a scope of %i', (xml, scope) => {
    expect(read(xml).scope).toBe(scope);
  });

  it('does not hide failures that it declares and does not list', () => {
    expect(
      read('<testsuite failures="2" errors="1"><testcase name="a"><failure/></testcase></testsuite>'),
    ).toMatchObject({
      failed: 3,
      items: [{ id: 'a' }, { id: 'unlisted-failures' }],
    });
    expect(read('<testsuites><testsuite errors="1"/><testsuite failures="1"/></testsuites>').failed).toBe(2);
    expect(read('<testsuites failures="0"><testsuite failures="0" errors="2"/></testsuites>').failed).toBe(2);
  });

  it.each([
    [
      '<testsuite tests="9"><testcase name="a"/><testcase name="b"/></testsuite>',
      0,
      'it declares 7 tests more than it lists',
    ],
    [
      '<testsuites tests="3"><testsuite><testcase name="a"/><testcase name="b"/></testsuite></testsuites>',
      0,
      'it declares 1 tests more',
    ],
    [
      '<testsuites><testsuite tests="2"/><testsuite tests="1"><testcase name="a"/></testsuite></testsuites>',
      0,
      'it declares 2 tests more',
    ],
    [
      '<testsuite tests="4" skipped="2"><testcase name="a"/><testcase name="b"><skipped/></testcase><testcase name="c"><skipped/></testcase></testsuite>',
      0,
      'it declares 1 tests more',
    ],
    [
      '<testsuite tests="3" skipped="2"><testcase name="a"/><testcase name="b"><skipped/></testcase></testsuite>',
      1,
      undefined,
    ],
    ['<testsuite tests="3" skipped="1" disabled="1"><testcase name="a"/></testsuite>', 1, undefined],
    ['<testsuite tests="1"><testcase name="a"/><testcase name="b"/></testsuite>', 2, undefined],
    [
      '<testsuites tests="2"><testsuite tests="2"><testsuite tests="2"><testcase/><testcase/></testsuite></testsuite></testsuites>',
      2,
      undefined,
    ],
  ])('%s: %i tests are known to have run', (xml, scope, incomplete) => {
    const report = read(xml);
    expect(report.scope).toBe(scope);
    if (incomplete === undefined) expect(report.incomplete).toBeUndefined();
    else expect(report.incomplete).toContain(incomplete);
  });

  it('counts what breaks a suite as a whole', () => {
    const xml = '<testsuite name="s"><testcase name="a"/><error message="no database"/></testsuite>';
    expect(read(xml)).toMatchObject({ failed: 1, items: [{ id: 's', message: 'no database' }] });
  });

  it.each([
    ['status="failed"', 1, 1],
    ['status="run" result="Failed"', 1, 1],
    ['status="run" result="completed"', 0, 1],
    ['status="run" result="suppressed"', 0, 0],
    ['status="disabled"', 0, 0],
  ])('reads a test that only says %s', (attributes, failed, scope) => {
    expect(read(`<testsuite><testcase name="a" ${attributes}/></testsuite>`)).toMatchObject({ failed, scope });
  });

  it.each([
    ['', 'Root element'],
    ['<html/>', 'its root element is html'],
    ['<testsuite>', ''],
    ['<testsuite failures="many"/>', 'is no count'],
    ['<testsuite failures="-1"/>', 'is no count'],
    ['<!DOCTYPE t [<!ENTITY a "b">]><testsuite name="&a;"/>', 'document type'],
    ['<!doctype t><testsuite/>', 'document type'],
    ['<testsuite name="&undefined;"/>', "isn't defined"],
    [`<testsuite>${'<testsuite>'.repeat(200)}${'</testsuite>'.repeat(200)}</testsuite>`, 'nested'],
    [`<testsuite>${'<a>'.repeat(100_000)}`, 'nested'],
  ])('%# that is malformed or hostile is refused', (xml, reason) => {
    expect(() => read(xml)).toThrow(new RegExp(`^x.xml: not a JUnit report: .*${reason}`));
  });

  it('that is not UTF-8 is refused', () => {
    expect(() => readJunit(Uint8Array.of(0x3c, 0xff), 'x.xml')).toThrow('not UTF-8');
  });
});

describe('the depth of XML', () => {
  it.each([
    ['<a/>', 0],
    ['<a><b></b><b/></a>', 2],
    ['<a x="<b>" y=\'>\'/>', 0],
    ['<a><!-- <b><c> --><![CDATA[<d><e>]]><?p <f> ?></a>', 1],
    ['<a', 1],
    ['<!-- open', 0],
  ])('%s is %i', (xml, depth) => {
    expect(xmlDepth(xml)).toBe(depth);
  });
});
