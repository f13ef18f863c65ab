/**
 * The lab is started from the spec and is no environment of it. What a control reads for the lab is what it reads for the environment that
 * matters most, under the lab's name: the lab rehearses what production promises, with production's manifests and params. A spec
 * whose environment `lab` names deployables of its own is taken at its word instead.
 */
import { LAB } from '../model/policy-rules.ts';
import type { PlatformFacts } from '../model/platform.ts';
import type { Spec } from '../model/spec.ts';

/** The environment to read for one that was asked for; `undefined`: the most production-like. */
export function standsFor(asked: string | undefined, spec: Spec | undefined): string | undefined {
  const declared =
    spec?.environments.some(({ name, deployables }) => name === LAB && deployables !== undefined) === true;
  return asked === LAB && !declared ? undefined : asked;
}

/** The same facts under the lab's name. Evidence says `lab`, so that it serves nothing else. */
export function asLab(facts: PlatformFacts): PlatformFacts {
  return { ...facts, environment: { ...facts.environment, name: LAB } };
}
