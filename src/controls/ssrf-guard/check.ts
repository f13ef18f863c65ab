import { isWithin, overlaps, parseCidr, type AddressBlock } from '../../model/cidr.ts';
import type { Query, Subject } from '../../model/control.ts';
import { environmentOf, type EnvironmentVariable } from '../../model/env.ts';
import { workloadName } from '../../model/kube.ts';
import type { PlatformView } from '../../model/platform.ts';
import { failOr, inconclusive, type Finding, type Result } from '../../model/result.ts';
import { workloadsOf } from '../../model/subjects.ts';

interface Guard {
  readonly variable: string;
  readonly workloads: readonly string[];
  /** What each container that has the variable gets. */
  readonly settings: readonly (EnvironmentVariable & { readonly workload: string })[];
  readonly subnets: readonly { readonly name: string; readonly cidrs: readonly string[] }[];
}

/** Never a legitimate target of a request somebody else words, whatever the allow-list says. RFC 6890, and the clouds' metadata services. */
const FORBIDDEN: readonly [string, string][] = [
  ['169.254.0.0/16', 'link-local addresses with the cloud metadata service'],
  ['127.0.0.0/8', 'loopback'],
  ['0.0.0.0/8', 'unspecified addresses'],
  ['100.100.100.200/32', 'the Alibaba metadata service'],
  ['168.63.129.16/32', 'the Azure wire server'],
  ['192.0.0.192/32', 'the Oracle metadata service'],
  ['fe80::/10', 'link-local addresses'],
  ['fd00:ec2::254/128', 'the AWS metadata service'],
  ['::1/128', 'loopback'],
];

const DEFAULT_VARIABLE = 'NODE_PROBE_ALLOWED_CIDRS';

/** Services that say they probe, services whose containers carry the variable, and those of which nobody can tell. */
export function probingServices(view: PlatformView): Subject[] {
  return view
    .services()
    .filter(
      (service) =>
        service.spec.probes !== undefined ||
        service.unknown !== undefined ||
        service.workloads.some((workload) =>
          environmentOf(view, workload).some(({ name }) => name === DEFAULT_VARIABLE),
        ),
    )
    .map((service) => ({ kind: 'service', name: service.name }));
}

export function guard(subject: Subject): Query<Guard> {
  return (view) => {
    const probes = view.service(subject.name)?.spec.probes;
    const variable = probes?.variable ?? DEFAULT_VARIABLE;
    const workloads = workloadsOf(view, subject);
    return {
      variable,
      workloads: workloads.map(workloadName),
      settings: workloads.flatMap((workload) =>
        environmentOf(view, workload)
          .filter(({ name }) => name === variable)
          .map((setting) => ({ ...setting, workload: workloadName(workload) })),
      ),
      subnets: view.spec.subnets
        .filter((subnet) => probes?.subnets.includes(subnet.name) === true)
        .map(({ name, cidrs }) => ({ name, cidrs })),
    };
  };
}

export function check(_subject: Subject, input: Guard): Result {
  if (input.workloads.length === 0) return inconclusive('the service has no workload to look at');
  const opaque = input.settings.find(
    ({ source }) =>
      source.from === 'secret' ||
      source.from === 'field' ||
      (source.from === 'configMap' && source.value === undefined),
  );
  if (opaque !== undefined)
    return inconclusive(
      `${input.variable} of ${opaque.workload} comes from a place that is not in the repository`,
      opaque.origin,
    );
  if (input.settings.length === 0) return failOr([unset(input)], '');
  const findings = input.settings.flatMap((setting) => judge(setting, input));
  const blocks = input.settings.map(valueOf).join(', ');
  return failOr(
    findings,
    `${input.variable} allows ${blocks}${input.subnets.length > 0 ? `, inside ${input.subnets.map(({ name }) => name).join(', ')}` : ''}`,
    {
      containers: input.settings.length,
    },
  );
}

function unset({ variable, workloads }: Guard): Finding {
  return {
    message: `${workloads.join(', ')} sends probes and does not set ${variable}`,
    severity: 'critical',
    fromAbsence: true,
    remediation: `Set ${variable} to the subnets of the nodes that may be probed.`,
  };
}

function valueOf({ source }: EnvironmentVariable): string {
  return source.from === 'literal' || source.from === 'configMap' ? (source.value ?? '') : '';
}

function judge(setting: Guard['settings'][number], { variable, subnets }: Guard): Finding[] {
  const entries = valueOf(setting)
    .split(/[\s,]+/)
    .filter(Boolean);
  const where = `${variable} in container ${setting.container} of ${setting.workload}`;
  const found = (message: string, severity: Finding['severity'], remediation: string): Finding => ({
    message: `${where} ${message}`,
    severity,
    origin: setting.origin,
    remediation,
  });
  if (entries.length === 0) return [found('is empty', 'critical', 'List the subnets of the nodes that may be probed.')];
  const declared = subnets.flatMap(({ cidrs }) => cidrs.flatMap((cidr) => parseCidr(cidr) ?? []));
  return entries.flatMap((entry) => {
    const block = parseCidr(entry);
    if (block === undefined)
      return [
        found(
          `holds ${JSON.stringify(entry)}, which is not a CIDR`,
          'critical',
          'Write it as network/prefix with no host bits set.',
        ),
      ];
    const forbidden = reach(block);
    if (forbidden !== undefined)
      return [
        found(
          `allows ${entry}, which covers ${forbidden}`,
          'critical',
          'Narrow it to the subnets of the nodes that may be probed.',
        ),
      ];
    if (declared.length > 0 && !isWithin(block, declared)) {
      return [
        found(
          `allows ${entry}, outside the declared subnets ${subnets.map(({ name }) => name).join(', ')}`,
          'high',
          'Narrow it to the declared subnets, or declare the subnet.',
        ),
      ];
    }
    return [];
  });
}

function reach(block: AddressBlock): string | undefined {
  return FORBIDDEN.find(([cidr]) => {
    const forbidden = parseCidr(cidr);
    return forbidden !== undefined && overlaps(block, forbidden);
  })?.[1];
}
