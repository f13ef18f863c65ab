import type { HclAttribute, HclBlock } from '../../model/document.ts';
import type { PlatformView } from '../../model/platform.ts';
import { resourceBlocks } from '../topology/index.ts';

/** A load balancer of AWS that the internet reaches, with its listeners. */
export interface PublicBalancer {
  /** `aws_lb.public`. */
  readonly name: string;
  readonly type: 'application' | 'network' | 'other';
  readonly block: HclBlock;
  readonly listeners: readonly HclBlock[];
}

/** Load balancers that are not said to be internal. Those whose `internal` is not known may be either: `unread-balancers.ts` names them. */
export function publicBalancers(view: PlatformView): PublicBalancer[] {
  return ['aws_lb', 'aws_alb'].flatMap((type) =>
    resourceBlocks(view, type)
      .filter((block) => block.attributes['internal'] === undefined || block.attributes['internal'].literal === false)
      .map((block) => {
        const kind = block.attributes['load_balancer_type']?.literal ?? 'application';
        return {
          name: block.labels.join('.'),
          type: kind === 'application' || kind === 'network' ? kind : ('other' as const),
          block,
          listeners: ['aws_lb_listener', 'aws_alb_listener']
            .flatMap((listener) => resourceBlocks(view, listener))
            .filter((listener) => refersTo(listener.attributes['load_balancer_arn'], block, listener.module)),
        };
      }),
  );
}

/**
 * Whether an attribute of a block in the folder `module` names the resource: by its evaluated value or, where that is not known, by
 * its text, `aws_lb.public.arn`.
 */
export function refersTo(attribute: HclAttribute | undefined, block: HclBlock, module = block.module): boolean {
  if (attribute === undefined) return false;
  if (attribute.refersTo !== undefined && block.address !== undefined)
    return attribute.refersTo.includes(block.address);
  if (module !== block.module) return false;
  const name = block.labels.join('.');
  const at = attribute.text.indexOf(name);
  return (
    at !== -1 && !/[\w-]/.test(attribute.text[at + name.length] ?? '') && !/[\w.-]/.test(attribute.text[at - 1] ?? '')
  );
}

/** The blocks of a type in a block, those that `dynamic` makes included. */
export function nested(block: HclBlock, type: string): HclBlock[] {
  return block.blocks.flatMap((child) => {
    if (child.type === type) return [child];
    const isDynamic = child.type === 'dynamic' && child.labels[0] === type;
    return isDynamic ? child.blocks.filter((inner) => inner.type === 'content') : [];
  });
}

/** All blocks of a type at any depth. */
export function deep(block: HclBlock, type: string): HclBlock[] {
  return [...nested(block, type), ...block.blocks.flatMap((child) => deep(child, type))];
}
