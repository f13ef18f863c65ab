/** Load balancers that Terraform makes in ways that are not read here: of other clouds, of modules of a registry, public or not by an unknown. */
import type { HclBlock } from '../../model/document.ts';
import type { Origin } from '../../model/origin.ts';
import type { PlatformView } from '../../model/platform.ts';
import type { Configuration } from '../topology/evaluate/index.ts';
import { configurationsOf, resourceBlocks } from '../topology/index.ts';

/** Resources that take requests from the internet, and what says that one of them does not. */
const TYPES: Readonly<Record<string, (block: HclBlock) => boolean>> = {
  aws_elb: isInternal,
  azurerm_application_gateway: never,
  azurerm_cdn_frontdoor_route: never,
  azurerm_frontdoor: never,
  google_compute_forwarding_rule: hasInternalScheme,
  google_compute_global_forwarding_rule: hasInternalScheme,
};

/** Modules whose load balancer is public unless their input says otherwise. */
const MODULES =
  /(?:^|\/)(?:terraform-aws-modules\/(?:alb|elb)\/aws|(?:terraform-google-modules|GoogleCloudPlatform)\/lb-http\/google)(?:\/\/.*)?$/;

export function unreadBalancers(view: PlatformView): { readonly source: string; readonly origin: Origin }[] {
  return [
    ...Object.entries(TYPES).flatMap(([type, isPrivate]) =>
      resourceBlocks(view, type)
        .filter((block) => !isPrivate(block))
        .map((block) => ({ source: block.labels.join('.'), origin: block.origin })),
    ),
    ...['aws_lb', 'aws_alb'].flatMap((type) => resourceBlocks(view, type).flatMap(publicByUnknown)),
    ...configurationsOf(view).flatMap(publicModules),
  ];
}

function publicByUnknown(block: HclBlock): { source: string; origin: Origin }[] {
  const internal = block.attributes['internal'];
  if (internal === undefined || internal.literal !== undefined) return [];
  const source = `${block.labels.join('.')} (internal: ${internal.text.trim()})`;
  return [{ source, origin: internal.origin }];
}

function publicModules({ unread }: Configuration): { source: string; origin: Origin }[] {
  return unread
    .filter(({ source, inputs }) => {
      const internal = inputs.attribute('internal')?.value;
      return MODULES.test(source) && internal !== true;
    })
    .map(({ address, origin }) => ({ source: address, origin }));
}

function isInternal({ attributes }: HclBlock): boolean {
  return attributes['internal']?.literal === true;
}

function hasInternalScheme({ attributes }: HclBlock): boolean {
  const scheme = attributes['load_balancing_scheme']?.literal;
  return typeof scheme === 'string' && scheme.startsWith('INTERNAL');
}

function never(): boolean {
  return false;
}
