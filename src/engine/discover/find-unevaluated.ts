import type { Gap } from '../../model/platform.ts';
import { NOTHING_FOUND, type Found } from './found.ts';
import { baseName, folderOf, inFolder, isWithin } from './paths.ts';
import type { Survey } from './survey.ts';

/** A tool that deploys by a file of its own, which nothing here evaluates. */
interface Tool {
  readonly name: string;
  /** What to run for its output. */
  readonly render: string;
  isBy(survey: Survey, file: string): boolean;
}

const TOOLS: readonly Tool[] = [
  {
    name: 'Helmfile',
    render: 'helmfile template',
    isBy: (_, file) => /(?:^|\/)(?:helmfile|helmfile\.d\/[^/]+)\.ya?ml(?:\.gotmpl)?$/.test(file),
  },
  {
    name: 'Fleet',
    render: 'fleet apply --output',
    isBy: ({ sources }, file) => {
      if (baseName(file) !== 'fleet.yaml') return false;
      const body = sources.mapping(file);
      return body !== undefined && body['apiVersion'] === undefined;
    },
  },
  {
    name: 'Tanka',
    render: 'tk export',
    isBy: ({ sources }, file) =>
      baseName(file) === 'spec.json' && String(sources.mapping(file)?.['apiVersion']).startsWith('tanka.dev/'),
  },
  {
    name: 'cdk8s',
    render: 'cdk8s synth',
    isBy: ({ sources }, file) => {
      const output = sources.mapping(file)?.['output'];
      const dist = inFolder(folderOf(file), typeof output === 'string' ? output : 'dist');
      return baseName(file) === 'cdk8s.yaml' && !sources.tree.files.some((other) => isWithin(dist, other));
    },
  },
];

/** Files by which other tools deploy. What lies beside them is read as it stands; what the tool makes of it, or fetches, is not known. */
export function findUnevaluated(survey: Survey): Found {
  const gaps = survey.sources.tree.files.flatMap((file): Gap[] => {
    const tool = TOOLS.find(({ isBy }) => isBy(survey, file));
    if (tool === undefined || survey.leftOut(file) !== undefined || survey.chartAround(file) !== undefined) return [];
    const reason = `${tool.name} deploys by this file, which is not evaluated here`;
    const fix = `Check the output of "${tool.render}" as well, or exclude the file in the spec.`;
    return [{ path: file, reason, fix, hides: ['kubernetes'] }];
  });
  return { ...NOTHING_FOUND, gaps };
}
