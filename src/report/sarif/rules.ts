import type { Area, ControlMeta } from '../../model/control.ts';
import type { CheckReport } from '../../model/report.ts';
import type { Severity } from '../../model/result.ts';
import { controlMeta, docsLink, type ReportContext } from '../context.ts';
import { compareText } from '../order.ts';
import type { Level, Rule } from './types.ts';

/**
 * What could not be told is a finding of its own: that a source is unreadable, or a control undecided, is proven. Code
 * scanning ignores a result's `kind`, and an alert that merely vanishes there counts as fixed.
 */
export const UNDECIDED = 'could-not-tell';
export const UNREAD = 'could-not-read';

const SECURITY_AREAS: ReadonlySet<Area> = new Set(['edge', 'east-west', 'supply-chain', 'secrets']);
const LEVELS: Readonly<Record<Severity, Level>> = { critical: 'error', high: 'error', medium: 'warning', low: 'note' };
/** Code scanning names alerts by these: over 9.0 critical, 7.0 high, 4.0 medium. */
const SCORES: Readonly<Record<Severity, string>> = { critical: '9.5', high: '8.0', medium: '5.5', low: '2.0' };

export function levelOf(severity: Severity): Level {
  return LEVELS[severity];
}

/** A rule for each control that judged something, and the two for what could not be judged; sorted by id. */
export function rulesOf(report: CheckReport, context: ReportContext): Rule[] {
  const ids = [...new Set(report.findings.map((row) => row.control))];
  const rules = ids.map((id) => controlRule(controlMeta(context, id), docsLink(context, id)));
  return [...rules, undecidedRule, unreadRule].sort((a, b) => compareText(a.id, b.id));
}

function controlRule(meta: ControlMeta, link: string | undefined): Rule {
  const statement = meta.statement === '' ? `${meta.title}.` : meta.statement;
  const more = link === undefined ? `launchgate controls ${meta.id}` : link;
  return {
    id: meta.id,
    ...friendlyName(meta.id),
    shortDescription: { text: meta.title },
    fullDescription: { text: statement },
    help: {
      text: `${statement}\n\nDue: ${meta.stage}. More: ${more}`,
      markdown: `${statement}\n\nDue: **${meta.stage}**. ${link === undefined ? `Run \`${more}\`.` : `[Why, limits, known false positives](${link})`}`,
    },
    ...(link === undefined ? {} : { helpUri: link }),
    defaultConfiguration: { level: levelOf(meta.severity) },
    properties: {
      tags: SECURITY_AREAS.has(meta.area)
        ? [meta.area, 'launch-readiness', 'security']
        : [meta.area, 'launch-readiness'],
      precision: 'very-high',
      'problem.severity': { error: 'error', warning: 'warning', note: 'recommendation' }[levelOf(meta.severity)],
      ...(SECURITY_AREAS.has(meta.area) ? { 'security-severity': SCORES[meta.severity] } : {}),
    },
  };
}

const undecidedRule: Rule = ownRule(
  UNDECIDED,
  'Control could not be decided',
  'Every control can be decided from what was read. One that cannot is neither held nor broken, and a gate will not open on it.',
);

const unreadRule: Rule = ownRule(
  UNREAD,
  'Source could not be read',
  'Every source that belongs to the platform is read. What hides in one that is not is unknown to every control that needs it.',
);

function ownRule(id: string, title: string, statement: string): Rule {
  return {
    id,
    ...friendlyName(id),
    shortDescription: { text: title },
    fullDescription: { text: statement },
    help: { text: statement, markdown: statement },
    defaultConfiguration: { level: 'warning' },
    properties: { tags: ['launch-readiness'], precision: 'very-high', 'problem.severity': 'warning' },
  };
}

/** PascalCase, as the standard advises; left out where it would repeat the id. */
function friendlyName(id: string): { name?: string } {
  const name = id.replaceAll(/(?:^|[^a-zA-Z0-9]+)([a-zA-Z0-9])/g, (_, letter: string) => letter.toUpperCase());
  return name.toLowerCase() === id.toLowerCase() ? {} : { name };
}
