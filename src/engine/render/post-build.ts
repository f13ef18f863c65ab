import type { Deployable, Gap } from '../../model/platform.ts';
import { substituteVariables } from './substitute.ts';

/** Names of variables that a message holds. */
const SHOWN = 5;

/** What is built, with the variables of a deployable filled in; a gap for those nobody can fill in here. */
export function fillIn({ kustomize, id, declaredBy }: Deployable, built: string): { text: string; gaps: Gap[] } {
  if (kustomize === undefined) return { text: built, gaps: [] };
  const { text, unknown } = substituteVariables(built, kustomize);
  if (unknown.length === 0) return { text, gaps: [] };
  const variables = [...new Set(unknown.map(variableOf))];
  const more = variables.length - SHOWN;
  const shown = variables.slice(0, SHOWN).join(', ') + (more > 0 ? ` and ${more} more` : '');
  const from = kustomize.hiddenVariables?.from ?? [];
  const gap: Gap = {
    path: declaredBy,
    deployable: id,
    reason:
      from.length === 0
        ? `${shown} is filled in by Flux, and is not evaluated here`
        : `${shown} is filled in from ${from.join(' and ')}, which only the cluster knows`,
    fix: 'Write the values under postBuild.substitute, or into a ConfigMap of this repository.',
    hides: ['kubernetes'],
  };
  return { text, gaps: [gap] };
}

/** The variable without its default, which may be a credential. */
function variableOf(expression: string): string {
  const name = /^\$\{([A-Za-z_]\w*)/.exec(expression)?.[1];
  return name === undefined ? expression : `\${${name}}`;
}
