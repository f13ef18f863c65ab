import { describe, expect, it } from 'vitest';
import type { ControlMeta, Subject } from '../model/control.ts';
import { declaredAt } from './declared-at.ts';
import { loadSpec } from './load-spec.ts';
import { locatePointer } from './locate.ts';

const text = `apiVersion: launchgate/v1
kind: Platform
name: shop
environments:
  - { name: production, kind: production }
stores:
  - { name: sessions, kind: redis }
  - { name: orders, kind: postgres }
onCall:
  rotations:
    - { name: day, severities: [P1], members: [] }
`;
const spec = loadSpec(text, 'launchgate.yaml');
const meta = (section?: ControlMeta['section']) => ({ ...(section && { section }) }) as ControlMeta;
const lineOf = (subject: Subject, section?: ControlMeta['section']): number | undefined => {
  const origin = declaredAt(spec, 'launchgate.yaml', subject, meta(section));
  return origin && locatePointer(text, 0, origin.pointer ?? [])?.line;
};

describe('where the spec speaks of a subject', () => {
  it('is its declaration', () => {
    expect(lineOf({ kind: 'store', name: 'orders' })).toBe(8);
    expect(lineOf({ kind: 'environment', name: 'production' })).toBe(5);
  });

  it('is the section that the control judges, or the top where it is missing', () => {
    expect(lineOf({ kind: 'platform', name: 'shop' }, 'onCall')).toBe(9);
    expect(lineOf({ kind: 'platform', name: 'shop' }, 'drills')).toBe(1);
  });

  it('is nowhere for what the spec does not declare', () => {
    expect(lineOf({ kind: 'service', name: 'worker' })).toBeUndefined();
    expect(lineOf({ kind: 'deployable', name: 'plain:k8s' })).toBeUndefined();
  });
});
