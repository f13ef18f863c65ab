/** Does an activity whose number nobody asks for. */
import { perform, type World } from './perform.ts';
import type { Activity } from './schema.ts';

/** Rejects where it was refused: it did not happen then, and going on would measure something else. */
export async function act(activity: Activity, world: World): Promise<void> {
  const { command, http } = activity;
  const { value } = await perform(activity, world);
  if (command?.value === 'exit' && value !== 0) throw new Error(`${command.run[0]} ended with ${String(value)}`);
  if (http?.value === 'status' && Number(value) >= 400) throw new Error(`it was answered with ${String(value)}`);
}
