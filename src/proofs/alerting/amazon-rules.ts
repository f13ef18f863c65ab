/**
 * Rule files that Amazon's managed Prometheus is handed: by Terraform (`aws_prometheus_rule_group_namespace`) or by its controller in the cluster
 * (`RuleGroupsNamespace` of ACK). Reads the classes `kubernetes`, `terraform` and `prometheus-rules`.
 */
import { cursor } from '../../model/kube.ts';
import { isMapping } from '../../model/cursor.ts';
import { oncePerPlatform } from '../../model/once.ts';
import type { Origin } from '../../model/origin.ts';
import type { PlatformView } from '../../model/platform.ts';
import { sketchOf, Unknown, type Resource } from '../topology/evaluate/index.ts';
import { managedResources } from '../topology/index.ts';
import { embedded } from './embedded.ts';
import { plain } from './grafana/terraform-values.ts';
import { groupsAt, type RuleHolder } from './rule-holders.ts';

const TYPE = 'aws_prometheus_rule_group_namespace';

/** What is handed over and cannot be told. */
interface Hidden {
  readonly holder: string;
  readonly because: string;
  readonly origin: Origin;
}

interface Handed {
  readonly holders: readonly RuleHolder[];
  readonly hidden: readonly Hidden[];
}

export const amazonRules = oncePerPlatform((view: PlatformView): Handed => {
  const found: (RuleHolder | Hidden | undefined)[] = [
    ...managedResources(view, TYPE).map((resource) => ofTerraform(view, resource)),
    ...view.objects('RuleGroupsNamespace.prometheusservice.services.k8s.aws').map((object) => {
      const at = cursor(object).get('spec', 'configuration');
      const holder = `RuleGroupsNamespace ${object.namespace ?? 'default'}/${object.name}`;
      return held(holder, embedded(at.string() ?? ''), at.origin);
    }),
  ];
  return {
    holders: found.flatMap((one) => (one === undefined || 'because' in one ? [] : [one])),
    hidden: found.flatMap((one) => (one !== undefined && 'because' in one ? [one] : [])),
  };
});

/** A file that is named and lies in the repository is read where it lies. */
function ofTerraform(view: PlatformView, resource: Resource): RuleHolder | Hidden | undefined {
  const { address } = resource;
  const { value: data, origin } = resource.attribute('data') ?? { value: null, origin: resource.origin };
  if (data instanceof Unknown && data.json !== undefined) return held(address, plain(data.json), origin);
  if (data instanceof Unknown && data.sketch === undefined)
    return isReadAsFile(view, resource) ? undefined : { holder: address, because: data.because, origin };
  return held(address, embedded(sketchOf(data) ?? ''), origin);
}

function held(holder: string, data: unknown, origin: Origin): RuleHolder | Hidden {
  if (!isMapping(data) || !Array.isArray(data['groups'])) return { holder, because: 'it is no rule file', origin };
  return { holder, kind: 'object', reader: 'unknown', groups: groupsAt(data, origin) };
}

/** `file("${path.module}/rules/api.yaml")`, or one for each of a folder, as far as the path is written. */
function isReadAsFile(view: PlatformView, { origin }: Resource): boolean {
  const block = view
    .terraform('resource', TYPE)
    .find((one) => one.origin.path === origin.path && one.origin.line === origin.line);
  const [, path] =
    /\bfile\("(?:\$\{path\.(?:module|root)\}\/|\.\/)?([^"$]+)/.exec(block?.attributes['data']?.text ?? '') ?? [];
  if (path === undefined) return false;
  const folder = origin.path.slice(0, origin.path.lastIndexOf('/') + 1);
  return view.data('prometheus-rules').some((file) => file.path.startsWith(`${folder}${path}`));
}
