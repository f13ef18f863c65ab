/** Does an activity whose number nobody asks for. */
import { CannotTell } from '../../model/drill/drill.ts';
import { perform, type World } from './perform.ts';
import type { Activity } from './schema.ts';

/** Rejects where it was refused, and where it was sent elsewhere, to a login perhaps: it did not happen then, and going on would measure something else. */
export async function act(activity: Activity, world: World): Promise<void> {
  const { command, http } = activity;
  const { value } = await perform(activity, world);
  if (command?.value === 'exit' && value !== 0) throw new Error(`${command.run[0]} ended with ${String(value)}`);
  if (http?.value !== 'status') return;
  if (Number(value) >= 400) throw new Error(`it was answered with ${String(value)}`);
  if (Number(value) >= 300)
    throw new CannotTell(
      `it was answered with ${String(value)}, a redirect, which is not followed: ask where it leads to, or measure the status that is right`,
    );
}
