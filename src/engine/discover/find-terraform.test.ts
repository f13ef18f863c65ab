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
});
