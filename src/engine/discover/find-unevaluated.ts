import type { SourceClass } from '../../model/document.ts';
import type { Gap } from '../../model/platform.ts';
import { NOTHING_FOUND, type Found } from './found.ts';
import { baseName, folderOf, inFolder, isWithin } from './paths.ts';
import type { Survey } from './survey.ts';

/** A tool that deploys by a file of its own, which nothing here evaluates. */
interface Tool {
  readonly name: string;
  /** What to run for its output; absent: it makes nothing that is read here. */
  readonly render?: string;
  /** What it makes; absent: objects of Kubernetes. */
  readonly makes?: SourceClass;
  /** It has a file for each of its units. */
  readonly isOneOfMany?: boolean;
  /** It counts only where nothing else deploys: beside manifests it is what they were made of, or makes something else. */
  readonly isLastResort?: boolean;
  isBy(survey: Survey, file: string): boolean;
}

/** What keeps data, and what it lies in, by the words that clouds have for them in API groups. */
const KEEPERS =
  'alloydb|bigtable|cache|container|containerservice|cosmosdb|dbfor\\w+|docdb|documentdb|dynamodb|ec2|efs|eks|elasticache|elbv2|kafka|memorydb|mq|neptune|network|opensearch|opensearchservice|rds|redis|redshift|s3|spanner|sql|storage';

/**
 * Operators that make stores, networks and clusters of a cloud from objects of Kubernetes. What lends an application an identity, a name
 * or an address is common beside any application and keeps nothing.
 */
const OPERATORS: readonly (readonly [name: string, ...objects: RegExp[]])[] = [
  [
    'Crossplane',
    keeperOf(String.raw`(?:aws|gcp|azure)\.(?:m\.)?(?:upbound|crossplane)\.io`),
    /^apiVersion: *["']?apiextensions\.crossplane\.io\/.*\nkind: *Composition\b/m,
  ],
  ['Config Connector', keeperOf(String.raw`cnrm\.cloud\.google\.com`)],
  ['ACK', keeperOf(String.raw`services\.k8s\.aws`)],
  ['Azure Service Operator', keeperOf(String.raw`azure\.com`)],
];

/** Objects of an operator's API for what keeps data. */
function keeperOf(domain: string): RegExp {
  return new RegExp(`^apiVersion: *["']?(?:${KEEPERS})\\.${domain}/`, 'm');
}

const TOOLS: readonly Tool[] = [
  {
    name: 'Helmfile',
    render: 'helmfile template',
    isBy: (_, file) => isHelmfile(file),
  },
  {
    name: 'Fleet',
    render: 'fleet apply --output',
    isBy: isFleetFile,
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
      if (baseName(file) !== 'cdk8s.yaml') return false;
      const output = sources.mapping(file)?.['output'];
      const dist = inFolder(folderOf(file), typeof output === 'string' ? output : 'dist');
      return !sources.tree.files.some((other) => isWithin(dist, other));
    },
  },
  {
    name: 'Terragrunt',
    render: 'terragrunt show -json PLAN',
    makes: 'terraform',
    isOneOfMany: true,
    isBy: (_, file) => /(?:^|\/)terragrunt(?:\.stack)?\.hcl(?:\.json)?$/.test(file),
  },
  {
    name: 'Pulumi',
    render: 'pulumi preview --json',
    makes: 'terraform',
    isBy: ({ sources }, file) =>
      /(?:^|\/)Pulumi\.ya?ml$/.test(file) && sources.mapping(file)?.['runtime'] !== undefined,
  },
  {
    name: 'CDK for Terraform',
    render: 'cdktf synth',
    makes: 'terraform',
    isBy: ({ sources }, file) => {
      if (baseName(file) !== 'cdktf.json') return false;
      const output = sources.mapping(file)?.['output'];
      const made = inFolder(folderOf(file), typeof output === 'string' ? output : 'cdktf.out');
      return !sources.tree.files.some((other) => isWithin(made, other));
    },
  },
  {
    name: 'Nomad',
    isOneOfMany: true,
    isBy: (_, file) => /\.nomad(?:\.hcl|\.json)?$/.test(file),
  },
  {
    name: 'Kamal',
    isBy: (survey, file) =>
      /(?:^|\/)config\/deploy(?:\.[\w-]+)?\.ya?ml$/.test(file) && says(survey, file, /^service:/m, /^servers:/m),
  },
  {
    name: 'Fly.io',
    isBy: (survey, file) => /(?:^|\/)fly(?:[.-][\w-]+)?\.toml$/.test(file) && says(survey, file, /^app\s*=/m),
  },
  {
    name: 'Serverless Framework',
    makes: 'terraform',
    isBy: (survey, file) =>
      /(?:^|\/)serverless\.(?:ya?ml|json|[cm]?[jt]s)$/.test(file) && says(survey, file, /\bprovider\b/, /\bservice\b/),
  },
  {
    name: 'CloudFormation',
    makes: 'terraform',
    isOneOfMany: true,
    isBy: (survey, file) =>
      /\.(?:ya?ml|json)$/.test(file) &&
      says(survey, file, /^[ \t{]*["']?(?:AWSTemplateFormatVersion|Transform["']?[ \t]*:[ \t]*["']?AWS::Serverless)/m),
  },
  {
    name: 'AWS CDK',
    makes: 'terraform',
    isBy: ({ sources }, file) => baseName(file) === 'cdk.json' && sources.mapping(file)?.['app'] !== undefined,
  },
  ...OPERATORS.map(([name, ...objects]): Tool => ({
    name,
    makes: 'terraform',
    isOneOfMany: true,
    isBy: (survey, file) => /\.ya?ml$/.test(file) && objects.some((object) => says(survey, file, object)),
  })),
  {
    name: 'Jsonnet',
    render: 'jsonnet --multi',
    isOneOfMany: true,
    isLastResort: true,
    isBy: (_, file) => file.endsWith('.jsonnet'),
  },
];

