import type { Origin } from '../../../model/origin.ts';
import type { BlockBody } from './body.ts';

/** A call of a module whose sources are not here. */
export interface UnreadModule {
  /** `module.vpc`. */
  readonly address: string;
  readonly source: string;
  readonly version?: string;
  readonly inputs: BlockBody;
  readonly provider: (name: string) => string;
  readonly origin: Origin;
}

/** The call as it is handed to whoever knows the module without its sources. */
export function unread(address: string, inputs: BlockBody, provider: (name: string) => string): UnreadModule {
  const version = inputs.attribute('version')?.value;
  const source = inputs.block.attributes['source'];
  return {
    address,
    source: typeof source?.literal === 'string' ? source.literal : (source?.text ?? 'nothing'),
    ...(typeof version === 'string' ? { version } : {}),
    inputs,
    provider,
    origin: inputs.origin,
  };
}
