import type { HclGrammar } from '../model/world.ts';

/** Loads the Terraform grammar; call it only when there is something to parse. */
export async function loadHcl(): Promise<HclGrammar> {
  throw new Error('not built yet');
}
