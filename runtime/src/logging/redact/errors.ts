/** Errors: message and stack as text, `cause` and `errors` followed, own properties like those of any object. */
import { attempt, put, read, type Plain, type Walk } from './plain.ts';

const OWN = new Set(['message', 'stack', 'cause', 'errors', 'name', 'command']);
const MAX_FRAMES = 30;

export function errorCopy(walk: Walk, error: Error): Plain {
  const out: { [key: string]: Plain } = { type: walk.text(typeName(error)) };
  for (const key of ['message', 'stack'] as const) {
    const text = textOf(error, key);
    if (text !== undefined) out[key] = walk.text(key === 'stack' ? frames(text) : text);
  }
  for (const key of ['cause', 'errors'] as const) {
    const inner = attempt(() => (error as { cause?: unknown; errors?: unknown })[key]);
    if (inner !== undefined) out[key] = walk.copy(inner);
  }
  // Redis clients hang the command with its arguments on the error, and those of AUTH are the password.
  const command = attempt(() => (error as { command?: { name?: unknown } }).command?.name);
  if (typeof command === 'string') out['command'] = walk.text(command);
  for (const key of Object.keys(error)) {
    if (walk.left <= 0) break;
    walk.left -= 1;
    if (!OWN.has(key)) put(walk, out, key, key === 'spawnargs' ? argumentsOf(walk, error) : read(walk, error, key));
  }
  return out;
}

/** The arguments of a command that could not be started; which one it was stands beside them. */
function argumentsOf(walk: Walk, error: Error): Plain {
  const { path, spawnargs } = error as { path?: unknown; spawnargs?: unknown };
  return Array.isArray(spawnargs) ? walk.list(spawnargs, path) : walk.copy(spawnargs);
}

function typeName(error: Error): string {
  const name = attempt(() => error.name);
  return typeof name === 'string' && name !== '' ? name : 'Error';
}

function textOf(error: Error, key: 'message' | 'stack'): string | undefined {
  const value: unknown = attempt(() => error[key]);
  return value === undefined ? undefined : attempt(() => (typeof value === 'string' ? value : JSON.stringify(value)));
}

function frames(stack: string): string {
  const lines = stack.split('\n');
  return lines.length <= MAX_FRAMES
    ? stack
    : `${lines.slice(0, MAX_FRAMES).join('\n')}\n    [${lines.length - MAX_FRAMES} more]`;
}
