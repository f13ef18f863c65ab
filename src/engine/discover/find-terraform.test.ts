import { describe, expect, it } from 'vitest';
import { discoverFiles, idsAndEnvironments } from '../../../test/discover-files.ts';

describe('Terraform', () => {
  it('takes folders with a provider or a backend as roots, with the modules they reach', async () => {
    const found = await discoverFiles({
      'infra/prod/main.tf': 'terraform {\n  backend "s3" {}\n}\nmodule "db" {\n  source = "../../modules/db"\n}\n',
      'infra/prod/terraform.tfvars': 'size = 3\n',
      'infra/dev/main.tf': 'provider "aws" {}\n',
      'modules/db/main.tf': 'module "net" {\n  source = "../net"\n}\nresource "aws_db_instance" "x" {}\n',
      'modules/net/main.tf': 'resource "aws_vpc" "x" {}\n',
      'modules/idle/main.tf': 'resource "aws_vpc" "y" {}\n',
      'examples/demo/main.tf': 'provider "aws" {}\n',
    });
    expect(idsAndEnvironments(found)).toEqual({
      'terraform:infra/dev': 'development',
      'terraform:infra/prod': 'production',
    });
    expect(found.deployables[1]?.sources).toEqual([
      'infra/prod/main.tf',
      'infra/prod/terraform.tfvars',
      'modules/db/main.tf',
      'modules/net/main.tf',
    ]);
    expect(found.terraform.filter(({ type }) => type === 'resource').map(({ labels }) => labels.join('.'))).toEqual([
      'aws_db_instance.x',
      'aws_vpc.x',
    ]);
    expect(found.leftOut).toEqual([
      { path: 'examples', reason: 'an example folder that nothing selects' },
      { path: 'modules/idle', reason: 'a Terraform module that no root calls' },
    ]);
  });

  it('takes a folder nobody calls as a root, and one that is called as a module', async () => {
    const found = await discoverFiles({
      'tf/main.tf': 'module "a" {\n  source = "./a"\n}\n',
      'tf/a/main.tf': 'resource "x" "y" {}\n',
    });
    expect(idsAndEnvironments(found)).toEqual({ 'terraform:tf': '' });
  });

  it('reports a syntax error with its line, and reads the rest', async () => {
    const found = await discoverFiles({
      'tf/main.tf': 'resource "a" "good" {}\n\nresource "b" "bad" {\n  x = = 1\n}\n',
    });
    expect(found.terraform.map(({ labels }) => labels[0])).toEqual(['a']);
    expect(found.gaps).toMatchObject([
      { path: 'tf/main.tf', deployable: 'terraform:tf', line: 4, hides: ['terraform'] },
    ]);
  });

  it('takes main.tofu in the place of main.tf, as OpenTofu does', async () => {
    const found = await discoverFiles({
      'tf/main.tf': 'resource "a" "terraform" {}\n',
      'tf/main.tofu': 'resource "a" "opentofu" {}\n',
      'tf/more.tf': 'resource "a" "both" {}\n',
      'tf/json.tf.json': '{"resource":{"a":{"old":{}}}}',
      'tf/json.tofu.json': '{"resource":{"a":{"new":{}}}}',
      'tf/terraform.tfvars': 'size = 3\n',
    });
    expect(found.terraform.map(({ labels }) => labels[1])).toEqual(['new', 'opentofu', 'both', undefined]);
  });

  it('reports a block of an override file that overrides nothing', async () => {
    const found = await discoverFiles({
      'tf/main.tf': 'resource "a" "x" {\n  b = true\n}\n',
      'tf/main_override.tf': 'resource "a" "x" {\n  b = false\n}\n\nresource "a" "y" {}\n',
    });
    expect(found.terraform.map(({ type, attributes }) => [type, attributes['b']?.literal])).toEqual([
      ['resource', false],
      ['refused', undefined],
    ]);
    expect(found.gaps).toMatchObject([
      {
        path: 'tf/main_override.tf',
        line: 5,
        deployable: 'terraform:tf',
        reason: 'resource a y overrides nothing that could be read in its folder, which Terraform refuses',
        hides: ['terraform'],
      },
    ]);
  });

  it('follows the source that an override file gives to a module', async () => {
    const found = await discoverFiles({
      'tf/main.tf': 'module "a" {\n  source = "../modules/old"\n}\n',
      'tf/override.tf': 'module "a" {\n  source = "../modules/new"\n}\n',
      'modules/old/main.tf': 'resource "x" "old" {}\n',
      'modules/new/main.tf': 'resource "x" "new" {}\n',
    });
    expect(found.deployables[0]?.sources).toEqual(['modules/new/main.tf', 'tf/main.tf', 'tf/override.tf']);
  });

  it('goes into a module that calls itself once, and says so once', async () => {
    const found = await discoverFiles({
      'tf/main.tf': 'module "self" {\n  source = "./"\n}\nmodule "a" {\n  source = "./a"\n}\n',
      'tf/a/main.tf': 'module "b" {\n  source = "../b"\n}\n',
      'tf/b/main.tf': 'resource "x" "y" {}\nmodule "a" {\n  source = "../a"\n}\n',
    });
    expect(idsAndEnvironments(found)).toEqual({ 'terraform:tf': '' });
    expect(found.terraform.map(({ type, labels }) => [type, ...labels].join(' '))).toEqual([
      'module b',
      'resource x y',
      'refused',
      'refused',
      'module a',
    ]);
    expect(found.gaps).toMatchObject([
      { path: 'tf/main.tf', line: 1, reason: 'module self calls tf from within itself, which never ends' },
      { path: 'tf/b/main.tf', line: 2, reason: 'module a calls tf/a from within itself, which never ends' },
    ]);
  });

  it('takes the first folder of a circle that nothing else calls as a root', async () => {
    const found = await discoverFiles({
      'a/main.tf': 'module "b" {\n  source = "../b"\n}\n',
      'b/main.tf': 'module "a" {\n  source = "../a"\n}\n',
    });
    expect(idsAndEnvironments(found)).toEqual({ 'terraform:a': '' });
    expect(found.gaps).toMatchObject([{ path: 'b/main.tf', line: 1 }]);
  });

  it('goes through calls however deep they nest', async () => {
    const depth = 5000;
    const files = Array.from({ length: depth }, (_, index) => [
      `m${index}/main.tf`,
      `module "next" {\n  source = "../m${index + 1}"\n}\n`,
    ]);
    const found = await discoverFiles({ ...Object.fromEntries(files), [`m${depth}/main.tf`]: 'resource "x" "y" {}\n' });
    expect(found.gaps).toEqual([]);
    expect(found.deployables[0]?.sources).toHaveLength(depth + 1);
  });
});
