import type { Query, Subject } from '../../model/control.ts';
import { failOr, inconclusive, type Finding, type Result } from '../../model/result.ts';
import type { Spec } from '../../model/spec.ts';
import { uncovered } from './coverage.ts';

type OnCall = NonNullable<Spec['onCall']>;

interface Roster {
  readonly onCall?: OnCall;
  readonly people: readonly string[];
  /** Severities that page, which some rotation must take around the clock. */
  readonly paging: readonly string[];
  /** Things that must have an owner. */
  readonly owned: readonly string[];
}

interface Params {
  readonly minPeople: number;
  readonly horizon: string;
}

export function roster(): Query<Roster> {
  return (view) => ({
    ...(view.spec.onCall === undefined ? {} : { onCall: view.spec.onCall }),
    people: view.spec.people.map(({ id }) => id),
    paging: view.spec.severities.filter(({ page }) => page).map(({ name }) => name),
    owned: [
      ...view.spec.services.filter(({ owner }) => owner === undefined).map(({ name }) => `service/${name}`),
      ...view.spec.stores.filter(({ owner }) => owner === undefined).map(({ name }) => `store/${name}`),
    ],
  });
}

export function check(_subject: Subject, input: Roster, params: Params): Result {
  const { onCall } = input;
  if (onCall === undefined)
    return failOr(
      [
        finding(
          'the spec names no on-call rotation',
          'Describe the rotations under onCall: members, severities, escalation, receiver.',
        ),
      ],
      '',
    );
  if (input.paging.length === 0)
    return inconclusive('no severity of the spec pages, so nobody can tell which rotations must be covered');
  const findings = [
    ...onCall.rotations.flatMap((rotation) => judgeRotation(rotation, input, params)),
    ...severitiesWithoutRotation(onCall, input.paging),
    ...withoutOwner(onCall, input.owned),
  ];
  const members = new Set(onCall.rotations.flatMap((rotation) => rotation.members));
  return failOr(
    findings,
    `${onCall.rotations.length} rotations with ${members.size} people cover ${input.paging.join(', ')}; everything has an owner`,
    { rotations: onCall.rotations.length, people: members.size },
  );
}

function finding(message: string, remediation: string, severity: Finding['severity'] = 'high'): Finding {
  return { message, severity, remediation };
}

function judgeRotation(rotation: OnCall['rotations'][number], { paging }: Roster, params: Params): Finding[] {
  const name = `rotation ${rotation.name}`;
  const findings: Finding[] = [];
  const members = new Set(rotation.members);
  if (members.size < params.minPeople)
    findings.push(
      finding(
        `${name} has ${members.size} people, fewer than ${params.minPeople}`,
        'Add people, so that nobody is on call without relief.',
      ),
    );
  const pages = rotation.severities.some((severity) => paging.includes(severity));
  if (pages && rotation.coverage !== '24x7')
    findings.push(
      finding(
        `${name} takes ${rotation.severities.join(', ')}, which page at any hour, and covers ${rotation.coverage}`,
        'Cover 24x7, or let another rotation take what pages.',
      ),
    );
  if (pages && rotation.escalation.length === 0)
    findings.push(
      finding(
        `${name} escalates to nobody when a page is not answered`,
        'Add an escalation step to somebody who is not already being paged.',
      ),
    );
  if (pages && rotation.receiver === undefined)
    findings.push(
      finding(`${name} names no receiver, so no alert can reach it`, 'Name the Alertmanager receiver that pages it.'),
    );
  for (const gap of uncovered(rotation.shifts ?? [], params.horizon)) {
    findings.push(finding(`${name} has nobody on call from ${gap.from} to ${gap.to}`, 'Fill the gap in the shifts.'));
  }
  for (const shift of rotation.shifts ?? []) {
    if (!members.has(shift.person))
      findings.push(
        finding(
          `${name} has a shift of ${shift.person}, who is not a member`,
          'Add the person to the members, or correct the shift.',
          'medium',
        ),
      );
  }
  return findings;
}

function severitiesWithoutRotation(onCall: OnCall, paging: readonly string[]): Finding[] {
  return paging
    .filter((severity) => !onCall.rotations.some((rotation) => rotation.severities.includes(severity)))
    .map((severity) =>
      finding(
        `${severity} pages, and no rotation takes it`,
        `Add ${severity} to the severities of a rotation.`,
        'critical',
      ),
    );
}

function withoutOwner(onCall: OnCall, owned: readonly string[]): Finding[] {
  const missing = owned.filter((subject) => onCall.ownership[subject] === undefined);
  return missing.length === 0
    ? []
    : [
        finding(
          `nobody owns ${missing.join(', ')}`,
          'Name an owner in the spec, on the service or under onCall.ownership.',
          'medium',
        ),
      ];
}
