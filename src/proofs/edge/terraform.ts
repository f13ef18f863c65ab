import type { HclAttribute, HclBlock } from '../../model/document.ts';
import type { PlatformView } from '../../model/platform.ts';

/** A load balancer of AWS that the internet reaches, with its listeners. */
export interface PublicBalancer {
  /** `aws_lb.public`. */
  readonly name: string;
  readonly type: 'application' | 'network' | 'other';
  readonly block: HclBlock;
  readonly listeners: readonly HclBlock[];
}

/** Load balancers that are not said to be internal. Where `internal` is an expression, it may be either: `unknown`. */
export function publicBalancers(view: PlatformView): PublicBalancer[] {
  return ['aws_lb', 'aws_alb'].flatMap((type) =>
    view
      .terraform('resource', type)
      .filter((block) => block.attributes['internal'] === undefined || block.attributes['internal'].literal === false)
      .map((block) => {
        const kind = block.attributes['load_balancer_type']?.literal ?? 'application';
        return {
          name: block.labels.join('.'),
          type: kind === 'application' || kind === 'network' ? kind : ('other' as const),
          block,
          listeners: ['aws_lb_listener', 'aws_alb_listener']
            .flatMap((listener) => view.terraform('resource', listener))
            .filter(
              (listener) =>
                listener.module === block.module && refersTo(listener.attributes['load_balancer_arn'], block),
            ),
        };
      }),
  );
}

/** Whether an expression names the resource: `aws_lb.public.arn`, `aws_lb.public[0].arn`. */
export function refersTo(attribute: HclAttribute | undefined, block: HclBlock): boolean {
  if (attribute === undefined) return false;
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
