import { type Spec, specSchema } from '../../model/spec.ts';
import type { SourceFile } from '../types.ts';

type Environment = Spec['environments'][number];

const MENTIONS: readonly (readonly [string, Environment['kind'], RegExp])[] = [
  ['development', 'development', /\b(?:dev environment|development environment|dev\/|\*\*dev(?:elopment)?:?\*\*)/i],
  ['ci', 'ci', /\b(?:ci environment|ephemeral (?:namespaces?|environments?))/i],
  ['staging', 'staging', /\b(?:staging|pre-?prod(?:uction)?)\b/i],
  ['production', 'production', /\b(?:prod|production)\b/i],
];

/** The least spec there can be: the environments that the documents mention, production at any rate. */
export function minimalSpec(files: readonly SourceFile[]): Spec {
  const text = files.map((file) => file.text).join('\n');
  const environments = MENTIONS.filter(([name, , words]) => name === 'production' || words.test(text));
  return specSchema.parse({
    apiVersion: 'launchgate/v1',
    kind: 'Platform',
    name: 'platform',
    environments: environments.map(([name, kind]) => ({ name, kind })),
  });
}
