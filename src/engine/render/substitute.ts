import type { HiddenVariables } from '../../model/platform.ts';

/** What Flux may know when it fills in variables after a build. */
export interface Variables {
  readonly substitute?: Readonly<Record<string, string>>;
  readonly hiddenVariables?: HiddenVariables;
}

/** Text with its variables filled in. `unknown`: expressions whose value cannot be told, which keep their text. */
export interface Substituted {
  readonly text: string;
  readonly unknown: readonly string[];
}

/** `$` doubled is an escape; what stands between the braces may hold braces itself, one level deep. */
const EXPRESSION = /(\$?)\$\{((?:[^{}\n]|\{[^{}\n]{0,1024}\}){0,1024})\}/g;

/** An object that Flux leaves as it is, by label or annotation. */
const DISABLED = /kustomize\.toolkit\.fluxcd\.io\/substitute["']?\s*:\s*["']?disabled\b/;

/**
 * Fills in `${name}` and its forms with a default as Flux does after a build; `$${name}` becomes `${name}`, and a variable that nobody
 * gives a value becomes nothing. Without a single variable Flux substitutes nothing at all.
 * https://fluxcd.io/flux/components/kustomize/kustomizations/#post-build-variable-substitution
 */
export function substituteVariables(yaml: string, variables: Variables): Substituted {
  const { substitute = {}, hiddenVariables } = variables;
  if (Object.keys(substitute).length === 0 && hiddenVariables === undefined) return { text: yaml, unknown: [] };
  const unknown = new Set<string>();
  const fill = (line: string): string =>
    line.replaceAll(EXPRESSION, (whole: string, escape: string, expression: string) => {
      if (escape !== '') return whole.slice(1);
      const value = valueOf(expression, variables);
      if (value === undefined && !/^\s*#/.test(line)) unknown.add(whole);
      return value ?? whole;
    });
  const text = yaml
    .split(/^(?=---)/m)
    .map((document) => (DISABLED.test(document) ? document : document.split('\n').map(fill).join('\n')))
    .join('');
  return { text, unknown: [...unknown].sort() };
}

/** The value of what stands between braces; `undefined` for one that is hidden, and for forms that are not evaluated here. */
function valueOf(expression: string, { substitute = {}, hiddenVariables }: Variables): string | undefined {
  const [, name = '', operator = '', fallback = ''] = /^([A-Za-z_]\w*)(?:(:?[-=])(.*))?$/.exec(expression) ?? [];
  if (name === '') return undefined;
  const isKnown = Object.hasOwn(substitute, name);
  if (!isKnown && hiddenVariables !== undefined && (hiddenVariables.names?.includes(name) ?? true)) return undefined;
  const value = isKnown ? (substitute[name] ?? '') : '';
  if (value !== '' || operator === '') return value;
  return (isKnown && !operator.startsWith(':')) || fallback.includes('${') ? undefined : fallback;
}
