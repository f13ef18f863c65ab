import { writeInit } from '../engine/resolve/index.ts';
import type { Gap } from '../model/platform.ts';
import { openProject } from './check.ts';
import { readPlatform } from './judge.ts';
import type { Project } from './project.ts';

/** A first launchgate.yaml, and what it is silent about. */
export interface FirstSpec {
  readonly text: string;
  /** What could not be read or rendered: workloads in it are missing from the text. */
  readonly unread: readonly Gap[];
}

/** A first launchgate.yaml, from what discovery finds. */
export async function writeSpec(project: Project, render: boolean): Promise<FirstSpec> {
  const options = { render, environments: 'all' } as const;
  const { discovery } = await readPlatform(openProject(project), { root: project.root }, options);
  return { text: writeInit(discovery), unread: discovery.gaps };
}
