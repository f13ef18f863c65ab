import { actionOf } from './local.ts';
import type { Entry, LocalAction, Step } from './types.ts';

/** Actions that use actions that use actions. */
const DEPTH = 4;

/** An input that stands alone in an expression. */
const INPUT = /\$\{\{\s*inputs\.([\w-]+)\s*\}\}/gi;

/**
 * A step, followed by those of the composite action of this repository that it uses, however deep. What is handed to an action stands
 * where it uses it; an input that nobody hands over has its default, or is empty.
 * https://docs.github.com/actions/reference/workflows-and-actions/metadata-syntax#runs-for-composite-actions
 */
export function withActions(step: Step, actions: readonly LocalAction[], depth = 0): Step[] {
  const action = depth < DEPTH ? actionOf(step, actions) : undefined;
  if (action === undefined) return [step];
  const inputs = new Map([...action.inputs, ...step.with].map(({ name, value }) => [name.toLowerCase(), value]));
  return [step, ...action.steps.flatMap((inner) => withActions(handed(inner, step, inputs), actions, depth + 1))];
}

/** A step of an action, with the inputs it was given and the variables around it. */
function handed(inner: Step, outer: Step, inputs: ReadonlyMap<string, string>): Step {
  const fill = (text: string): string =>
    text.replaceAll(INPUT, (whole, name: string) => inputs.get(name.toLowerCase()) ?? whole);
  const filled = (entries: readonly Entry[]): Entry[] =>
    entries.map((entry) => ({ ...entry, value: fill(entry.value) }));
  return {
    ...inner,
    ...(inner.run !== undefined && { run: { ...inner.run, value: fill(inner.run.value) } }),
    ...(inner.directory !== undefined && { directory: fill(inner.directory) }),
    with: filled(inner.with),
    env: [...outer.env, ...filled(inner.env)],
  };
}
