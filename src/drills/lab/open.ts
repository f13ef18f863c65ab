/** Opens a lab that another process has started: what `lab status`, drills and the watchdog have in common. */
import { readFileSync, statSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { LaunchgateError } from '../../model/errors.ts';
import type { Spec } from '../../model/spec.ts';
import { makeLab } from './context.ts';
import type { Lab, Part } from './part.ts';
import { allParts } from './parts/index.ts';
import { planLab, type LabPlan } from './plan.ts';
import { hasService } from './run/programs.ts';
import { readState, type LabState } from './run/state.ts';
import { SPEC_COPY } from './sources.ts';
import { openTrust } from './trust/store.ts';

/** A spec is read by people; more than this is something else. */
const MOST_BYTES = 4 * 1024 * 1024;

export interface OpenLab {
  readonly lab: Lab;
  readonly state: LabState;
  readonly plan: LabPlan;
  readonly parts: readonly Part[];
}

/** The lab that was started in the directory; `undefined` where there is none. */
export async function openLab(directory: string): Promise<OpenLab | undefined> {
  const state = readState(directory);
  if (state === undefined) return undefined;
  const changes = {
    available: hasService,
    replicas: new Map(Object.entries(state.replicas)),
    off: new Map(Object.entries(state.off)),
  };
  const plan = planLab(await loadSpecFile(join(directory, SPEC_COPY)), dirname(state.spec), changes);
  const parts = allParts(plan).filter(({ name }) => state.parts[name] !== undefined);
  const trust = await openTrust(directory, state.host);
  return { lab: makeLab({ directory, state, plan, parts, trust }), state, plan, parts };
}

/** Reads a spec that is to be started as a lab. Throws `input-unreadable`, or `spec-invalid` with the place. */
export async function loadSpecFile(path: string): Promise<Spec> {
  const size = statSync(path, { throwIfNoEntry: false })?.size;
  if (size === undefined || size > MOST_BYTES)
    throw new LaunchgateError(
      'input-unreadable',
      `${path}: ${size === undefined ? 'there is no such file' : `more than ${MOST_BYTES} bytes`}`,
    );
  const [{ loadSpec }, { catalog }] = await Promise.all([
    import('../../engine/load-spec.ts'),
    import('../../controls/catalog.ts'),
  ]);
  return loadSpec(
    readFileSync(path, 'utf8'),
    path,
    catalog.map(({ id }) => id),
  );
}
