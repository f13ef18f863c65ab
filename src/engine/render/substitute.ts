/**
 * Fills in `${name}`, `${name:-default}` and `${name:=default}` as Flux does after a build; `$${name}` stays `${name}`. Variables
 * nobody gave a value keep their text. https://fluxcd.io/flux/components/kustomize/kustomizations/#post-build-variable-substitution
 */
export function substituteVariables(yaml: string, variables: Readonly<Record<string, string>>): string {
  return yaml.replaceAll(
    /(\$?)\$\{([A-Za-z_]\w*)(?::[-=]([^}\n]{0,1024}))?\}/g,
    (whole: string, escape: string, name: string, fallback: string | undefined) => {
      if (escape !== '') return whole.slice(1);
      return Object.hasOwn(variables, name) ? (variables[name] ?? '') : (fallback ?? whole);
    },
  );
}
