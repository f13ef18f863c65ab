import { describe, expect, test } from 'vitest';
import { importFixture, importText, controlsOf, item, titles, track } from './test-support.ts';

describe('capability tables and glued workstreams', () => {
  const result = importFixture('platform-table');

  test('every required row is a launch item, and an extra bar stays in its cell', () => {
    const rows = result.items.filter((each) => each.section.includes('Required for Launch'));
    expect(rows.map((row) => row.title)).toEqual([
      'Edge gateway',
      'Web application firewall',
      'Vault for credentials',
      'Nightly backups and restore tests (MySQL)',
      'Print spooler',
    ]);
    expect(rows.every((row) => row.launch)).toBe(true);
    expect(item(result, 'Print spooler').notes).toEqual([
      { label: 'Rationale', text: 'Invoices go out on paper | by post' },
    ]);
    expect(controlsOf(result, 'Nightly backups')).toEqual(['backup-policy', 'restore']);
  });

  test('deferred rows carry their triggers, one of them broken over two lines', () => {
    expect(result.parts.deferred).toContainEqual({
      component: 'Service mesh',
      trigger: 'Plain network policy no longer expresses what teams need',
    });
    expect(item(result, 'Second region').lines).toEqual([15, 16]);
    expect(result.parts.deferred.map((entry) => entry.component)).toEqual(['Service mesh', 'Second region']);
  });

  test('bullets that hang on the line before are split, and each lane is a track', () => {
    expect(track(result, 'edge-lane-workstream').items).toHaveLength(4);
    expect(track(result, 'telemetry-workstream').items).toHaveLength(2);
    expect(track(result, 'paperwork-workstream').items).toHaveLength(1);
    expect(item(result, 'Bound request size').statement).toBe('Bound request size and rate limits.');
    expect(item(result, 'Write the first SLO alerts').lines).toEqual([29, 30]);
  });

  test('the launch sentence is a rule of a gate and no control', () => {
    const [rule, ...others] = result.items.filter((each) => each.kind === 'gate');
    expect(others).toEqual([]);
    expect(rule?.statement).toContain('Launch is blocked unless');
    expect(rule?.custom).toBeUndefined();
  });

  test('purpose and reasons are context', () => {
    const context = result.lines.filter((line) => line.as === 'prose').map((line) => line.line);
    expect(context).toEqual([2, 18, 19]);
  });
});

describe('trackers', () => {
  const result = importFixture('tracker');

  test('fields glued to the values before them', () => {
    expect(track(result, 'alerting-pack')).toMatchObject({
      number: 1,
      status: 'in_progress',
      owner: 'Reliability Lead',
      target: 'Before open beta',
      pending: ['fired alerts from staging.'],
      evidence: [
        { title: 'Rule check command: make alerts-check' },
        { title: 'Rules baseline', link: 'docs/ops/alert_rules.yaml' },
        { title: 'Simulation notes/report', link: 'docs/ops/alert_sim.md' },
        { title: 'Simulation notes/report', link: 'docs/ops/alert_sim_report.md' },
      ],
    });
    expect(track(result, 'alerting-pack').items).toHaveLength(2);
  });

  test('bold and code-quoted fields with indentation that means nothing', () => {
    const restore = track(result, 'restore-practice');
    expect(restore).toMatchObject({ status: 'done', owner: 'Storage + Support', target: '2031-03-01', pending: [] });
    expect(restore.evidence).toEqual([
      { title: 'rehearsal log', link: 'docs/ops/restore.md' },
      { title: 'timings', link: 'https://example.org/timings' },
    ]);
    expect(restore.items).toHaveLength(2);
  });

  test('fields without bullets; a status that is no word of a tracker is left out and reported', () => {
    const cost = track(result, 'cost-guardrails');
    expect(cost).toMatchObject({ owner: 'Finance', target: 'Before open beta', pending: ['dashboard links.'] });
    expect(cost.status).toBeUndefined();
    expect(result.remarks.join('\n')).toContain('“nearly there”');
  });

  test('targets are milestones, a date by itself is a date, and undated ones are reported once', () => {
    expect(result.parts.milestones).toEqual([{ name: 'before-open-beta', title: 'Before open beta' }]);
    expect(result.spec.tracks.map((each) => each.target)).toEqual([
      'before-open-beta',
      '2031-03-01',
      'before-open-beta',
    ]);
    expect(result.remarks.filter((remark) => remark.includes('has no date'))).toHaveLength(1);
  });

  test('rules name the tracks they are about', () => {
    const rules = result.items.filter((each) => each.kind === 'gate');
    expect(rules.map((rule) => rule.notes)).toEqual([
      [
        { label: 'tracks', text: '1, 2' },
        { label: 'status', text: 'done' },
      ],
      [
        { label: 'tracks', text: '3' },
        { label: 'status', text: 'in_progress' },
      ],
    ]);
  });

  test('owners are roles, one of two in one field', () => {
    expect(result.roles.map((role) => role.id)).toEqual(['reliability-lead', 'storage', 'support', 'finance']);
  });

  test('what the catalog lacks stays as a control of the user with its source', () => {
    expect(result.parts.controls).toEqual([
      expect.objectContaining({
        id: 'fax-machine-spare-parts-are-stocked',
        sources: ['tracker.md:25'],
        accept: { predicate: 'sign-off', maxAge: '90d' },
      }),
    ]);
    expect(result.parts.tracks[1]?.controls).toEqual(['restore', 'fax-machine-spare-parts-are-stocked']);
  });
});

