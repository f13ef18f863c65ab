/** What Terraform publishes to the internet in ways that are not read here: other load balancers than AWS's newer ones, those of modules, gateways and functions. */
import type { HclBlock } from '../../model/document.ts';
import type { PlatformView } from '../../model/platform.ts';
import { configurationsOf, managedResources, resourceBlocks } from '../topology/index.ts';
import type { Configuration, Resource } from '../topology/evaluate/index.ts';
import { flag, text } from '../topology/read.ts';
import type { UnreadEdge } from './unread.ts';

const always = (): boolean => true;

/** Types of resources, with whether one of them answers strangers; where that is not known it may. */
const TYPES: Readonly<Record<string, (resource: Resource) => boolean>> = {
  aws_elb: (resource) => !isTrue(resource, 'internal'),
  aws_apigatewayv2_api: always,
  aws_api_gateway_stage: always,
  aws_lambda_function_url: always,
  aws_apprunner_service: always,
  google_compute_global_forwarding_rule: isExternal,
  google_compute_forwarding_rule: isExternal,
  google_cloud_run_service: always,
  google_cloud_run_v2_service: (resource) => word(resource, 'ingress', 'INGRESS_TRAFFIC_ALL') === 'INGRESS_TRAFFIC_ALL',
  azurerm_application_gateway: always,
  azurerm_cdn_frontdoor_endpoint: always,
  azurerm_frontdoor: always,
  azurerm_linux_web_app: always,
  azurerm_windows_web_app: always,
  azurerm_container_app: (resource) =>
    resource.blocks('ingress').some((ingress) => isTrue(ingress, 'external_enabled')),
  hcloud_load_balancer: always,
  digitalocean_loadbalancer: always,
  digitalocean_app: always,
  scaleway_lb: always,
};

/** Modules whose load balancer is public unless their input says otherwise. */
const MODULES =
  /(?:^|\/)(?:terraform-aws-modules\/(?:alb|elb)\/aws|(?:terraform-google-modules|GoogleCloudPlatform)\/lb-http\/google)(?:\/\/.*)?$/;

/** Those of the environment's roots, by their addresses. Class `terraform`. */
export function unreadInTerraform(view: PlatformView): UnreadEdge[] {
  return [
    ...Object.entries(TYPES).flatMap(([type, isOpen]) =>
      managedResources(view, type)
        .filter(isOpen)
        .map(({ address, origin }) => ({ source: address, origin })),
    ),
    ...['aws_lb', 'aws_alb'].flatMap((type) => resourceBlocks(view, type).flatMap(publicByUnknown)),
    ...configurationsOf(view).flatMap(publicModules),
  ];
}

/** A load balancer that is read, where whether it is public is not known. */
function publicByUnknown(block: HclBlock): UnreadEdge[] {
  const internal = block.attributes['internal'];
  if (internal === undefined || internal.literal !== undefined) return [];
  const source = `${block.labels.join('.')} (internal: ${internal.text.trim()})`;
  return [{ source, origin: internal.origin }];
}

function publicModules({ unread }: Configuration): UnreadEdge[] {
  return unread
    .filter(({ source, inputs }) => MODULES.test(source) && inputs.attribute('internal')?.value !== true)
    .map(({ address, origin }) => ({ source: address, origin }));
}

function isTrue(body: Parameters<typeof flag>[0], name: string): boolean {
  const told = flag(body, name, false);
  return told.known && told.value;
}

function word(resource: Resource, name: string, unset: string): string {
  const told = text(resource, name, unset);
  return told.known ? told.value : unset;
}

/** `EXTERNAL` or `EXTERNAL_MANAGED`; a rule without a word, or for Private Service Connect, which says an empty one. */
function isExternal(rule: Resource): boolean {
  return word(rule, 'load_balancing_scheme', 'EXTERNAL').startsWith('EXTERNAL');
}
