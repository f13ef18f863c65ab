import type { PlatformView } from '../../model/platform.ts';
import { KINDS, type Kind } from './tools.ts';

const CODE = /\.(?:[cm]?[jt]sx?|py|go|rs|java|kt|kts|scala|cs|fs|rb|php|swift|c|cc|cpp|ex|exs|vue|svelte)$/;
/** Languages whose types nothing checks unless it is asked to; the others are checked when their tests are built. */
const TYPED = /\.(?:[cm]?tsx?|py)$/;
const INFRASTRUCTURE = /\.(?:tf|tofu)$|(?:^|\/)(?:Chart|kustomization)\.ya?ml$/;
const IMAGE = /(?:^|\/)(?:Dockerfile|Containerfile)(?:\.[\w-]+)?$/;
/** Code that serves the pipeline or the documentation is not the product. */
const BESIDE = /(?:^|\/)(?:\.github|docs?|website|examples?|vendor|node_modules|third_party|testdata|fixtures)\//;

/** The kinds of checks for which the repository holds something to look at. */
export function applicable(view: PlatformView): Kind[] {
  const files = view.files().filter((path) => !BESIDE.test(path));
  const has = (pattern: RegExp): boolean => files.some((path) => pattern.test(path));
  const code = has(CODE);
  const applies: Readonly<Record<Kind, boolean>> = {
    lint: code,
    unit: code,
    type: has(TYPED),
    dependency: code,
    sast: code,
    dast: !view.provisional && view.spec.services.some(({ routes }) => routes.some((route) => route.public)),
    iac: has(INFRASTRUCTURE),
    image: has(IMAGE),
  };
  return KINDS.filter((kind) => applies[kind]);
}