function says({ sources }: Survey, file: string, ...signs: readonly RegExp[]): boolean {
  const text = sources.text(file, []);
  return typeof text === 'string' && signs.every((sign) => sign.test(text));
}

export function isHelmfile(path: string): boolean {
  return /(?:^|\/)(?:helmfile|helmfile\.d\/[^/]+)\.ya?ml(?:\.gotmpl)?$/.test(path);
}

/** What tells Rancher's Fleet how to deploy a folder; an object of its API is none. */
export function isFleetFile({ sources }: Survey, path: string): boolean {
  if (baseName(path) !== 'fleet.yaml') return false;
  const body = sources.mapping(path);
  return body !== undefined && body['apiVersion'] === undefined;
}

/**
 * Files by which other tools deploy. What lies beside them is read as it stands; what the tool makes of it, or fetches, is not known.
 * `isAlone`: nothing that deploys was found.
 */
export function findUnevaluated(survey: Survey, isAlone: boolean): Found {
  const { files } = survey.sources.tree;
  const deploys = (file: string): boolean =>
    survey.leftOut(file) === undefined && survey.chartAround(file) === undefined;
  const gaps = TOOLS.filter(({ isLastResort = false }) => isAlone || !isLastResort).flatMap((tool) =>
    gapsOf(
      tool,
      files.filter((file) => tool.isBy(survey, file) && deploys(file)),
    ),
  );
  return { ...NOTHING_FOUND, gaps };
}

/** One for each file; one for all units of a tool that has a file for each of hundreds. */
function gapsOf({ name, render, makes = 'kubernetes', isOneOfMany = false }: Tool, files: readonly string[]): Gap[] {
  const shown = isOneOfMany ? files.slice(0, 1) : files;
  const more = files.length - shown.length;
  const which = more === 0 ? 'this file, which is' : `this file and ${more} more, which are`;
  return shown.map((path) => ({
    path,
    reason: `${name} deploys by ${which} not evaluated here`,
    fix:
      render === undefined
        ? `See by other means to what ${name} deploys, and exclude ${more === 0 ? 'the file' : 'these files'} in the spec.`
        : `Check the output of "${render}" as well, or exclude the file in the spec.`,
    hides: [makes],
  }));
}
