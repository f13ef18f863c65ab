import { isUtf8 } from 'node:buffer';
import { parseXml, XmlElement } from '@rgrove/parse-xml';
import {
  digestOfReport,
  INTAKE_LIMITS,
  instant,
  malformed,
  notWhole,
  sampleOf,
  tally,
  toolNamed,
  type IntakeLimits,
  type Report,
  type ReportedItem,
} from './report.ts';
import { xmlDepth } from './xml-depth.ts';

/** What one test case came to. */
interface Case {
  readonly name: string;
  readonly outcome: 'passed' | 'failed' | 'skipped';
  readonly message: string;
  readonly location?: string;
}

/**
 * Reads a JUnit XML report (`testsuites` or `testsuite`, nested or not). Its scope is the number of tests that ran: skipped ones
 * looked at nothing. Failures and errors, those of a suite itself included, count as high; where a suite declares more of them than it
 * lists, the declared number holds. Where one declares more tests than it lists or skipped, the others are unknown and the report is not
 * whole. Document types and entities of one's own are refused. Throws `evidence-invalid`, naming `where`.
 */
export function readJunit(bytes: Uint8Array, where: string, limits: IntakeLimits = INTAKE_LIMITS): Report {
  const root = parse(bytes, where, limits);
  if (root.name !== 'testsuites' && root.name !== 'testsuite')
    throw malformed(where, 'a JUnit report', `its root element is ${root.name}, expected testsuites or testsuite`);
  const elements = [...elementsOf(root, ({ name }) => name === 'testcase')];
  if (elements.length > limits.entries)
    throw malformed(where, 'a JUnit report', `more than ${limits.entries} test cases`);
  const cases = elements.map(readCase);
  const broken = [...elementsOf(root, isFault)].map(readBrokenSuite);
  const listed = [...cases.filter(({ outcome }) => outcome === 'failed'), ...broken];
  const declared = declaredFailures(root, where);
  const skipped = cases.filter(({ outcome }) => outcome === 'skipped').length;
  const unlistedFailures: ReportedItem[] =
    declared <= listed.length
      ? []
      : [
          {
            id: 'unlisted-failures',
            severity: 'high',
            message: `The report declares ${declared} failures and lists ${listed.length}.`,
          },
        ];
  const failures = listed.map(({ name, message, location }): ReportedItem => ({
    id: name,
    severity: 'high',
    message,
    ...(location === undefined ? {} : { location }),
  }));
  const { missing: unlisted } = testsIn(root, where);
  const startedAt = earliest(root);
  return {
    format: 'junit',
    tool: toolNamed(root.attributes['name'] ?? 'junit', undefined),
    report: digestOfReport(bytes),
    ...(cases.length === 0 ? {} : { tests: sampleOf(cases.map(({ name }) => name)) }),
    scanned: [],
    scope: unlisted > 0 ? 0 : cases.length - skipped,
    ...notWhole(unlisted > 0 ? `it declares ${unlisted} tests more than it lists` : undefined),
    ...tally([...failures, ...unlistedFailures], limits),
    failed: Math.max(listed.length, declared),
    skipped,
    commits: [],
    ...(startedAt === undefined ? {} : { startedAt, finishedAt: startedAt }),
  };
}

function parse(bytes: Uint8Array, where: string, limits: IntakeLimits): XmlElement {
  if (bytes.length > limits.bytes) throw malformed(where, 'a JUnit report', `it has more than ${limits.bytes} bytes`);
  if (!isUtf8(bytes)) throw malformed(where, 'a JUnit report', 'it is not UTF-8');
  const text = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('utf8');
  if (/<!DOCTYPE/i.test(text.slice(0, text.search(/<testsuites?\b/) + 1 || undefined)))
    throw malformed(where, 'a JUnit report', 'it has a document type declaration');
  if (xmlDepth(text) > limits.depth)
    throw malformed(where, 'a JUnit report', `it is nested more than ${limits.depth} deep`);
  try {
    const { root } = parseXml(text);
    if (root !== null) return root;
  } catch (error) {
    throw malformed(where, 'a JUnit report', (error as Error).message.split('\n', 1)[0] ?? 'it is not XML');
  }
  throw malformed(where, 'a JUnit report', 'it is empty');
}

function childrenOf(element: XmlElement): XmlElement[] {
  return element.children.filter((child) => child instanceof XmlElement);
}

