import { describe, expect, it } from 'vitest';
import { readCycloneDx } from './cyclonedx.ts';

const HEX = 'a'.repeat(64);
const COMPONENTS = [{ name: 'lib', version: '1.0', components: [{ name: 'inner' }] }, { name: 'other' }];

function bom(parts: Record<string, unknown>): Uint8Array {
  return Buffer.from(JSON.stringify({ bomFormat: 'CycloneDX', specVersion: '1.6', components: COMPONENTS, ...parts }));
}

const read = (parts: Record<string, unknown>) => readCycloneDx(bom(parts), 'bom.json');
const rated = (...ratings: unknown[]) => read({ vulnerabilities: [{ id: 'CVE-1', ratings }] }).items[0]?.severity;

describe('a CycloneDX document', () => {
  it('is reduced to its vulnerabilities', () => {
    const report = read({
      metadata: { timestamp: '2025-11-20T10:00:00+02:00', tools: { components: [{ name: 'trivy', version: '0.60' }] } },
      vulnerabilities: [
        { id: 'CVE-2', description: 'two', ratings: [{ severity: 'low' }], affects: [{ ref: 'pkg:npm/lib@1.0' }] },
        { id: 'CVE-1', ratings: [{ severity: 'critical' }] },
      ],
    });
    expect(report).toMatchObject({
      format: 'cyclonedx',
      tool: { name: 'trivy', version: '0.60' },
      scope: 3,
      counts: { critical: 1, high: 0, medium: 0, low: 1 },
      finishedAt: '2025-11-20T08:00:00.000Z',
      items: [{ id: 'CVE-1' }, { id: 'CVE-2', message: 'two', location: 'pkg:npm/lib@1.0' }],
    });
  });

  it('tells a clean scan from an inventory that nobody scanned', () => {
    expect(read({ vulnerabilities: [] })).toMatchObject({ scope: 3, items: [] });
    expect(read({}).scope).toBe(0);
    expect(read({ components: [], vulnerabilities: [] }).scope).toBe(0);
  });

  it("takes no empty list for a scan from a tool that writes it into inventories too, but by the caller's word", () => {
    const by = (...names: string[]) => ({
      metadata: { tools: { components: names.map((name) => ({ name })) } },
      vulnerabilities: [],
    });
    const stock = read(by('trivy'));
    expect(stock).toMatchObject({ scope: 0, items: [] });
    expect(stock.incomplete).toContain('only takes stock');
    expect(read({ metadata: { tools: [{ name: 'Trivy' }] }, vulnerabilities: [] }).scope).toBe(0);
    expect(readCycloneDx(bom(by('trivy')), 'bom.json', true)).toMatchObject({ scope: 3, items: [] });
    expect(readCycloneDx(bom({ metadata: by('trivy').metadata }), 'bom.json', true).scope).toBe(0);
    expect(read(by('trivy', 'grype')).scope).toBe(3);
    expect(read({ ...by('trivy'), vulnerabilities: [{ id: 'CVE-1' }] }).scope).toBe(3);
  });

  it('of version 1.4 names its tool in a list', () => {
    expect(read({ specVersion: '1.4', metadata: { tools: [{ vendor: 'a', name: 'grype' }] } }).tool).toEqual({
      name: 'grype',
    });
  });

  it('is rated by the worst of its ratings, and high where nobody rated it', () => {
    expect(rated({ severity: 'low' }, { severity: 'high' }, { severity: 'medium' })).toBe('high');
    expect(rated({ score: 9.8, method: 'CVSSv31' })).toBe('critical');
    expect(rated({ score: 9.8, method: 'CVSSv2' })).toBe('high');
    expect(rated({ score: 6.9, method: 'CVSSv4' })).toBe('medium');
    expect(rated({ score: 9.8, method: 'CVSSv3', severity: 'medium' })).toBe('medium');
    expect(rated({ severity: 'none' })).toBe('low');
    expect(rated({ severity: 'unknown' })).toBe('high');
    expect(rated({ score: 3, method: 'OWASP' })).toBe('high');
    expect(rated()).toBe('high');
  });

  it('sets aside what its author says is not affecting, and lists it', () => {
    const states = ['not_affected', 'false_positive', 'resolved', 'resolved_with_pedigree', 'exploitable', 'in_triage'];
    const report = read({
      vulnerabilities: states.map((state) => ({ id: state, analysis: { state, justification: 'code_not_reachable' } })),
    });
    expect(report.items.map(({ id }) => id)).toEqual(['exploitable', 'in_triage']);
    expect(report.counts.high).toBe(2);
    expect(report.suppressed).toHaveLength(4);
    expect(report.suppressed?.[0]?.because).toBe('not_affected: code_not_reachable');
  });

  it('counts what is called not affected without a word why', () => {
    const state = (analysis: object) => read({ vulnerabilities: [{ id: 'CVE-1', analysis }] }).items.length;
    expect(state({ state: 'not_affected' })).toBe(1);
    expect(state({ state: 'not_affected', justification: ' ' })).toBe(1);
    expect(state({ state: 'not_affected', detail: 'The parser is not built in.' })).toBe(0);
    expect(state({ state: 'resolved' })).toBe(0);
    expect(state({ justification: 'code_not_reachable' })).toBe(1);
  });

  it.each(['1.4', '1.5', '1.6', '1.7'])('of version %s is read', (specVersion) => {
    expect(read({ specVersion, vulnerabilities: [{ id: 'CVE-1' }] }).counts.high).toBe(1);
  });

  it.each([
    [
      'its hash',
      {
        hashes: [
          { alg: 'SHA-256', content: HEX },
          { alg: 'SHA-1', content: 'b'.repeat(40) },
        ],
      },
    ],
    ['its purl', { purl: `pkg:oci/app@sha256%3A${HEX}?repository_url=registry.example/app` }],
    ['its version', { version: `sha256:${HEX}` }],
    [
      'its repository digest',
      { properties: [{ name: 'aquasecurity:trivy:RepoDigest', value: `r.example/app@sha256:${HEX}` }] },
    ],
  ])('is bound to the described component by %s', (_, component) => {
    expect(read({ metadata: { component } }).scanned).toEqual([`sha256:${HEX}`]);
  });

  it('is bound to nothing else: no tag, no other purl, no dependency', () => {
    const component = {
      version: 'latest',
      purl: 'pkg:npm/%ZZ@%ZZ',
      properties: [{ name: 'x', value: `a@sha256:${HEX}` }],
    };
    const components = [{ name: 'dep', version: `sha256:${HEX}` }];
    expect(read({ metadata: { component }, components }).scanned).toEqual([]);
  });

  it.each([
    ['another format', { bomFormat: 'SPDX' }, 'bomFormat'],
    ['another version', { specVersion: '1.3' }, 'specVersion'],
    [
      'a rating that is no number',
      { vulnerabilities: [{ ratings: [{ score: '9' }] }] },
      'vulnerabilities.0.ratings.0.score',
    ],
  ])('of %s is refused', (_, parts, place) => {
    expect(() => read(parts)).toThrow(`bom.json: not a CycloneDX report: ${place}`);
  });

  it('that nests too deep is refused', () => {
    const text = `{"bomFormat":"CycloneDX","specVersion":"1.6","components":${'[{"components":'.repeat(60)}[]${'}]'.repeat(60)}}`;
    expect(() => readCycloneDx(Buffer.from(text), 'bom.json')).toThrow('nested');
  });
});
