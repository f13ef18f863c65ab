/** A container image reference taken apart. https://github.com/distribution/reference */
export interface ImageReference {
  /** `docker.io` where the reference names no host. */
  readonly registry: string;
  readonly repository: string;
  readonly tag?: string;
  /** `sha256:…`, which pins the content whatever the tag says. */
  readonly digest?: string;
}

const REFERENCE =
  /^(?<name>[a-z0-9]+(?:[._:/-]+[a-z0-9]+)*?)(?::(?<tag>\w[\w.-]{0,127}))?(?:@(?<digest>sha(?:256|512):[0-9a-f]{64,128}))?$/;

/** Parses an image reference; `undefined` when it is not one (an unsubstituted variable, say). */
export function parseImage(text: string): ImageReference | undefined {
  const match = REFERENCE.exec(text)?.groups;
  if (match?.['name'] === undefined) return undefined;
  const { name, tag, digest } = match as { name: string; tag?: string; digest?: string };
  const slash = name.indexOf('/');
  const host = slash === -1 ? '' : name.slice(0, slash);
  const hasHost = host.includes('.') || host.includes(':') || host === 'localhost';
  return {
    registry: hasHost ? host : 'docker.io',
    repository: hasHost ? name.slice(slash + 1) : name,
    ...(tag === undefined ? {} : { tag }),
    ...(digest === undefined ? {} : { digest }),
  };
}

/**
 * Stands where Istio's injector puts the image of its proxy as the pod is made, with a readiness probe of its own.
 * https://istio.io/latest/docs/setup/additional-setup/gateway/#deploying-a-gateway
 */
export function isInjected(image: string | undefined): boolean {
  return image === 'auto';
}
