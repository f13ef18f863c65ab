import type { Query, Subject } from '../../model/control.ts';
import type { Origin } from '../../model/origin.ts';
import { failOr, type Finding, type Result } from '../../model/result.ts';
import { grafanaAlerts } from '../../proofs/alerting/grafana/rules.ts';
import { alertRules, type AlertRule } from '../../proofs/alerting/rules.ts';
import { leadOf, type Lead } from './leads.ts';
import { brokenLinks } from './links.ts';

/** An alert that somebody will be woken by, with where its runbook leads when it has one. */
interface Alert {
  readonly name: string;
  readonly runbook?: string;
  readonly lead?: Lead;
  readonly origin: Origin;
}

interface Page {
  readonly path: string;
  readonly words: number;
  readonly commands: number;
  readonly placeholders: readonly { readonly text: string; readonly origin: Origin }[];
  readonly broken: readonly { readonly text: string; readonly origin: Origin }[];
}

interface Runbooks {
  readonly declared: readonly { readonly for: string; readonly path: string }[];
  readonly pages: readonly Page[];
  readonly alerts: readonly Alert[];
}

export interface Params {
  readonly topics: readonly string[];
  readonly minWords: number;
  readonly alerts: boolean;
  readonly elsewhere: readonly string[];
  readonly dryRunWithin: string;
}

export function runbooks(): Query<Runbooks> {
  return (view) => {
    const files = new Set(view.files());
    const alerts = [...alertRules(view), ...grafanaAlerts(view)].map((rule) => alertOf(rule, files));
    const linked = alerts.flatMap(({ lead }) => (lead?.to === 'file' ? [lead.path] : []));
    const paths = new Set([...view.spec.runbooks.map(({ path }) => path), ...linked]);
    return {
      declared: view.spec.runbooks,
      pages: view
        .outlines()
        .filter(({ path }) => paths.has(path))
        .map(({ path, outline, words }) => ({
          path,
          words,
          commands: outline.fences.length,
          placeholders: outline.placeholders.map(({ text, line }) => ({ text, origin: { path, line, column: 1 } })),
          broken: brokenLinks(path, outline.links, files),
        })),
      alerts,
    };
  };
}

/** How teams call the annotation: `runbook_url` by the convention of Prometheus, else `runbook`, `runbookURL`, `playbook_url` … */
const RUNBOOK = /^(?:runbook|playbook)(?:[_-]?(?:url|link))?$/i;

function isAddress(annotation: string): boolean {
  return /url|link/i.test(annotation);
}

function alertOf(
  { name, annotations, origin }: Pick<AlertRule, 'name' | 'annotations' | 'origin'>,
  files: ReadonlySet<string>,
): Alert {
  const [runbook] = Object.keys(annotations)
    .filter((key) => RUNBOOK.test(key))
    .toSorted((a, b) => Number(isAddress(b)) - Number(isAddress(a)))
    .map((key) => annotations[key]);
  if (runbook === undefined) return { name, origin };
  return { name, runbook, lead: leadOf(runbook, files), origin };
}

export function check(_subject: Subject, input: Runbooks, params: Params): Result {
  const covered = new Set(input.declared.map((runbook) => runbook.for));
  const findings = [
    ...params.topics.filter((topic) => !covered.has(topic)).map(noRunbook),
    ...(params.alerts ? input.alerts.flatMap((alert) => judgeAlert(alert, covered, params)) : []),
    ...input.declared.flatMap((runbook) => judgeDeclared(runbook, input.pages)),
    ...input.pages.flatMap((page) => judgePage(page, params)),
  ];
  return failOr(
    findings,
    `${input.pages.length} runbooks cover ${params.topics.length} failures and ${input.alerts.length} alerts`,
    { runbooks: input.pages.length, alerts: input.alerts.length },
  );
}

function noRunbook(topic: string): Finding {
  return {
    message: `no runbook for ${topic}`,
    severity: 'high',
    remediation: `Write one and list it under runbooks with "for: ${topic}".`,
  };
}

/** An alert is covered by its annotation, or by a declared runbook of its name; an annotation that is there must be right. */
function judgeAlert(
  { name, runbook, lead, origin }: Alert,
  covered: ReadonlySet<string>,
  { elsewhere }: Params,
): Finding[] {
  const found = (message: string, remediation: string): Finding => ({
    message: `alert ${name} ${message}`,
    severity: 'medium',
    origin,
    remediation,
  });
  if (runbook === undefined || lead === undefined)
    return covered.has(name)
      ? []
      : [found('has no runbook', `Set annotations.runbook_url, or list a runbook with "for: ${name}".`)];
  if (lead.to === 'file' || lead.to === 'elsewhere' || elsewhere.some((prefix) => runbook.startsWith(prefix)))
    return [];
  if (lead.to === 'unfilled') {
    const what = runbook.trim() === '' ? 'an empty address' : `the placeholder ${runbook} for the address`;
    return [found(`has ${what} of its runbook`, 'Write the runbook, and give its address.')];
  }
  return [
    {
      ...found(`points to ${lead.path}, which is not in the repository`, 'Write the runbook, or correct the address.'),
      fromAbsence: true,
    },
  ];
}

function judgeDeclared(runbook: Runbooks['declared'][number], pages: readonly Page[]): Finding[] {
  if (pages.some(({ path }) => path === runbook.path)) return [];
  return [
    {
      message: `the runbook for ${runbook.for}, ${runbook.path}, is not in the repository`,
      severity: 'high',
      fromAbsence: true,
      remediation: 'Write it, or correct the path.',
    },
  ];
}

function judgePage(page: Page, { minWords }: Params): Finding[] {
  const found = (message: string, remediation: string, origin: Origin, severity: Finding['severity']): Finding => ({
    message: `${page.path} ${message}`,
    severity,
    origin,
    remediation,
  });
  const start = { path: page.path, line: 1, column: 1 };
  return [
    ...page.placeholders.map(({ text, origin }) =>
      found(`still holds the placeholder ${text}`, 'Fill it in.', origin, 'high'),
    ),
    ...page.broken.map(({ text, origin }) =>
      found(`links to ${text}, which does not exist`, 'Correct the link.', origin, 'medium'),
    ),
    ...(page.words < minWords
      ? [
          found(
            `has ${page.words} words, which is a stub`,
            'Say how to see it, how to stop it, how to mend it, and whom to call.',
            start,
            'medium',
          ),
        ]
      : []),
    ...(page.commands === 0
      ? [found('holds no command to copy', 'Give the commands in code blocks.', start, 'low')]
      : []),
  ];
}
