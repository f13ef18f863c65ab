import type { Query, Subject } from '../../model/control.ts';
import { containers } from '../../model/kube.ts';
import type { At, Origin } from '../../model/origin.ts';
import type { PlatformView } from '../../model/platform.ts';
import { failOr, inconclusive, type Finding, type Result } from '../../model/result.ts';
import { theEnvironment } from '../../model/subjects.ts';
import { readPipelines, unreadPipelines } from '../../proofs/workflows/index.ts';
import { builds, type Build } from './builds.ts';
import { covers, type RunningImage } from './covers.ts';
import { verifyPolicies, type VerifyPolicy } from './policies.ts';

interface Provenance {
  readonly images: readonly RunningImage[];
  readonly builds: readonly Build[];
  readonly policies: readonly VerifyPolicy[];
  /** Pipelines of other systems, in words. */
  readonly unread?: string;
}

interface Params {
  readonly images: readonly string[];
  readonly platforms: readonly string[];
}

/** The environment, unless nothing is known of how images are made or run. */
export function deployingEnvironment(view: PlatformView): Subject[] {
  const seen = view.workloads().length > 0 || view.data('github-workflow').length > 0;
  return view.provisional && !seen ? [] : theEnvironment(view);
}

export function provenance(): Query<Provenance> {
  return (view) => {
    const unread = unreadPipelines(view.files());
    return {
      images: imagesOf(view),
      builds: builds(readPipelines(view)),
      policies: verifyPolicies(view),
      ...(unread !== undefined && { unread }),
    };
  };
}

function imagesOf(view: PlatformView): RunningImage[] {
  const found = new Map<string, RunningImage>();
  for (const workload of view.workloads())
    for (const { at } of containers(workload)) {
      const image: At<string> = at.get('image').at(at.get('image').string() ?? '');
      const key = `${workload.namespace} ${image.value}`;
      if (image.value !== '' && !found.has(key))
        found.set(key, { reference: image.value, namespace: workload.namespace, origin: image.origin });
    }
  return [...found.values()];
}

export function check(_subject: Subject, input: Provenance, params: Params): Result {
  const images = input.images.filter(
    ({ reference }) => params.images.length === 0 || params.images.some((pattern) => covers(pattern, reference)),
  );
  const verified = unverified(images, input.policies);
  const findings = [...input.builds.flatMap((build) => judgeBuild(build, params.platforms)), ...verified.findings];
  if (findings.length > 0) return failOr(findings, '');
  const unseen = [
    ...(input.unread === undefined ? [] : [input.unread]),
    ...(input.builds.length === 0
      ? ['no workflow that publishes images was seen, so how they are signed is unknown']
      : []),
    ...input.builds.flatMap(({ configuredElsewhere, workflow, signed, sbom }) =>
      configuredElsewhere === undefined || (signed && sbom)
        ? []
        : [`what ${configuredElsewhere} in ${workflow} signs is in its own configuration`],
    ),
    ...(images.length === 0 ? ['no image that runs was seen'] : []),
    ...verified.unknown,
  ];
  if (unseen.length > 0) return inconclusive(unseen.join('; '));
  return failOr(
    [],
    `${input.builds.length} jobs sign what they publish, with SBOM and provenance; ${images.length} images are verified by ${[...new Set(input.policies.map(({ name }) => name))].join(', ')}`,
    {
      builds: input.builds.length,
      images: images.length,
    },
  );
}

function judgeBuild(build: Build, platforms: readonly string[]): Finding[] {
  const found = (message: string, severity: Finding['severity'], remediation: string): Finding => ({
    message: `job ${build.job} of ${build.workflow} ${message}`,
    severity,
    origin: build.origin,
    remediation,
  });
  const missing =
    build.platforms === undefined ? [] : platforms.filter((platform) => !build.platforms?.includes(platform));
  const attached = build.configuredElsewhere === undefined;
  return [
    ...(build.signed || !attached
      ? []
      : [
          found(
            'publishes images that nothing signs',
            'high',
            'Sign the digest it pushed, for instance with cosign and the identity of the workflow.',
          ),
        ]),
    ...(build.sbom || !attached
      ? []
      : [found('publishes images without an SBOM', 'medium', 'Attest an SBOM to the digest it pushed.')]),
    ...(build.provenance || !attached
      ? []
      : [
          found(
            'publishes images without provenance',
            'medium',
            'Attest the provenance of the build to the digest it pushed.',
          ),
        ]),
    ...(missing.length === 0
      ? []
      : [found(`does not build for ${missing.join(', ')}`, 'low', 'List all platforms that nodes may have.')]),
  ];
}

function unverified(
  images: readonly RunningImage[],
  policies: readonly VerifyPolicy[],
): { findings: Finding[]; unknown: string[] } {
  const findings: Finding[] = [];
  const loose: RunningImage[] = [];
  const unknown: string[] = [];
  for (const image of images) {
    const about = policies.filter((policy) => concerns(policy, image));
    if (about.some(({ enforces, conditional }) => enforces && !conditional)) continue;
    const conditional = about.find(({ enforces }) => enforces);
    if (conditional === undefined) loose.push(image);
    else unknown.push(`whether ${conditional.name} applies to ${image.reference} depends on selectors or exclusions`);
  }
  for (const policy of policies.filter(({ enforces }) => !enforces))
    findings.push(
      problem(
        `${policy.name} reports images that fail verification and lets them run`,
        'high',
        policy.origin,
        'Set it to enforce.',
      ),
    );
  const [first] = loose;
  if (first === undefined) return { findings, unknown: [...new Set(unknown)] };
  if (policies.length === 0)
    return {
      findings,
      unknown: ['nothing that verifies images at deploy was seen among the objects of the environment'],
    };
  const names = [...new Set(loose.map(({ reference }) => reference))];
  const more = names.length > 3 ? ` and ${names.length - 3} more` : '';
  findings.push({
    ...problem(
      `no policy that is enforced verifies ${names.slice(0, 3).join(', ')}${more}`,
      'high',
      first.origin,
      'Extend the policy to them, or mirror and sign them.',
    ),
    fromAbsence: true,
  });
  return { findings, unknown };
}

function concerns(policy: VerifyPolicy, { reference, namespace }: RunningImage): boolean {
  if (policy.namespace !== undefined && policy.namespace !== namespace) return false;
  if (policy.only !== undefined && !policy.only.some((pattern) => covers(pattern, namespace))) return false;
  return policy.images.some((pattern) => covers(pattern, reference));
}

function problem(message: string, severity: Finding['severity'], origin: Origin, remediation: string): Finding {
  return { message, severity, origin, remediation };
}
