import { locate } from '../engine/locate.ts';
import { ParamMistakes } from '../engine/param-mistakes.ts';
import { LaunchgateError } from '../model/errors.ts';
import type { FileTree } from '../model/world.ts';

/** An error as its reader gets it where there is no report: params that do not fit say at which line of the spec, every other stays as it is. */
export function withPlace(error: unknown, tree: FileTree): unknown {
  const place = error instanceof ParamMistakes && error.origin !== undefined ? locate(tree, error.origin) : undefined;
  if (place === undefined || !(error instanceof ParamMistakes)) return error;
  return new LaunchgateError(error.code, `${place.path}:${place.line}:${place.column}: ${error.message}`, {
    cause: error,
    ...(error.next === undefined ? {} : { next: error.next }),
  });
}
