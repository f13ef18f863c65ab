import type { DirectiveDocument } from '../../model/document.ts';

/** Who owns what, as GitHub would ask for reviews. */
export interface Ownership {
  /** The file that GitHub uses: the first of .github/, the root, docs/. */
  readonly path?: string;
  /** Rules that name an owner. */
  readonly rules: number;
  /** How many files were looked at. */
  readonly sensitive: number;
  readonly unowned: readonly string[];
}

/** Files that decide what is built, deployed or allowed. */
const SENSITIVE =
  /^\.github\/(?:workflows|actions|rulesets|environments)\/|^\.github\/CODEOWNERS$|^launchgate\.yaml$|(?:^|\/)(?:Dockerfile|Containerfile|kustomization\.ya?ml|Chart\.yaml)$|\.(?:tf|tofu)$/;
const ORDER: readonly string[] = ['.github/CODEOWNERS', 'CODEOWNERS', 'docs/CODEOWNERS'];

export function ownership(documents: readonly DirectiveDocument[], files: readonly string[]): Ownership {
  const path = ORDER.find((place) => documents.some((document) => document.path === place));
  const document = documents.find((one) => one.path === path);
  if (path === undefined || document === undefined) return { rules: 0, sensitive: 0, unowned: [] };
  const rules = document.directives.map(({ name, args }) => ({ matches: matcher(name), owned: args.length > 0 }));
  const sensitive = files.filter((file) => SENSITIVE.test(file));
  return {
    path,
    rules: rules.filter(({ owned }) => owned).length,
    sensitive: sensitive.length,
    unowned: sensitive.filter((file) => rules.findLast(({ matches }) => matches(file))?.owned !== true),
  };
}

/**
 * Patterns as in .gitignore, without negation and classes: anchored by a slash that is not the last character; what names a
 * folder takes all below, except that the last `*` of a path stays in its folder.
 */
function matcher(pattern: string): (file: string) => boolean {
  const body = pattern.replace(/^\//, '').replace(/\/$/, '');
  const anchored = pattern.slice(0, -1).includes('/');
  const wanted = body.split('/');
  const stays = anchored && !pattern.endsWith('/') && wanted.at(-1) === '*';
  const below = pattern.endsWith('/') ? 1 : 0;
  return (file) => {
    const parts = file.split('/');
    const starts = anchored ? [0] : parts.map((_, index) => index);
    return starts.some((from) => fits(wanted, parts.slice(from), (left) => (stays ? left === 0 : left >= below)));
  };
}

/** Whether the wanted parts match the first parts of a path; `rest` judges how many may be left. Steps through all ways at once. */
function fits(wanted: readonly string[], parts: readonly string[], rest: (left: number) => boolean): boolean {
  let reached = new Set([0]);
  for (const pattern of wanted) {
    const next = new Set<number>();
    for (const at of reached) {
      const part = parts[at];
      if (pattern === '**') for (let to = at; to <= parts.length; to += 1) next.add(to);
      else if (part !== undefined && fitsPart(pattern, part)) next.add(at + 1);
    }
    reached = next;
  }
  return [...reached].some((at) => rest(parts.length - at));
}

function fitsPart(pattern: string, part: string): boolean {
  const pieces = pattern.split('*');
  if (pieces.length === 1) return pattern === part;
  const [head = '', ...tail] = pieces;
  const last = tail.pop() ?? '';
  if (!part.startsWith(head) || !part.endsWith(last) || part.length < head.length + last.length) return false;
  let at = head.length;
  for (const piece of tail) {
    const found = part.indexOf(piece, at);
    if (found === -1 || found + piece.length > part.length - last.length) return false;
    at = found + piece.length;
  }
  return true;
}
