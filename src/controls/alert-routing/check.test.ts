import { describe, expect, test } from 'vitest';
import { readConfig } from '../../proofs/alerting/routing/read/config.ts';
import type { FoundAlertmanager } from '../../proofs/alerting/routing/index.ts';
import { check, type Params } from './check.ts';
import type { Alert, Routing } from './input.ts';
import { synth } from './synth.ts';

const subject = { kind: 'environment', name: 'production' } as const;
const params: Params = {
  label: 'severity',
  meaning: { critical: 'P0' },
  silent: ['none'],
  paging: ['pagerduty'],
  unused: true,
};
const origin = { path: 'alertmanager.yml' };

function alertmanager(routes: object[], rest: object = {}): FoundAlertmanager {
  const read = readConfig(
    {
      route: { receiver: 'chat', routes },
      receivers: [
        { name: 'pager', pagerduty_configs: [{ routing_key: 'x' }] },
        { name: 'chat', slack_configs: [{ api_url: 'https://chat.example' }] },
        { name: 'nobody' },
      ],
      ...rest,
    },
    origin,
  );
  if ('refused' in read) throw new Error(read.refused.because);
  return { name: 'alertmanager.yml', origin, config: read.value, rejected: [], editable: true };
}

function alert(name: string, severity: string, more: Partial<Alert> = {}): Alert {
  const known = { severity: { kind: 'is', value: severity }, alertname: { kind: 'is', value: name } } as const;
  return {
    name,
    labels: { known, others: 'missing' },
    dropped: 'no',
    constant: false,
    origin: { path: 'rules.yml' },
    ...more,
  };
}

function given(alertmanagers: FoundAlertmanager[], ...alerts: Alert[]): Routing {
  return {
    alertmanagers,
    alerts,
    severities: [
      { name: 'P0', respondWithin: '5m', page: true },
      { name: 'P2', respondWithin: '8h', page: false },
    ],
    rotations: [{ name: 'sre', severities: ['P0'], receiver: 'pager' }],
    unseen: [],
  };
}

const paged = { matchers: ['severity=~"P0|critical"'], receiver: 'pager' };
const messages = (input: Routing): string[] => {
  const result = check(subject, input, params);
  return result.outcome === 'fail' ? result.findings.map(({ message }) => message) : [result.outcome];
};

describe('check', () => {
  test('a value of another name means what the params say', () => {
    expect(messages(given([alertmanager([paged])], alert('Down', 'critical')))).toEqual(['pass']);
    expect(messages(given([alertmanager([])], alert('Down', 'critical')))[0]).toContain('Down (P0) does not page');
  });

  test('what is to be routed is named by the label that alerts carry', () => {
    const answer = check(subject, given([alertmanager([])], alert('Down', 'critical'), alert('Gone', 'p0')), params);
    expect(answer.outcome === 'fail' && answer.findings[0]?.remediation).toMatch(/^Route severity=~"critical\|p0" to /);
  });

  test('one Alertmanager that pages is enough', () => {
    expect(messages(given([alertmanager([]), alertmanager([paged])], alert('Down', 'P0')))).toEqual(['pass']);
  });

  test('an alert that may be silent reaches nobody and that is right', () => {
    const config = alertmanager([paged, { matchers: ['severity="none"'], receiver: 'nobody' }]);
    expect(messages(given([config], alert('Down', 'P0'), alert('Inhibitor', 'none')))).toEqual(['pass']);
  });

  test('a route for a label that is not known is taken as meant, and the root is not', () => {
    const open = alert('Down', 'P0');
    const anything: Alert = { ...open, labels: { ...open.labels, others: 'anything' } };
    const dev = alertmanager([{ matchers: ['namespace="dev"'], receiver: 'nobody' }, paged]);
    expect(messages(given([dev], anything))).toEqual(['pass']);
    const only = alertmanager([{ matchers: ['namespace="shop"'], receiver: 'pager' }]);
    expect(messages(given([only], anything))).toEqual(['inconclusive']);
  });

  test('pages that inhibit each other are found, and one that something constant mutes', () => {
    const rule = (source: string, target: string): object => ({
      source_match: { alertname: source },
      target_match: { alertname: target },
    });
    const mutual = alertmanager([paged], { inhibit_rules: [rule('A', 'B'), rule('B', 'A')] });
    expect(messages(given([mutual], alert('A', 'P0'), alert('B', 'P0')))[0]).toContain('inhibit each other');
    const watchdog = alert('Watchdog', 'P2', { constant: true });
    const constant = alertmanager([paged], { inhibit_rules: [rule('Watchdog', 'A')] });
    expect(messages(given([constant], alert('A', 'P0'), watchdog))[0]).toContain('never pages');
  });

  test('an alert that relabelling drops never arrives', () => {
    const dropped = alert('Lost', 'P2', { dropped: 'yes' });
    expect(messages(given([alertmanager([paged])], alert('Down', 'P0'), dropped))[0]).toContain('dropped');
  });

  test('a configuration that cannot be seen leaves it open', () => {
    const unseen: FoundAlertmanager = { ...alertmanager([]), config: undefined, unseen: 'it is elsewhere' };
    expect(messages(given([unseen], alert('Down', 'P0')))).toEqual(['inconclusive']);
  });
});

describe('synth', () => {
  test('adds the last route that is missing, and leaves a config that is no file alone', () => {
    const input = given([alertmanager([])], alert('Down', 'critical'));
    expect(synth(subject, input, params)).toMatchObject([
      {
        op: 'set',
        origin: { pointer: ['route', 'routes', 0] },
        value: { receiver: 'pager', matchers: ['severity=~"critical"'] },
      },
    ]);
    const embedded = { ...input, alertmanagers: [{ ...alertmanager([]), editable: false }] };
    expect(synth(subject, embedded, params)).toEqual([]);
  });

  test('does not guess where something takes the alert before', () => {
    const taken = alertmanager([{ matchers: ['severity="P0"'], receiver: 'chat' }]);
    expect(synth(subject, given([taken], alert('Down', 'P0')), params)).toEqual([]);
  });
});
