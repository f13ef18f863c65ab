/** What Prometheus and Alertmanager read, as text. Both take JSON for YAML, which is a subset of it. */
import { createHash } from 'node:crypto';
import { LaunchgateError } from '../../../../model/errors.ts';
import { PLAIN_ROUTING, redirected, type PagerAddress } from './alertmanager.ts';
import { readDocuments, type Documents } from './documents.ts';
import { timed, type Timing } from './timing.ts';

export type Files = ReadonlyMap<string, string>;

/** One file of rules for each PrometheusRule, named after it. */
export function ruleFiles({ rules }: Documents, timing: Timing): Files {
  return new Map(
    [...rules].map(([name, groups]) => [`rules/${safe(name)}.json`, text({ groups: timed(groups, timing) })]),
  );
}

export function alertmanagerText({ alertmanager }: Documents, pager: PagerAddress, timing: Timing): string {
  return text(redirected(alertmanager ?? PLAIN_ROUTING, pager, timing));
}

/** Throws when the platform has no rule at all: a Prometheus without rules would watch nothing and look healthy. */
export function platformDocuments(root: string, exclude: readonly string[]): Documents {
  const documents = readDocuments(root, exclude);
  if (documents.rules.size > 0) return documents;
  throw new LaunchgateError('not-found', `no PrometheusRule was found below ${root}`, {
    next: 'Write the alerts as PrometheusRule manifests, or leave Prometheus out of the lab.',
  });
}

export function text(value: unknown): string {
  return `${JSON.stringify(value, null, 2)}\n`;
}

function safe(name: string): string {
  return /^[a-z0-9.-]{1,100}$/.test(name) ? name : createHash('sha256').update(name).digest('hex').slice(0, 16);
}
