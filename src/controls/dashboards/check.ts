import type { Subject } from '../../model/control.ts';
import { failOr, inconclusive, type Finding, type Result } from '../../model/result.ts';
import { wantedBy } from '../../proofs/alerting/dashboard-sidecars.ts';
import type { Dashboards } from './query.ts';
import { TOPICS } from './topics.ts';

export interface Params {
  readonly elsewhere: readonly string[];
  readonly topicsElsewhere: readonly string[];
  readonly patterns: Readonly<Record<string, string>>;
}

export function check(_subject: Subject, facts: Dashboards, params: Params): Result {
  const { dashboards, provisional, panels } = facts;
  if (dashboards.length === 0 && provisional)
    return inconclusive(unseenReasons(facts) ?? 'no dashboard is in the repository; they may be kept elsewhere');
  const missing = missingTopics(facts, params).map(({ topic }) => topic);
  const unseen = unseenPanels(facts);
  const findings = [...faults(facts, params), ...(unseen === undefined ? unshown(missing, dashboards.length) : [])];
  if (findings.length === 0 && missing.length > 0)
    return inconclusive(
      `whether ${unseen?.who ?? ''} ${missing.join(', ')} cannot be told: ${unseen?.because ?? ''}; name what they show in the param topicsElsewhere`,
    );
  const unknown = [
    ...new Set(
      facts.uses.flatMap(({ open }) =>
        open.flatMap((need) => (need.state === 'unknown' && !isElsewhere(need.metric, params) ? [need.metric] : [])),
      ),
    ),
  ];
  if (findings.length === 0 && unknown.length > 0)
    return inconclusive(
      `whether ${unknown.slice(0, 5).join(', ')}${unknown.length > 5 ? ` and ${unknown.length - 5} more` : ''} ${unknown.length === 1 ? 'is' : 'are'} exposed cannot be told`,
    );
  return failOr(
    findings,
    `${dashboardsOf(dashboards.length)} ${dashboards.length === 1 ? 'shows' : 'show'} ${facts.due.map(({ topic }) => topic).join(', ') || 'what is exposed'}; all that their panels read is exposed`,
    {
      dashboards: dashboards.length,
      queries: panels.length,
      topics: facts.due.length,
    },
  );
}

/** Who may show what is missing, with the verb, and why that is not seen. */
function unseenPanels({ library = [], unread = [] }: Dashboards): { who: string; because: string } | undefined {
  const verb = (count: number): string => (count === 1 ? 'shows' : 'show');
  const names = unread.map(({ name }) => name);
  if (unread.length > 0)
    return { who: `${some(names)} ${verb(names.length)}`, because: unseenReasons({ unread }) ?? '' };
  if (library.length === 0) return undefined;
  const who = `${some(library, 'library panel')} ${verb(library.length)}`;
  return { who, because: 'only Grafana has their queries' };
}

function unseenReasons({ unread = [] }: Pick<Dashboards, 'unread'>): string | undefined {
  return unread.length === 0 ? undefined : [...new Set(unread.map(({ because }) => because))].join(', ');
}

/** What is due and no panel shows. */
export function missingTopics({ due, panels }: Dashboards, { topicsElsewhere, patterns }: Params): Dashboards['due'] {
  return due.filter(({ topic }) => {
    if (topicsElsewhere.includes(topic)) return false;
    const own = patterns[topic];
    const shows = [TOPICS.find(({ name }) => name === topic)?.shows, own === undefined ? undefined : new RegExp(own)];
    return !panels.some((panel) => shows.some((pattern) => pattern?.test(panel)));
  });
}

function unshown(topics: readonly string[], count: number): Finding[] {
  if (topics.length === 0) return [];
  const finding = (message: string, what: string): Finding => ({
    message,
    severity: 'medium',
    fromAbsence: true,
    remediation: `Add a panel for ${what}, or name it in the param topicsElsewhere.`,
  });
  if (count === 0) return [finding(`there is no dashboard: nothing shows ${topics.join(', ')}`, 'each')];
  return topics.map((topic) => finding(`no panel of ${dashboardsOf(count)} shows ${topic}`, topic));
}

function dashboardsOf(count: number): string {
  return `${count} ${count === 1 ? 'dashboard' : 'dashboards'}`;
}

