import { expect, it } from 'vitest';
import { indexPlatform, viewFor } from '../../engine/view.ts';
import { memoryTree, platformOf } from '../../../test/fixture-platform.ts';
import { unreadEdges } from './unread.ts';

async function unreadIn(terraform: string): Promise<string[]> {
  const facts = await platformOf(memoryTree({ 'main.tf': terraform }));
  return unreadEdges(viewFor(indexPlatform(facts), ['kubernetes', 'terraform'])).map(({ source }) => source);
}

it.each([
  ['resource "aws_elb" "old" {}', ['aws_elb.old']],
  ['resource "aws_elb" "old" { internal = true }', []],
  ['resource "aws_lb" "web" {}', []],
  ['variable "inside" {}\nresource "aws_lb" "web" { internal = var.inside }', ['aws_lb.web (internal: var.inside)']],
  ['variable "inside" { default = true }\nresource "aws_lb" "web" { internal = var.inside }', []],
  ['resource "google_compute_global_forwarding_rule" "web" {}', ['google_compute_global_forwarding_rule.web']],
  ['resource "google_compute_forwarding_rule" "web" { load_balancing_scheme = "INTERNAL_MANAGED" }', []],
  ['resource "azurerm_application_gateway" "web" {}', ['azurerm_application_gateway.web']],
  ['module "alb" { source = "terraform-aws-modules/alb/aws" }', ['module.alb']],
  ['module "alb" {\n  source = "terraform-aws-modules/alb/aws"\n  internal = true\n}', []],
  ['module "vpc" { source = "terraform-aws-modules/vpc/aws" }', []],
])('tells what may be public and is not read: %s', async (terraform, expected) => {
  expect(await unreadIn(terraform)).toEqual(expected);
});
