import { describe, expect, it } from 'vitest';
import { kubeObject, memoryReach } from './reach.testkit.ts';
import {
  explain,
  INTERNET,
  loosePods,
  outside,
  OWN_NODE,
  OTHER_NODE,
  podGroups,
  podsOf,
  portsText,
  type Endpoint,
  type Reachability,
} from './index.ts';

const ANSWER = (reach: Reachability, from: Endpoint | undefined, to: Endpoint | undefined): string => {
  if (from === undefined || to === undefined) throw new Error('no such endpoint');
  const { allowed, unknown } = reach.connection(from, to);
  return unknown.length === 0 ? portsText(allowed) : `${portsText(allowed)}; unknown ${portsText(unknown)}`;
};

describe('reachability', () => {
  it('lets everything pass where no policy is', () => {
    const reach = memoryReach('a[Deployment]', 'b[Deployment]');
    expect(ANSWER(reach, podsOf(reach, 'default/a[Deployment]'), podsOf(reach, 'default/b[Deployment]'))).toBe(
      'All Connections',
    );
    expect(ANSWER(reach, INTERNET, podsOf(reach, 'default/b[Deployment]'))).toBe('All Connections');
  });

  it('isolates what is selected, and only in the directions of the policy', () => {
    const deny = kubeObject('NetworkPolicy', 'deny', { podSelector: {}, policyTypes: ['Ingress'] });
    const reach = memoryReach('a[Deployment]', 'b[Deployment]', deny);
    const [a, b] = [podsOf(reach, 'default/a[Deployment]'), podsOf(reach, 'default/b[Deployment]')];
    expect(ANSWER(reach, a, b)).toBe('No Connections');
    expect(ANSWER(reach, a, outside('8.8.8.8'))).toBe('All Connections');
    expect(ANSWER(reach, OWN_NODE, b)).toBe('All Connections');
    expect(ANSWER(reach, OTHER_NODE, b)).toBe('No Connections');
    expect(ANSWER(reach, loosePods(reach, 'monitoring'), b)).toBe('No Connections');
  });

  it('needs a common port at both ends', () => {
    const reach = memoryReach(
      'a[Deployment]',
      'b[Deployment]',
      kubeObject('NetworkPolicy', 'in', {
        podSelector: { matchLabels: { app: 'b' } },
        ingress: [
          {
            from: [{ podSelector: { matchLabels: { app: 'a' } } }],
            ports: [
              { port: 8000, endPort: 8080 },
              { port: 53, protocol: 'UDP' },
            ],
          },
        ],
      }),
      kubeObject('NetworkPolicy', 'out', {
        podSelector: { matchLabels: { app: 'a' } },
        policyTypes: ['Egress'],
        egress: [{ ports: [{ port: 8080, endPort: 9000 }, { protocol: 'UDP' }] }],
      }),
    );
    const [a, b] = [podsOf(reach, 'default/a[Deployment]'), podsOf(reach, 'default/b[Deployment]')];
    expect(ANSWER(reach, a, b)).toBe('TCP 8080,UDP 53');
    if (a === undefined || b === undefined) throw new Error('missing');
    expect(explain(reach, a, b, 'TCP', 8000)).toMatchObject({
      verdict: 'denied',
      egress: {
        verdict: 'denied',
        because: 'NetworkPolicy default/out isolates these pods, and no rule lets it pass',
        rules: [],
      },
      ingress: { verdict: 'allowed', rules: [{ policy: 'NetworkPolicy default/in', rule: 'ingress[0]', sure: true }] },
    });
  });

  it('does not know whether a block holds pods until their addresses are declared', () => {
    const policy = kubeObject('NetworkPolicy', 'in', {
      podSelector: { matchLabels: { app: 'b' } },
      ingress: [{ from: [{ ipBlock: { cidr: '10.0.0.0/8', except: ['10.9.0.0/16'] } }] }],
    });
    const ends = (reach: Reachability) =>
      [podsOf(reach, 'default/a[Deployment]'), podsOf(reach, 'default/b[Deployment]')] as const;
    const answer = (...cidrs: string[]): string => {
      const reach = memoryReach('a[Deployment]', 'b[Deployment]', policy, ...cidrs);
      return ANSWER(reach, ...ends(reach));
    };
    expect(answer()).toBe('No Connections; unknown All Connections');
    expect(answer('pods 10.1.0.0/16')).toBe('All Connections');
    expect(answer('pods 10.9.1.0/24')).toBe('No Connections');
    expect(answer('pods 10.8.0.0/15')).toBe('No Connections; unknown All Connections');
  });
});

describe('groups', () => {
  it('names each pair once, with the answer of the point query', () => {
    const reach = memoryReach(
      'a[Deployment]',
      'b[Deployment]',
      'c[Deployment]',
      'other/d[Deployment]',
      kubeObject('NetworkPolicy', 'b', {
        podSelector: { matchLabels: { app: 'b' } },
        ingress: [{ from: [{ podSelector: { matchLabels: { app: 'a' } } }], ports: [{ port: 80 }] }],
      }),
      kubeObject('NetworkPolicy', 'other/d', { podSelector: {}, policyTypes: ['Ingress', 'Egress'] }),
    );
    const lines = [...podGroups(reach)].flatMap(({ from, to, connection }) =>
      from.flatMap((a) =>
        to.map((b) => `${a.members[0]?.id} => ${b.members[0]?.id} : ${portsText(connection.allowed)}`),
      ),
    );
    expect(lines.filter((line) => !/(\S+) => \1 /.test(line)).sort()).toEqual([
      'default/a[Deployment] => default/b[Deployment] : TCP 80',
      'default/a[Deployment] => default/c[Deployment] : All Connections',
      'default/b[Deployment] => default/a[Deployment] : All Connections',
      'default/b[Deployment] => default/c[Deployment] : All Connections',
      'default/c[Deployment] => default/a[Deployment] : All Connections',
    ]);
  });
});