describe('task lists', () => {
  const result = importFixture('roadmap');

  test('boxes, done-when, labels and stages', () => {
    expect(item(result, 'Ingress TLS')).toMatchObject({
      stage: 'day-0',
      status: 'open',
      doneWhen: 'certificates renew by themselves.',
      statement: 'certificates renew by themselves.',
      lines: [6, 7, 8],
    });
    expect(item(result, 'Checks before merge')).toMatchObject({ status: 'done' });
    expect(item(result, 'Checks before merge').notes).toContainEqual({
      label: 'Repo policy',
      text: 'branch protection, two reviews.',
    });
    expect(item(result, 'Allow-list networking').stage).toBe('weeks-2-3');
  });

  test('an unfinished list of criteria belongs to its label', () => {
    expect(item(result, 'Break-glass')).toMatchObject({
      owner: 'Security Lead',
      doneWhen: 'a quorum grants it; it expires by itself',
    });
  });

  test('text and labels below other bullet signs still belong to the task', () => {
    const networking = item(result, 'Allow-list networking');
    expect(networking.doneWhen).toBe('expected flows pass and the rest is refused.');
    expect(networking.lines).toEqual([26, 27, 28, 29, 30, 31, 32]);
    expect(networking.notes.map((note) => note.text)).toContain('by pull request only.');
  });

  test('a task inside a task is a task', () => {
    expect(item(result, 'Buy a watering can')).toMatchObject({ status: 'open', lines: [37] });
  });

  test('defaults and backlog keep their kinds; backlog waits', () => {
    expect(titles(result, 'default')).toEqual(['Spread', 'Desk lamps']);
    expect(titles(result, 'backlog')).toEqual(['Consider policy-as-code for guardrails', 'Paint the fence']);
    expect(result.parts.controls.find((control) => control.id === 'paint-the-fence')?.stage).toBe('deferred');
  });

  test('a section of boxes is a track whose status they add up to', () => {
    expect(track(result, 'day-0-gates-before-prod').status).toBe('in_progress');
    expect(track(result, 'weeks-2-3-comfort').status).toBe('open');
  });
});

describe('reviews', () => {
  const result = importFixture('review');

  test('bold-labelled bullets are items; groups head theirs', () => {
    expect(item(result, 'Source control').section).toEqual(['Estate Review', 'Pipeline']);
    expect(item(result, 'Unit and contract tests').section).toEqual(['Estate Review', 'Pipeline', 'Gates']);
    expect(item(result, 'Mascot').custom).toBe('mascot');
  });

  test('sizing rows survive a ruler with too few columns', () => {
    expect(titles(result, 'sizing')).toEqual(['API', 'MySQL', 'Search']);
    expect(item(result, 'API').notes).toEqual([
      { label: 'Baseline Size', text: '2-3 pods (1 vCPU, 2 GiB) per AZ' },
      { label: 'Notes/Scaling', text: 'HPA on RPS' },
      { label: 'Planning metrics', text: 'p95, RPS' },
    ]);
  });

  test('tab-separated tables are tables', () => {
    expect(result.parts.deferred).toEqual([{ component: 'Sidecars', trigger: 'retries cannot be done in the app' }]);
  });

  test('gaps are items of their own', () => {
    expect(titles(result, 'gap')).toEqual(['Rotate secrets with a periodic job', 'Replace the carpet']);
  });

  test('what only describes is context unless the catalog knows it', () => {
    expect(titles(result)).not.toContain('Tea');
    expect(titles(result)).not.toContain('Box');
    expect(controlsOf(result, 'Staging')).toContain('environment-parity');
  });
});

describe('prose plans', () => {
  const result = importFixture('plan');

  test('headings without marks and letters as bullets', () => {
    expect(result.tracks.map((each) => each.title)).toEqual([
      'Measurable Objectives',
      'Infrastructure Closure (/infra/terraform/live/, /infra/k8s/live/)',
      'Pipeline Closure (.github/workflows/*.yml)',
      'Update docs/progress/phase_4.md',
      'Operational Considerations',
      'Verification & Validation Criteria',
    ]);
  });

  test('each line of objectives and details is an item; context and rationale are not', () => {
    expect(titles(result, 'objective')).toContain('The lobby has a bell');
    expect(controlsOf(result, 'Deployments must trigger')[0]).toBe('workflow-hardening');
    expect(titles(result).join(' ')).not.toMatch(/laptop|drilled plan|Close all/);
  });

  test('reviewers are roles and a sign-off', () => {
    expect(result.roles.map((role) => role.id)).toEqual(['sre-lead', 'security-lead']);
    expect(controlsOf(result, 'Sign-off by')).toEqual(['sign-offs']);
  });
});

test('without a spec the environments are those that the documents mention', () => {
  expect(importText('- [ ] Try it in staging first').spec.environments.map((each) => each.name)).toEqual([
    'staging',
    'production',
  ]);
  expect(importText('').spec.environments.map((each) => each.name)).toEqual(['production']);
});
