import type { Deployable, Gap } from '../../model/platform.ts';
import type { Spec } from '../../model/spec.ts';
import { inEnvironment, type ChosenEnvironment } from '../discover/choose.ts';
import { sameEnvironment } from '../discover/environment.ts';
import type { Discovery } from '../discover/index.ts';
import { environmentOfNamespace } from '../discover/namespaces.ts';

/**
 * What is taken for another environment than people may think: deployables of one that the spec does not declare, at which nobody looks, and objects
 * that stand in the namespace of another environment and count for this one.
 */
export function passedBy(
  { deployables, rendered }: Discovery,
  spec: Spec | undefined,
  chosen: ChosenEnvironment,
  taken: readonly Deployable[],
): { readonly assumptions: readonly string[]; readonly gaps: readonly Gap[] } {
  const undeclared = spec === undefined ? [] : deployables.filter((one) => isUndeclared(one, spec));
  if (taken.length === 0) return { assumptions: [], gaps: undeclared.map((one) => unclaimed(one, chosen)) };
  return {
    assumptions: [
      ...[...Map.groupBy(undeclared, ({ environment = '' }) => environment)].map(
        ([name, members]) => `did not look at ${name}, which the spec does not declare: ${listed(members)}`,
      ),
      ...taken.flatMap((one) => {
        if (one.environment !== undefined || chosen.spec?.deployables !== undefined) return [];
        const names = [...new Set(rendered.get(one.id)?.objects.flatMap(({ namespace }) => namespace ?? []))];
        const other = names.filter((name) => speaksOfAnother(name, chosen, spec)).sort();
        if (other.length === 0) return [];
        return [
          `took ${one.path} for ${chosen.name} with its objects in ${other.join(', ')}, since it names no environment`,
        ];
      }),
    ],
    gaps: [],
  };
}

/** Where an environment lists its deployables, what goes by its name and is not in the list was left out on purpose. */
function isUndeclared(deployable: Deployable, spec: Spec): boolean {
  const { environments } = spec;
  const { id, environment: found } = deployable;
  if (found === undefined || id.startsWith('foreign:')) return false;
  if (environments.every(({ deployables }) => deployables !== undefined)) return false;
  const declared = environments.map(({ name }) => name);
  return !environments.some(
    (one) =>
      sameEnvironment(found, one.name, declared) ||
      inEnvironment(deployable, { name: one.name, kind: one.kind, spec: one }, spec),
  );
}

function speaksOfAnother(namespace: string, { name }: ChosenEnvironment, spec: Spec | undefined): boolean {
  const declared = spec?.environments.map((one) => one.name) ?? [];
  const found = environmentOfNamespace(namespace, declared);
  return found !== undefined && !sameEnvironment(found, name, declared);
}

/** With nothing to look at at all, one that goes by another name is more likely meant than left out on purpose. */
function unclaimed({ path, environment, environmentFrom }: Deployable, { name }: ChosenEnvironment): Gap {
  return {
    path,
    reason: `nothing that deploys is for ${name}, and this is taken for ${environment} (${environmentFrom}), which the spec does not declare`,
    fix: `Name it under deployables of ${name} in launchgate.yaml, or declare its environment.`,
    hides: ['kubernetes', 'terraform'],
  };
}

function listed(deployables: readonly Deployable[]): string {
  const paths = [...new Set(deployables.map(({ path }) => path))];
  return `${paths.slice(0, 5).join(', ')}${paths.length > 5 ? ` and ${paths.length - 5} more` : ''}`;
}
