import { describe, expect, it } from 'vitest';
import { explain, outside, podsOf } from './index.ts';
import { answer, intoB, kubeObject, memoryReach } from './reach.testkit.ts';

const A = 'default/a[Deployment]';
const B = 'default/b[Deployment]';
const SUBJECT = { namespaces: {} };
const cluster = (name: string, spec: Record<string, unknown>) =>
  kubeObject('ClusterNetworkPolicy', name, { tier: 'Admin', priority: 10, subject: SUBJECT, ...spec });
const rule = (action: string, port?: number) => ({
  action,
  from: [{ namespaces: {} }],
  ...(port === undefined ? {} : { protocols: [{ tcp: { destinationPort: { number: port } } }] }),
});

describe('ClusterNetworkPolicy', () => {
  const closed = intoB();

  it('goes before a NetworkPolicy, or passes to it', () => {
    const policy = cluster('p', { ingress: [rule('Accept', 80), rule('Pass', 81), rule('Deny')] });
    expect(
      answer(
        memoryReach('a[Deployment]', 'b[Deployment]', intoB({ ports: [{ port: 81 }, { port: 82 }] }), policy),
        A,
        B,
      ),
    ).toBe('TCP 80-81');
  });

  it('asks lower priorities first, and does not know among equals that disagree', () => {
    const [accept, deny] = [
      cluster('x', { ingress: [rule('Accept')] }),
      (priority: number) => cluster('y', { priority, ingress: [rule('Deny', 80)] }),
    ];
    expect(answer(memoryReach('a[Deployment]', 'b[Deployment]', closed, accept, deny(11)), A, B)).toBe(
      'All Connections',
    );
    expect(answer(memoryReach('a[Deployment]', 'b[Deployment]', accept, deny(9)), A, B)).toBe(
      'SCTP 1-65535,TCP 1-79,81-65535,UDP 1-65535',
    );
    const tied = memoryReach('a[Deployment]', 'b[Deployment]', accept, deny(10));
    expect(answer(tied, A, B)).toMatch(/, unknown TCP 80$/);
    const [a, b] = [podsOf(tied, A), podsOf(tied, B)];
    if (a === undefined || b === undefined) throw new Error('no such end');
    expect(explain(tied, a, b, 'TCP', 80).ingress.reasons).toEqual([
      'policies of equal priority disagree, and any of them may be applied',
    ]);
  });

  it('has a baseline for pods that no NetworkPolicy selects', () => {
    const base = cluster('base', { tier: 'Baseline', ingress: [rule('Deny')] });
    expect(answer(memoryReach('a[Deployment]', 'b[Deployment]', base), A, B)).toBe('No Connections');
    expect(answer(memoryReach('a[Deployment]', 'b[Deployment]', base, intoB({ ports: [{ port: 80 }] })), A, B)).toBe(
      'TCP 80',
    );
  });

  it('fails closed on a peer it does not know', () => {
    const odd = (action: string) => cluster('p', { ingress: [{ action, from: [{ moons: {} }] }, rule('Accept')] });
    expect(answer(memoryReach('a[Deployment]', 'b[Deployment]', closed, odd('Accept')), A, B)).toBe('All Connections');
    expect(answer(memoryReach('a[Deployment]', 'b[Deployment]', odd('Pass')), A, B)).toBe('No Connections');
  });

  it('reads the policies of v1alpha1', () => {
    const admin = kubeObject('AdminNetworkPolicy', 'p', {
      priority: 5,
      subject: SUBJECT,
      ingress: [
        {
          action: 'Allow',
          from: [{ pods: { namespaceSelector: {}, podSelector: { matchLabels: { app: 'a' } } } }],
          ports: [{ portRange: { protocol: 'TCP', start: 80, end: 90 } }],
        },
      ],
    });
    const base = kubeObject('BaselineAdminNetworkPolicy', 'default', {
      subject: SUBJECT,
      ingress: [{ action: 'Deny', from: [{ namespaces: {} }] }],
    });
    expect(answer(memoryReach('a[Deployment]', 'b[Deployment]', admin, base), A, B)).toBe('TCP 80-90');
  });

  it.each([{ tier: 'Other' }, { priority: 1001 }, { subject: {} }, { ingress: [{ action: 'Deny', from: [] }] }])(
    '%j would be refused, so nothing is sure',
    (spec) => {
      expect(
        answer(memoryReach('a[Deployment]', 'b[Deployment]', cluster('p', { ingress: [rule('Deny')], ...spec })), A, B),
      ).toBe('unknown All Connections');
    },
  );

  it('knows what a policy that would be refused leaves open either way', () => {
    const refused = kubeObject('AdminNetworkPolicy', 'p', {
      priority: 5,
      subject: { pods: { namespaceSelector: {}, podSelector: { matchLabels: { app: 'b' } } } },
      egress: [
        {
          action: 'Allow',
          to: [{ networks: ['192.0.2.1/32'] }, { namespaces: {} }],
          ports: [{ namedPort: 'http' }, { portNumber: { protocol: 'TCP', port: 443 } }],
        },
        { action: 'Deny', to: [{ networks: ['192.0.2.1/32'] }] },
      ],
    });
    const reach = memoryReach('a[Deployment]', 'b[Deployment]', refused);
    const block = outside('192.0.2.1');
    if (block === undefined) throw new Error('no such address');
    expect(answer(reach, B, block)).toBe('TCP 443, unknown SCTP 1-65535,TCP 1-442,444-65535,UDP 1-65535');
    expect(answer(reach, A, block)).toBe('All Connections');
    expect(answer(reach, A, B)).toBe('All Connections');
  });
});
