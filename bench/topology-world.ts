/** A tree of Terraform as a platform of some size has it: a network, and a module for each team with its stores, queues, roles and alarms. */
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

/** Blocks of resources in one team's module, and in the network's. */
const PER_TEAM = 24;
const IN_NETWORK = 14;

export interface TerraformTree {
  /** Blocks of resources in source. */
  readonly resources: number;
  readonly teams: number;
}

/** Writes a tree of about so many resources below the folder. */
export function writeTree(folder: string, wanted: number): TerraformTree {
  const teams = Math.max(1, Math.round((wanted - IN_NETWORK) / PER_TEAM));
  const names = Array.from({ length: teams }, (_, index) => `team${index}`);
  write(folder, 'envs/production/main.tf', root(names));
  write(folder, 'modules/network/main.tf', NETWORK);
  for (const name of names) write(folder, `modules/${name}/main.tf`, team(name));
  return { resources: teams * PER_TEAM + IN_NETWORK, teams };
}

function write(folder: string, path: string, text: string): void {
  const file = join(folder, path);
  mkdirSync(join(file, '..'), { recursive: true });
  writeFileSync(file, text);
}

function root(names: readonly string[]): string {
  const calls = names.map(
    (name) => `
module "${name}" {
  source      = "../../modules/${name}"
  environment = local.environment
  vpc_id      = module.network.vpc_id
  subnet_ids  = module.network.data_subnet_ids
  app_cidrs   = local.app_cidrs
  kms_key_arn = module.network.key_arn
}
`,
  );
  return `terraform {
  backend "s3" {
    bucket       = "state"
    key          = "production"
    region       = "eu-central-1"
    encrypt      = true
    use_lockfile = true
  }
}

provider "aws" {
  region = "eu-central-1"
}

locals {
  environment = "production"
  zones       = ["eu-central-1a", "eu-central-1b", "eu-central-1c"]
  cidr        = "10.0.0.0/16"
  app_cidrs   = [for index, zone in local.zones : cidrsubnet(local.cidr, 4, 4 + index)]
}

module "network" {
  source      = "../../modules/network"
  environment = local.environment
  zones       = local.zones
  cidr        = local.cidr
  app_cidrs   = local.app_cidrs
}
${calls.join('')}`;
}

const NETWORK = `variable "environment" { type = string }
variable "zones" { type = list(string) }
variable "cidr" { type = string }
variable "app_cidrs" { type = list(string) }

resource "aws_vpc" "this" {
  cidr_block = var.cidr
  tags       = { Name = "net-\${var.environment}" }
}
${['public', 'app', 'data']
  .map(
    (tier, index) => `
resource "aws_subnet" "${tier}" {
  for_each          = zipmap(var.zones, [for zone in var.zones : ${tier === 'app' ? 'var.app_cidrs[index(var.zones, zone)]' : `cidrsubnet(var.cidr, 6, ${index * 4} + index(var.zones, zone))`}])
  vpc_id            = aws_vpc.this.id
  availability_zone = each.key
  cidr_block        = each.value
  tags              = { Name = "${tier}-\${each.key}", Tier = "${tier}" }
}

resource "aws_route_table" "${tier}" {
  vpc_id = aws_vpc.this.id
${tier === 'public' ? '  route {\n    cidr_block = "0.0.0.0/0"\n    gateway_id = aws_internet_gateway.this.id\n  }\n' : ''}}

resource "aws_route_table_association" "${tier}" {
  for_each       = aws_subnet.${tier}
  subnet_id      = each.value.id
  route_table_id = aws_route_table.${tier}.id
}
`,
  )
  .join('')}
resource "aws_internet_gateway" "this" {
  vpc_id = aws_vpc.this.id
}

resource "aws_kms_key" "this" {
  enable_key_rotation = true
}

resource "aws_eip" "nat" {
  domain = "vpc"
}

resource "aws_nat_gateway" "this" {
  allocation_id = aws_eip.nat.id
  subnet_id     = aws_subnet.public[var.zones[0]].id
}

output "vpc_id" { value = aws_vpc.this.id }
output "data_subnet_ids" { value = [for subnet in aws_subnet.data : subnet.id] }
output "key_arn" { value = aws_kms_key.this.arn }
`;

function team(name: string): string {
  return `variable "environment" { type = string }
variable "vpc_id" { type = string }
variable "subnet_ids" { type = list(string) }
variable "app_cidrs" { type = list(string) }
variable "kms_key_arn" { type = string }

locals {
  name = "${name}-\${var.environment}"
  tags = merge({ Team = "${name}" }, var.environment == "production" ? { Critical = "yes" } : {})
}

resource "aws_db_subnet_group" "this" {
  name       = local.name
  subnet_ids = var.subnet_ids
}

resource "aws_security_group" "database" {
  name   = "\${local.name}-database"
  vpc_id = var.vpc_id

  dynamic "ingress" {
    for_each = toset(var.app_cidrs)
    content {
      from_port   = 5432
      to_port     = 5432
      protocol    = "tcp"
      cidr_blocks = [ingress.value]
    }
  }
}

resource "aws_db_instance" "this" {
  identifier              = local.name
  engine                  = "postgres"
  instance_class          = "db.r7g.large"
  allocated_storage       = 100
  storage_encrypted       = true
  kms_key_id              = var.kms_key_arn
  multi_az                = var.environment == "production"
  publicly_accessible     = false
  backup_retention_period = 14
  deletion_protection     = true
  db_subnet_group_name    = aws_db_subnet_group.this.name
  vpc_security_group_ids  = [aws_security_group.database.id]
  tags                    = local.tags
}

resource "aws_s3_bucket" "this" {
  bucket = "\${local.name}-data"
}

resource "aws_s3_bucket_public_access_block" "this" {
  bucket                  = aws_s3_bucket.this.id
  block_public_acls       = true
  block_public_policy     = true
  ignore_public_acls      = true
  restrict_public_buckets = true
}

resource "aws_s3_bucket_versioning" "this" {
  bucket = aws_s3_bucket.this.id
  versioning_configuration { status = "Enabled" }
}

data "aws_iam_policy_document" "this" {
  statement {
    actions   = ["s3:GetObject", "s3:PutObject"]
    resources = ["\${aws_s3_bucket.this.arn}/*"]
  }
}

resource "aws_iam_role" "this" {
  name               = local.name
  assume_role_policy = jsonencode({ Version = "2012-10-17", Statement = [{ Effect = "Allow", Action = "sts:AssumeRole", Principal = { Service = "ec2.amazonaws.com" } }] })
}

resource "aws_iam_role_policy" "this" {
  role   = aws_iam_role.this.id
  policy = data.aws_iam_policy_document.this.json
}
${Array.from({ length: 8 }, (_, index) => queue(index)).join('')}`;
}

function queue(index: number): string {
  return `
resource "aws_sqs_queue" "q${index}" {
  name                       = "\${local.name}-q${index}"
  message_retention_seconds  = 345600
  visibility_timeout_seconds = ${30 + index}
  kms_master_key_id          = var.kms_key_arn
  tags                       = local.tags
}

resource "aws_cloudwatch_metric_alarm" "q${index}" {
  alarm_name          = "\${local.name}-q${index}-age"
  namespace           = "AWS/SQS"
  metric_name         = "ApproximateAgeOfOldestMessage"
  comparison_operator = "GreaterThanThreshold"
  threshold           = ${300 * (index + 1)}
  evaluation_periods  = 3
  period              = 60
  statistic           = "Maximum"
  dimensions          = { QueueName = aws_sqs_queue.q${index}.name }
}
`;
}
