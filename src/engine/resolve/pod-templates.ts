/**
 * Pods that are made out of objects of other kinds than Kubernetes' own workloads: Knative's Service, OpenShift's DeploymentConfig, Argo's
 * Workflow, Tekton's Task, whatever else an operator brings. Told by their pod template, since new kinds come every year.
 */
import { isMapping } from '../../model/cursor.ts';
import type { KubeObject } from '../../model/kube.ts';
import { managedStore } from '../../model/managed-stores.ts';

/** Depth to which a template is looked for: `spec.jobTargetRef.template` is 3, replicas by role are 5. */
const DEPTH = 10;

/** Objects that speak of other objects' pods (policies, schemas) or are rendered on their own (applications). */
const SPEAKS_OF_OTHERS =
  /^(?:.*\.)?(?:kyverno\.io|gatekeeper\.sh|toolkit\.fluxcd\.io|openpolicyagent\.org)\/|^argoproj\.io\/.* Application(?:Set)?$| ControllerRevision$/;

/** Tekton makes a pod of each task, whether its steps stand in the object or it only refers to them. */
const OF_TEKTON = /^tekton\.dev\/\S+ (?:Task|ClusterTask|TaskRun|Pipeline|PipelineRun)$/;

/** Whether an object of no known kind of workload holds the template of a pod with containers. A store's operator answers for its own pods. */
export function holdsPodTemplate(object: KubeObject): boolean {
  const { apiVersion, kind, body } = object;
  const title = `${apiVersion} ${kind}`;
  if (isBuiltIn(apiVersion) || SPEAKS_OF_OTHERS.test(title)) return false;
  if (OF_TEKTON.test(title)) return true;
  return managedStore(object) === undefined && templateIn(body, DEPTH);
}

/** Groups of Kubernetes in which nothing makes pods; `apps`, `batch` and `extensions` hold what does. */
function isBuiltIn(apiVersion: string): boolean {
  const slash = apiVersion.indexOf('/');
  return slash === -1 || /^(?:autoscaling|policy|events)$|\.k8s\.io$/.test(apiVersion.slice(0, slash));
}

function templateIn(value: unknown, depth: number): boolean {
  if (depth === 0) return false;
  if (Array.isArray(value)) return value.some((item) => templateIn(item, depth - 1));
  if (!isMapping(value)) return false;
  return Object.entries(value).some(
    ([key, member]) =>
      (/template$/i.test(key) && isPodTemplate(member)) ||
      (/templates$/i.test(key) && Array.isArray(member) && member.some(isStep)) ||
      (key === 'steps' && Array.isArray(member) && member.some(hasImage)) ||
      templateIn(member, depth - 1),
  );
}

function isPodTemplate(value: unknown): boolean {
  return isMapping(value) && isMapping(value['spec']) && hasContainers(value['spec']);
}

/** A template of an Argo Workflow runs one container, a script, or a set of containers. */
function isStep(value: unknown): boolean {
  if (!isMapping(value)) return false;
  const { container, script, containerSet } = value;
  return [container, script].some(hasImage) || hasContainers(containerSet) || isPodTemplate(value);
}

function hasContainers(value: unknown): boolean {
  return isMapping(value) && Array.isArray(value['containers']) && value['containers'].length > 0;
}

function hasImage(value: unknown): boolean {
  return isMapping(value) && typeof value['image'] === 'string';
}
