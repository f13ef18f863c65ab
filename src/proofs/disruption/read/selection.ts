/**
 * Whether a controller finds the pods of its own template: `ValidateDeploymentSpec`, `ValidateStatefulSetSpec`, `ValidateDaemonSetSpec` and
 * `ValidateReplicaSetSpec` of kubernetes pkg/apis/apps/validation, and `ValidateRolloutSpec` of argo-rollouts, which all say the same.
 */
import { asWorkload, cursor, workloadName, type Workload } from '../../../model/kube.ts';
import { readSelector, selects, type Selector } from '../../../model/selector.ts';
import { isOperated } from './operated.ts';

const SELECTING = ['Deployment', 'StatefulSet', 'DaemonSet', 'ReplicaSet', 'Rollout'];

/** What is wrong with the selector of a workload; undefined where it takes its pods, or where they are not known. */
export function selectorFault(workload: Workload): string | undefined {
  if (!SELECTING.includes(workload.kind) || isOperated(workload)) return undefined;
  const lent = workload.lender && asWorkload(workload.lender);
  const refused = lent && selectorFault(lent);
  if (lent && refused !== undefined) return `its template is that of ${workloadName(lent)}, and ${refused}`;
  const selector = readSelector(cursor(workload.object).get('spec', 'selector'));
  const { lender } = workload;
  if (selector === undefined)
    return isDefaulted(workload) || lender !== undefined ? undefined : 'it has no selector for its pods';
  const fault = expressionFault(selector);
  if (fault !== undefined) return fault;
  if (Object.keys(selector.matchLabels).length + selector.matchExpressions.length === 0)
    return lender === undefined ? 'its selector is empty' : undefined;
  const labels = workload.podLabels;
  if (selects(selector, labels)) return undefined;
  const whose =
    lender === undefined ? 'its template' : `the template of ${lender.kind} ${workload.namespace}/${lender.name}`;
  return `its selector (${selectorText(selector)}) does not match the labels of ${whose} (${labelsText(labels) || 'none'})`;
}

/** The APIs of old gave a selector that was not there the labels of the template. */
function isDefaulted({ object }: Workload): boolean {
  return /^(?:apps|extensions)\/v1beta1$/.test(object.apiVersion);
}

/** `ValidateLabelSelectorRequirement` of apimachinery. */
function expressionFault({ matchExpressions }: Selector): string | undefined {
  for (const { key, operator, values } of matchExpressions) {
    const takesValues = operator === 'In' || operator === 'NotIn';
    if (!takesValues && operator !== 'Exists' && operator !== 'DoesNotExist')
      return `its selector has the operator ${JSON.stringify(operator)}, which is none of In, NotIn, Exists, DoesNotExist`;
    if (takesValues !== values.length > 0)
      return `its selector asks ${key} ${operator} ${takesValues ? 'without values' : 'with values'}`;
  }
  return undefined;
}

function selectorText({ matchLabels, matchExpressions }: Selector): string {
  const expressions = matchExpressions.map(
    ({ key, operator, values }) => `${key} ${operator}${values.length > 0 ? ` [${values.join(', ')}]` : ''}`,
  );
  return [labelsText(matchLabels), ...expressions].filter((text) => text !== '').join(', ');
}

function labelsText(labels: Readonly<Record<string, string>>): string {
  return Object.entries(labels)
    .map(([key, value]) => `${key}=${value}`)
    .join(', ');
}
