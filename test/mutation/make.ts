/** Makes the mutations of a platform from the operators. */
import type { KubeObject } from '../../src/model/kube.ts';
import { changed, placesOf, valueAt } from './places.ts';
import { REMOVED, SAME, type FileOperator, type Mutation, type ObjectOperator } from './types.ts';

export function idOf({ kind, namespace, name }: KubeObject): string {
  return `${kind} ${namespace === undefined ? '' : `${namespace}/`}${name}`;
}

export function objectMutations(operators: readonly ObjectOperator[], objects: readonly KubeObject[]): Mutation[] {
  return operators.flatMap((operator) =>
    objects
      .filter(({ kind, name }) => operator.kinds.includes(kind) && (operator.only?.test(name) ?? true))
      .flatMap((object) => ofObject(operator, object)),
  );
}

function ofObject({ name, controls, at, to }: ObjectOperator, object: KubeObject): Mutation[] {
  const id = idOf(object);
  const { body } = object;
  if (at === undefined)
    return wanted(to, body, body).map((value) => ({
      operator: name,
      where: id,
      controls,
      change: { kind: 'object', id, body: value === REMOVED ? undefined : (value as KubeObject['body']) },
    }));
  return placesOf(body, at).flatMap((path) =>
    wanted(to, valueAt(body, path), body).map((value) => ({
      operator: name,
      where: `${id} ${path.join('.')}`,
      controls,
      change: { kind: 'object', id, body: changed(body, path, value) },
    })),
  );
}

/** The values that an operator puts in place of one; none where it would change nothing. */
function wanted(to: unknown, value: unknown, body: KubeObject['body']): unknown[] {
  const made: unknown = typeof to === 'function' ? to(value, body) : to;
  return made === SAME || JSON.stringify(made) === JSON.stringify(value) ? [] : [made];
}

export function fileMutations(operators: readonly FileOperator[], files: ReadonlyMap<string, string>): Mutation[] {
  return operators.flatMap(({ name, controls, files: pattern, find, replace }) =>
    [...files]
      .filter(([path]) => pattern.test(path))
      .flatMap(([path, text]) =>
        [...text.matchAll(new RegExp(find.source, `${find.flags.replace('g', '')}g`))].flatMap((match) => {
          const put = typeof replace === 'string' ? replace : replace(match);
          const mutated = text.slice(0, match.index) + put + text.slice(match.index + match[0].length);
          if (mutated === text) return [];
          const line = text.slice(0, match.index).split('\n').length;
          return [
            {
              operator: name,
              where: `${path}:${line}`,
              controls,
              change: { kind: 'file' as const, path, text: mutated },
            },
          ];
        }),
      ),
  );
}
