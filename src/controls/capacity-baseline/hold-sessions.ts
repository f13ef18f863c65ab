/** As many sessions at once as the replicas here have to hold at the declared peak. */
import { CannotTell } from '../../model/drill/drill.ts';
import { replicasHere, wantedHere, type Loaded, type Subject } from './loaded.ts';
import type { Context } from './ramp.ts';

/** Seconds between two lines of a shell: most terminals are looked at, not written to. */
const TICK = 2;

export async function holdSessions(context: Context, subject: Subject, layer: Loaded): Promise<void> {
  const { id } = subject;
  const { here, most } = replicasHere(context, layer);
  if (here === 0) throw new CannotTell(`the target runs no replica of ${layer.service}`);
  const wanted = Math.ceil(wantedHere(subject, layer.part.peak, { here, most }));
  const observeHeld = (value: number, detail?: string) =>
    context.observe({
      name: `sessions that ${layer.service} holds at once`,
      value,
      unit: 'sessions',
      atLeast: wanted,
      predicted: wanted,
      subject: id,
      detail: detail ?? `${here} replicas of ${most}`,
    });
  const began = performance.now();
  let open;
  try {
    open = await context.target.terminals.open(wanted, { tick: TICK });
  } catch (error) {
    if (context.signal.aborted || error instanceof CannotTell) throw error;
    return observeHeld(0, error instanceof Error ? error.message : String(error));
  }
  context.say(`${wanted} sessions within ${((performance.now() - began) / 1000).toFixed(1)} s`);
  const places = await open.places();
  observeHeld(places.filter(({ part }) => part !== undefined).length);
  const { damaged } = await open.close();
  context.observe({
    name: `sessions of ${layer.service} that are damaged`,
    value: damaged.length,
    unit: 'sessions',
    is: 0,
    subject: id,
    ...(damaged.length === 0 ? {} : { detail: damaged.slice(0, 3).join('; ') }),
  });
}