/** All that is wrong but for what is not shown. */
export function faults(
  { dashboards, uses, strangers, production, unfetched = [] }: Dashboards,
  params: Params,
): Finding[] {
  return [
    ...uses.flatMap((use): Finding[] =>
      use.error === undefined
        ? []
        : [
            {
              message: `panel ${use.name} of ${use.holder} is not PromQL: ${use.error}`,
              severity: 'medium',
              origin: use.origin,
              remediation: 'Correct the query.',
            },
          ],
    ),
    ...blindPanels(uses, params),
    ...(production
      ? strangers.map(({ name, url, environment, origin }): Finding => ({
          message: `data source ${name} asks ${url}, which is of ${environment}: production's dashboards show another environment`,
          severity: 'high',
          origin,
          remediation: 'Point it at the Prometheus of production.',
        }))
      : []),
    ...dashboards.flatMap(({ title, unknownSources }) =>
      unknownSources.map(({ name, origin }): Finding => ({
        message: `dashboard ${title} asks the data source ${name}, which nothing sets up`,
        severity: 'medium',
        origin,
        fromAbsence: true,
        remediation: 'Name a data source that Grafana is provisioned with.',
      })),
    ),
    ...dashboards.flatMap(({ title, problems, origin }) =>
      problems.map((problem): Finding => ({
        message: `dashboard ${title}: ${problem}`,
        severity: 'low',
        origin,
        remediation: 'Correct the model.',
      })),
    ),
    ...sharedUids(dashboards),
    ...unfetched.map(({ title, holder, sidecar, origin }): Finding => ({
      message: `dashboard ${title} never comes to Grafana: the sidecar of ${sidecar.workload} looks for ${wantedBy(sidecar)}, and ${holder} is not such`,
      severity: 'medium',
      origin,
      remediation:
        'Give the ConfigMap that label and a namespace that is searched, or widen what the sidecar looks for.',
    })),
  ];
}

/** One finding for each dashboard and reason, however many of its panels are blind. */
function blindPanels(uses: Dashboards['uses'], params: Params): Finding[] {
  const blind = new Map<
    string,
    {
      readonly panels: Set<string>;
      readonly metrics: Set<string>;
      readonly message: string;
      readonly finding: Pick<Finding, 'origin' | 'remediation'>;
    }
  >();
  for (const { holder, name, open, origin } of uses) {
    for (const need of open) {
      if (need.state !== 'missing' || isElsewhere(need.metric, params)) continue;
      const because = need.closest === undefined ? need.because : `${need.because}; did you mean ${need.closest}?`;
      const known = blind.get(`${holder} ${because}`);
      known?.panels.add(name);
      known?.metrics.add(need.metric);
      if (known !== undefined) continue;
      const remediation =
        need.closest === undefined
          ? 'Scrape what exposes it, or remove the panels.'
          : `Write ${need.closest}, if that is what is meant.`;
      blind.set(`${holder} ${because}`, {
        panels: new Set([name]),
        metrics: new Set([need.metric]),
        message: because,
        finding: { ...(origin === undefined ? {} : { origin }), remediation },
      });
    }
  }
  return [...blind].map(([key, { panels, metrics, message, finding }]) => ({
    message: `${some([...panels], 'panel')} of ${key.slice(0, -message.length - 1)} ${panels.size === 1 ? 'shows' : 'show'} nothing: ${some([...metrics])} ${metrics.size === 1 ? 'is' : 'are'} not exposed: ${message}`,
    severity: 'medium',
    fromAbsence: true,
    ...finding,
  }));
}

function some(names: readonly string[], kind?: string): string {
  const shown = names.slice(0, 3).join(', ') + (names.length > 3 ? ` and ${names.length - 3} more` : '');
  return kind === undefined ? shown : `${kind}${names.length === 1 ? '' : 's'} ${shown}`;
}

function sharedUids(dashboards: Dashboards['dashboards']): Finding[] {
  return dashboards.flatMap(({ uid, title, origin }, index) => {
    const other = uid === undefined ? undefined : dashboards.slice(0, index).find((each) => each.uid === uid);
    if (other === undefined) return [];
    return [
      {
        message: `dashboards ${other.title} and ${title} share the uid ${uid ?? ''}: the one overwrites the other`,
        severity: 'medium',
        origin,
        remediation: 'Give one of them a uid of its own.',
      },
    ];
  });
}

function isElsewhere(metric: string, { elsewhere }: Params): boolean {
  return elsewhere.some((each) => (each.endsWith('*') ? metric.startsWith(each.slice(0, -1)) : metric === each));
}
