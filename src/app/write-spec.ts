import { writeInit } from '../engine/resolve/index.ts';
import { openProject } from './check.ts';
import { readPlatform } from './judge.ts';
import type { Project } from './project.ts';

/** The text of a first launchgate.yaml, from what discovery finds. */
export async function writeSpec(project: Project, render: boolean): Promise<string> {
  const options = { render, environments: 'all' } as const;
  const { discovery } = await readPlatform(openProject(project), { root: project.root }, options);
  return writeInit(discovery);
}
