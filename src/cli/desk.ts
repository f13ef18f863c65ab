import type { Desk } from '../app/human-acts.ts';
import type { Project } from '../app/project.ts';
import type { Io } from './io.ts';

/** The person whose key this is, at their desk: whatever they sign there is shown to them first. Throws as `openDesk`. */
export async function deskOf(project: Project, key: string, io: Io): Promise<Desk> {
  const [{ openDesk }, { showSigned }] = await Promise.all([
    import('../app/human-acts.ts'),
    import('./show-signed.ts'),
  ]);
  return openDesk(project, io.env, key, showSigned(io));
}
