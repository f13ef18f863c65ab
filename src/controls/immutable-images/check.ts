import type { Query, Subject } from '../../model/control.ts';
import { isInjected, parseImage, type ImageReference } from '../../model/image.ts';
import { containers, podSpec, workloadName, type Workload } from '../../model/kube.ts';
import type { At } from '../../model/origin.ts';
import type { PlatformView } from '../../model/platform.ts';
import { failOr, inconclusive, type Finding, type Result } from '../../model/result.ts';
import { runningServices, theEnvironment, workloadsOf } from '../../model/subjects.ts';
import { operatedImages } from './operated.ts';

interface PulledImage {
  readonly workload: string;
  /** `container api`, `volume model`; undefined where an operator knows. */
  readonly part?: string;
  readonly image: At<string>;
}

interface Params {
  readonly registries: readonly string[];
  readonly requireDigest: boolean;
}

/** Tags that people do not move: a full semantic version with an optional suffix, a build date, a commit or checksum, each with a prefix. */
const IMMUTABLE_TAGS = [
  /^(?:(?:release|version|build)[-._]?)?v?\d+\.\d+\.\d+(?:[-+._][\w.+-]+)?$/i,
  /^(?:[\w.-]*[a-z_.-])?(?:19|20)\d\d-(?:0[1-9]|1[0-2])-(?:0[1-9]|[12]\d|3[01])(?:T[\dT:.-]+Z?)?(?:[-._][\w.-]+)?$/i,
  /^(?:[\w.-]+[-._])?[0-9a-f]{7,64}(?:-(?:amd64|arm64|alpine|slim|debian|ubuntu|distroless))?$/,
  /^\d{8,14}(?:T\d{4,6}Z?)?(?:[-._][\w.-]+)?$/,
];

/** A version that ends in the name of a branch or a channel, as Maven's snapshots do: it is built anew under the same tag. */
const MOVING_SUFFIX =
  /[-+._](?:snapshot|latest|dev|develop|nightly|edge|main|master|trunk|canary)(?:[-+._](?![0-9a-f]{7,}$)[a-z]+)*$/i;

function isImmutable(tag: string): boolean {
  return !MOVING_SUFFIX.test(tag) && IMMUTABLE_TAGS.some((pattern) => pattern.test(tag));
}

/** The services, and the environment where a resource tells an operator which image to run. */
export function pulling(view: PlatformView): Subject[] {
  return [...runningServices(view), ...(operatedImages(view).length === 0 ? [] : theEnvironment(view))];
}

export function pulledImages(subject: Subject): Query<PulledImage[]> {
  return (view) =>
    subject.kind === 'environment'
      ? operatedImages(view)
      : workloadsOf(view, subject).flatMap((workload) => [...ofContainers(workload), ...ofVolumes(workload)]);
}

function ofContainers(workload: Workload): PulledImage[] {
  return containers(workload).map(({ name, at }) => {
    const image = at.get('image');
    return {
      workload: workloadName(workload),
      part: `container ${name}`,
      image: image.at(image.string() ?? ''),
    };
  });
}

/** An OCI artifact that is mounted: https://kubernetes.io/docs/concepts/storage/volumes/#image */
function ofVolumes(workload: Workload): PulledImage[] {
  return podSpec(workload)
    .get('volumes')
    .items()
    .filter((volume) => volume.get('image', 'reference').exists)
    .map((volume) => {
      const reference = volume.get('image', 'reference');
      return {
        workload: workloadName(workload),
        part: `volume ${volume.get('name').string() ?? ''}`,
        image: reference.at(reference.string() ?? ''),
      };
    });
}

export function check(_subject: Subject, images: PulledImage[], params: Params): Result {
  if (images.length === 0) return inconclusive('the service has no container to look at');
  const unresolved = images.find(isUnresolved);
  const findings = images.filter((image) => !isUnresolved(image)).flatMap((image) => judge(image, params));
  if (findings.length === 0 && unresolved !== undefined) {
    return inconclusive(
      isInjected(unresolved.image.value)
        ? `the image of ${unresolved.part ?? ''} of ${unresolved.workload} is put in by the injector of Istio as the pod is made`
        : `${unresolved.part ?? unresolved.workload} has the unresolved image ${unresolved.image.value}`,
      unresolved.image.origin,
    );
  }
  const pinned = images.filter(({ image }) => parseImage(image.value)?.digest !== undefined).length;
  const ofContainersOnly = images.every(({ part }) => part?.startsWith('container') === true);
  return failOr(
    findings,
    `${images.length} ${ofContainersOnly ? 'container images' : 'images'}: ${pinned} by digest, ${images.length - pinned} by version`,
    {
      images: images.length,
      byDigest: pinned,
    },
  );
}

function isUnresolved({ image }: PulledImage): boolean {
  return isInjected(image.value) || /[${}]/.test(image.value);
}

function judge({ workload, part, image }: PulledImage, params: Params): Finding[] {
  const where = part === undefined ? workload : `${part} of ${workload}`;
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
  const isFixed = isImmutable(tag);
  if (!requireDigest && isFixed) return [];
  const moves = reference.tag === undefined ? 'no tag, so it follows latest' : `the tag ${tag}`;
  return [
    {
      message: `${where} ${where.startsWith('volume') ? 'mounts' : 'runs'} ${image.value}: ${moves}${isFixed ? ', not a digest' : ', which can move between two pulls'}`,
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
