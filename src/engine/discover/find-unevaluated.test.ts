import { expect, it } from 'vitest';
import { deployment, discoverFiles } from '../../../test/discover-files.ts';

const gapsOf = async (files: Readonly<Record<string, string>>): Promise<string[]> =>
  (await discoverFiles(files)).gaps.map(({ path, reason }) => `${path}: ${reason}`);

it.each([
  ['Helmfile', 'helmfile.yaml', 'releases: [{ name: redis, chart: bitnami/redis }]\n'],
  ['Helmfile', 'deploy/helmfile.yaml.gotmpl', 'releases: {{ .x }}\n'],
  ['Helmfile', 'helmfile.d/10-apps.yaml', 'releases: []\n'],
  ['Fleet', 'apps/fleet.yaml', 'namespace: shop\nhelm: { chart: redis, repo: "https://charts.example" }\n'],
  [
    'Tanka',
    'environments/prod/spec.json',
    '{ "apiVersion": "tanka.dev/v1alpha1", "kind": "Environment", "metadata": { "name": "prod" } }',
  ],
  ['cdk8s', 'cdk8s.yaml', 'language: typescript\napp: node main.js\n'],
  ['Terragrunt', 'live/prod/db/terragrunt.hcl', 'terraform { source = "../../../modules/db" }\n'],
  ['Pulumi', 'infra/Pulumi.yaml', 'name: shop\nruntime: nodejs\n'],
  ['Nomad', 'jobs/web.nomad.hcl', 'job "web" {}\n'],
  ['Nomad', 'web.nomad', 'job "web" {}\n'],
  ['Kamal', 'config/deploy.yml', 'service: app\nimage: acme/app\nservers: { web: [<%= ENV["HOST"] %>] }\n'],
  ['Fly.io', 'fly.toml', 'app = "shop"\n'],
  ['Serverless Framework', 'serverless.yml', 'service: api\nprovider: { name: aws }\n'],
  ['CloudFormation', 'template.yaml', 'Transform: AWS::Serverless-2016-10-31\nResources: { A: !Ref B }\n'],
  ['CloudFormation', 'infra/db.json', '{ "AWSTemplateFormatVersion": "2010-09-09" }'],
  ['AWS CDK', 'cdk.json', '{ "app": "npx ts-node bin/app.ts" }'],
  ['Jsonnet', 'deploy/main.jsonnet', '{}\n'],
  ['Crossplane', 'db.yaml', 'apiVersion: rds.aws.upbound.io/v1beta1\nkind: Instance\nmetadata: { name: db }\n'],
  [
    'Crossplane',
    'x/comp.yaml',
    'apiVersion: apiextensions.crossplane.io/v1\nkind: Composition\nmetadata: { name: x }\n',
  ],
  [
    'Config Connector',
    'a.yml',
    'apiVersion: sql.cnrm.cloud.google.com/v1beta1\nkind: SQLInstance\nmetadata: { name: db }\n',
  ],
  ['ACK', 'a.yaml', 'apiVersion: s3.services.k8s.aws/v1alpha1\nkind: Bucket\nmetadata: { name: b }\n'],
  [
    'Azure Service Operator',
    'a.yaml',
    'apiVersion: cache.azure.com/v1api20230801\nkind: Redis\nmetadata: { name: r }\n',
  ],
  ['CDK for Terraform', 'cdktf.json', '{ "language": "typescript", "app": "npx ts-node main.ts" }'],
])('a file of %s is a gap: %s', async (tool, path, content) => {
  expect(await gapsOf({ [path]: content })).toEqual([
    `${path}: ${tool} deploys by this file, which is not evaluated here`,
  ]);
});

it('units of Terragrunt are one gap, which hides what Terraform makes', async () => {
  const unit = 'include "root" { path = find_in_parent_folders("root.hcl") }\n';
  const { gaps } = await discoverFiles({ 'live/a/terragrunt.hcl': unit, 'live/b/terragrunt.hcl': unit });
  expect(gaps).toMatchObject([
    {
      path: 'live/a/terragrunt.hcl',
      reason: 'Terragrunt deploys by this file and 1 more, which are not evaluated here',
      hides: ['terraform'],
    },
  ]);
});

it.each([
  ['that says it is something else', { 'fleet.yaml': 'apiVersion: v1\nkind: ConfigMap\nmetadata: { name: x }\n' }],
  ['in a folder for examples', { 'examples/helmfile.yaml': 'releases: []\n' }],
  [
    'whose Terraform is committed',
    { 'cdktf.json': '{ "app": "x" }', 'cdktf.out/stacks/prod/cdk.tf.json': '{ "provider": {} }' },
  ],
  [
    'that gives an application an identity or installs the operator',
    {
      'sa.yaml': 'apiVersion: iam.cnrm.cloud.google.com/v1beta1\nkind: IAMServiceAccount\nmetadata: { name: a }\n',
      'ip.yaml': 'apiVersion: compute.cnrm.cloud.google.com/v1beta1\nkind: ComputeAddress\nmetadata: { name: ip }\n',
      'p.yaml': 'apiVersion: pkg.crossplane.io/v1\nkind: Provider\nmetadata: { name: aws }\n',
      'n.yaml': 'apiVersion: karpenter.azure.com/v1beta1\nkind: AKSNodeClass\nmetadata: { name: nodes }\n',
    },
  ],
  ['of another tool of that folder', { 'config/deploy.yml': 'stages: [production]\n' }],
  ['whose manifests are committed', { 'main.jsonnet': '{}', 'manifests/a.yaml': deployment('a') }],
  ['whose output is committed', { 'cdk8s.yaml': 'app: x\n', 'dist/x.k8s.yaml': 'apiVersion: v1\n' }],
])('a file %s is none', async (_, files) => {
  expect(await gapsOf(files)).toEqual([]);
});
