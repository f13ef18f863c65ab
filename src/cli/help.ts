import type { Verb } from './verbs.ts';

const GROUPS: readonly [Verb['group'], string][] = [
  ['prove', 'Prove'],
  ['describe', 'Describe'],
  ['decide', 'Decide'],
  ['evidence', 'Evidence'],
  ['learn', 'Learn'],
];

/** The page behind `launchgate --help`. */
export function overview(verbs: readonly Verb[]): string {
  const width = Math.max(...verbs.map((verb) => verb.name.length));
  const sections = GROUPS.flatMap(([group, title]) => [
    '',
    title,
    ...verbs.filter((verb) => verb.group === group).map((verb) => `  ${verb.name.padEnd(width)}  ${verb.summary}`),
  ]);
  return [
    'launchgate: executable launch readiness',
    '',
    'Start with   launchgate check            what would break at launch, in this repository',
    'Then         launchgate init             write down what was found, and a first policy',
    'Then         launchgate gate public-launch',
    ...sections,
    '',
    'Exit status: 0 holds, 1 does not hold, 2 could not tell.',
    '"launchgate VERB --help" explains a verb and shows examples.',
  ].join('\n');
}
