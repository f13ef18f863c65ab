import type { Query, Subject } from '../../model/control.ts';
import { parseImage, type ImageReference } from '../../model/image.ts';
import { containers, workloadName } from '../../model/kube.ts';
import type { At } from '../../model/origin.ts';
import { failOr, inconclusive, type Finding, type Result } from '../../model/result.ts';
import { workloadsOf } from '../../model/subjects.ts';

interface ContainerImage {
  readonly workload: string;
  readonly container: string;
  readonly image: At<string>;
}

interface Params {
  readonly registries: readonly string[];
  readonly requireDigest: boolean;
}

/** A full semantic version (with an optional suffix), a date-based build, or a commit: tags that people do not move. */
const IMMUTABLE_TAG = /^(?:v?\d+\.\d+\.\d+(?:[-+._][\w.+-]+)?|(?:[\w.-]+-)?[0-9a-f]{7,40}|\d{8,14}(?:[-.][\w.-]+)?)$/;

export function containerImages(subject: Subject): Query<ContainerImage[]> {
  return (view) =>
    workloadsOf(view, subject).flatMap((workload) =>
      containers(workload).map(({ name, at }) => {
        const image = at.get('image');
        return { workload: workloadName(workload), container: name, image: image.at(image.string() ?? '') };
      }),
    );
}

export function check(_subject: Subject, images: ContainerImage[], params: Params): Result {
  if (images.length === 0) return inconclusive('the service has no container to look at');
  const unresolved = images.find(({ image }) => /[${}]/.test(image.value));
  if (unresolved !== undefined) {
    return inconclusive(
      `container ${unresolved.container} has the unresolved image ${unresolved.image.value}`,
      unresolved.image.origin,
    );
  }
  const findings = images.flatMap((image) => judge(image, params));
  const pinned = images.filter(({ image }) => parseImage(image.value)?.digest !== undefined).length;
  return failOr(
    findings,
    `${images.length} container images: ${pinned} by digest, ${images.length - pinned} by version`,
    {
      images: images.length,
      byDigest: pinned,
    },
  );
}

function judge({ workload, container, image }: ContainerImage, params: Params): Finding[] {
  const where = `container ${container} of ${workload}`;
  const reference = parseImage(image.value);
  if (reference === undefined) {
    return [
      {
        message: `${where} has ${image.value === '' ? 'no image' : `the image ${JSON.stringify(image.value)}, which is not a reference`}`,
        severity: 'critical',
        origin: image.origin,
        remediation: 'Name the image as registry/repository@sha256:….',
      },
    ];
  }
  return [
    ...pinning(reference, where, image, params.requireDigest),
    ...provenance(reference, where, image, params.registries),
  ];
}

function pinning(reference: ImageReference, where: string, image: At<string>, requireDigest: boolean): Finding[] {
  if (reference.digest !== undefined) return [];
  const tag = reference.tag ?? 'latest';
  if (!requireDigest && IMMUTABLE_TAG.test(tag)) return [];
  const moves = reference.tag === undefined ? 'no tag, so it follows latest' : `the tag ${tag}`;
  return [
    {
      message: `${where} runs ${image.value}: ${moves}${requireDigest && IMMUTABLE_TAG.test(tag) ? ', not a digest' : ', which can move between two pulls'}`,
      severity: tag === 'latest' ? 'high' : 'medium',
      origin: image.origin,
      remediation: 'Deploy the digest that passed the tests, or a version tag that the registry refuses to overwrite.',
    },
  ];
}

function provenance(
  reference: ImageReference,
  where: string,
  image: At<string>,
  registries: readonly string[],
): Finding[] {
  const source = `${reference.registry}/${reference.repository}`;
  if (
    registries.length === 0 ||
    registries.some((allowed) => source === allowed || source.startsWith(`${allowed.replace(/\/$/, '')}/`))
  )
    return [];
  return [
    {
      message: `${where} pulls ${image.value} from ${reference.registry}, which is not one of ${registries.join(', ')}`,
      severity: 'medium',
      origin: image.origin,
      remediation: 'Mirror the image into an allowed registry and deploy it from there.',
    },
  ];
}
