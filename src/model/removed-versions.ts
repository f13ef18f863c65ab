/** The Kubernetes that took a version no longer. https://kubernetes.io/docs/reference/using-api/deprecation-guide/ */
const REMOVED: Readonly<Record<string, string>> = {
  'extensions/v1beta1': '1.16',
  'apps/v1beta1': '1.16',
  'apps/v1beta2': '1.16',
  'batch/v2alpha1': '1.21',
  'batch/v1beta1': '1.25',
  'policy/v1beta1': '1.25',
  'autoscaling/v2beta1': '1.25',
  'autoscaling/v2beta2': '1.26',
};

/** `Kubernetes 1.25 and newer refuse policy/v1beta1`; `undefined` for a version of which no release is known to have removed it. */
export function removalOf(apiVersion: string): string | undefined {
  return Object.hasOwn(REMOVED, apiVersion)
    ? `Kubernetes ${REMOVED[apiVersion]} and newer refuse ${apiVersion}`
    : undefined;
}
