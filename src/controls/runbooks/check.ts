import type { Query, Subject } from '../../model/control.ts';
import type { Origin } from '../../model/origin.ts';
import { failOr, type Finding, type Result } from '../../model/result.ts';
import { alertRules, type AlertRule } from '../../proofs/alerting/rules.ts';
import { brokenLinks } from './links.ts';

/** An alert that somebody will be woken by. */
interface Alert {
  readonly name: string;
  readonly runbook?: string;
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
  readonly dryRunWithin: string;
}

export function runbooks(): Query<Runbooks> {
  return (view) => {
    const paths = new Set(view.spec.runbooks.map(({ path }) => path));
    const files = new Set(view.files());
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
      alerts: alertRules(view).map(alertOf),
    };
  };
}

function alertOf({ name, annotations, origin }: AlertRule): Alert {
  const runbook = annotations['runbook_url'] ?? annotations['runbook'];
  return { name, ...(runbook === undefined ? {} : { runbook }), origin };
}

export function check(_subject: Subject, input: Runbooks, params: Params): Result {
  const covered = new Set(input.declared.map((runbook) => runbook.for));
  const findings = [
    ...params.topics.filter((topic) => !covered.has(topic)).map(noRunbook),
    ...(params.alerts ? input.alerts.flatMap((alert) => alertWithout(alert, covered, input)) : []),
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

/** An alert is covered by a runbook of its name, or by an annotation that leads to a declared file or out of the repository. */
function alertWithout(
  { name, runbook, origin }: Alert,
  covered: ReadonlySet<string>,
  { declared }: Runbooks,
): Finding[] {
  if (covered.has(name)) return [];
  const leads =
    runbook !== undefined &&
    (declared.some(({ path }) => runbook.split('#')[0]?.endsWith(path) === true) || runbook.startsWith('https://'));
  if (leads) return [];
  return [
    {
      message:
        runbook === undefined
          ? `alert ${name} has no runbook`
          : `alert ${name} points to ${runbook}, which is no declared runbook`,
      severity: 'medium',
      origin,
      remediation: `Set annotations.runbook_url, or list a runbook with "for: ${name}".`,
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
