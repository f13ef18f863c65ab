/** Puts the capabilities of a target together. */
import type { Capabilities, CapabilityName } from '../../model/drill/capabilities.ts';
import { CannotTell } from '../../model/drill/drill.ts';
import type { Target, Use } from '../target.ts';

/** How each capability that is offered is made for one use. */
export type Offered = { readonly [N in CapabilityName]?: (use: Use) => Capabilities[N] };

/** Each capability is made when it is first read, once for each use; one that is not offered throws when it is read. */
export function offering(target: string, offered: Offered): Pick<Target, 'offers' | 'capabilities'> {
  return { offers: new Set(Object.keys(offered) as CapabilityName[]), capabilities };

  function capabilities(use: Use): Capabilities {
    const made = new Map<string | symbol, unknown>();
    return new Proxy({} as Capabilities, {
      get(_, name) {
        if (!made.has(name)) made.set(name, make(name, use));
        return made.get(name);
      },
    });
  }

  function make(name: string | symbol, use: Use): unknown {
    const maker = offered[name as CapabilityName];
    if (maker === undefined) throw new CannotTell(`${target} does not offer "${String(name)}"`);
    return maker(use);
  }
}