function* elementsOf(element: XmlElement, wanted: (element: XmlElement) => boolean): Generator<XmlElement> {
  for (const child of childrenOf(element)) {
    if (wanted(child)) yield child;
    else if (child.name === 'testsuite') yield* elementsOf(child, wanted);
  }
}

/** A case with both a failure and a rerun counts as failed; flaky ones that passed in the end (`flakyFailure`) do not. */
function readCase(element: XmlElement): Case {
  const { classname, name = 'unnamed', file, line, status, result } = element.attributes;
  const title = classname === undefined || classname === '' ? name : `${classname} ${name}`;
  const children = childrenOf(element);
  const bad = children.find(isFault);
  const place = file === undefined ? {} : { location: line === undefined ? file : `${file}:${line}` };
  if (bad !== undefined) return { name: title, outcome: 'failed', message: messageOf(bad), ...place };
  const said = [status, result].map((word) => word?.toLowerCase() ?? '');
  if (said.some((word) => FAILED.has(word)))
    return { name: title, outcome: 'failed', message: said.join(' ').trim(), ...place };
  const skipped = children.some((child) => child.name === 'skipped') || said.some((word) => SKIPPED.has(word));
  return { name: title, outcome: skipped ? 'skipped' : 'passed', message: '', ...place };
}

/** What some tools say in an attribute alone, be it called `status` or `result`. */
const FAILED: ReadonlySet<string> = new Set(['fail', 'failed', 'failure', 'error', 'errored', 'broken']);
const SKIPPED: ReadonlySet<string> = new Set(['notrun', 'skip', 'skipped', 'disabled', 'ignored', 'suppressed']);

function isFault({ name }: XmlElement): boolean {
  return name === 'failure' || name === 'error';
}

/** A failure or an error of a suite itself: its set-up broke, so what it would have tested is unknown. */
function readBrokenSuite(fault: XmlElement): Case {
  const suite = fault.parent instanceof XmlElement ? fault.parent.attributes['name'] : undefined;
  return { name: suite ?? 'unnamed', outcome: 'failed', message: messageOf(fault) };
}

function messageOf(fault: XmlElement): string {
  return (fault.attributes['message'] ?? fault.text).trim() || fault.name;
}

/** Failures and errors as an element declares them, or the suites in it where those declare more. */
function declaredFailures(element: XmlElement, where: string): number {
  const { failures, errors } = element.attributes;
  const below = childrenOf(element)
    .filter(({ name }) => name === 'testsuite')
    .reduce((sum, suite) => sum + declaredFailures(suite, where), 0);
  return Math.max(count(failures, where) + count(errors, where), below);
}

/**
 * Tests that an element lists, how many of them as skipped, and how many more it, or the suites in it, declare that were not left out
 * either: some runners do not list what they skip, so what is declared as skipped and not listed as such may be missing.
 */
function testsIn(element: XmlElement, where: string): { listed: number; skips: number; missing: number } {
  let [listed, skips, below] = [0, 0, 0];
  for (const child of childrenOf(element)) {
    if (child.name === 'testcase') {
      listed += 1;
      if (readCase(child).outcome === 'skipped') skips += 1;
    }
    if (child.name !== 'testsuite') continue;
    const inner = testsIn(child, where);
    listed += inner.listed;
    skips += inner.skips;
    below += inner.missing;
  }
  const { tests, skipped, disabled } = element.attributes;
  const leftOut = Math.max(0, count(skipped, where) + count(disabled, where) - skips);
  return { listed, skips, missing: Math.max(count(tests, where) - listed - leftOut, below) };
}

function count(text: string | undefined, where: string): number {
  const value = text === undefined || text === '' ? 0 : Number(text);
  if (!Number.isSafeInteger(value) || value < 0)
    throw malformed(where, 'a JUnit report', `${JSON.stringify(text)} is no count`);
  return value;
}

/** The earliest time of any suite: what follows it cannot be older. Times without a zone are taken for UTC. */
function earliest(element: XmlElement): string | undefined {
  const own = element.attributes['timestamp'];
  const zoned = own !== undefined && /T[\d:.]+$/.test(own) ? `${own}Z` : own;
  const below = childrenOf(element).flatMap((child) => (child.name === 'testsuite' ? (earliest(child) ?? []) : []));
  return [...(instant(zoned) === undefined ? [] : [instant(zoned) as string]), ...below].sort()[0];
}
