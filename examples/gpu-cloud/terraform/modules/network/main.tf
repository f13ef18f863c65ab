# Three tiers in three zones. Data subnets have no route out: what runs there reaches AWS by endpoints inside the network.
resource "aws_vpc" "this" {
  cidr_block           = var.cidr
  enable_dns_support   = true
  enable_dns_hostnames = true
  tags                 = { Name = "gpucloud-${var.environment}" }
}

resource "aws_subnet" "public" {
  for_each                = zipmap(var.zones, var.public_cidrs)
  vpc_id                  = aws_vpc.this.id
  availability_zone       = each.key
  cidr_block              = each.value
  map_public_ip_on_launch = false
  tags                    = { Name = "public-${each.key}", Tier = "public" }
}

resource "aws_subnet" "app" {
  for_each          = zipmap(var.zones, var.app_cidrs)
  vpc_id            = aws_vpc.this.id
  availability_zone = each.key
  cidr_block        = each.value
  tags              = { Name = "app-${each.key}", Tier = "private" }
}

resource "aws_subnet" "data" {
  for_each          = zipmap(var.zones, var.data_cidrs)
  vpc_id            = aws_vpc.this.id
  availability_zone = each.key
  cidr_block        = each.value
  tags              = { Name = "data-${each.key}", Tier = "data" }
}

resource "aws_subnet" "management" {
  for_each          = zipmap(var.zones, var.management_cidrs)
  vpc_id            = aws_vpc.this.id
  availability_zone = each.key
  cidr_block        = each.value
  tags              = { Name = "management-${each.key}", Tier = "management" }
}

resource "aws_subnet" "endpoints" {
  for_each          = zipmap(var.zones, var.endpoint_cidrs)
  vpc_id            = aws_vpc.this.id
  availability_zone = each.key
  cidr_block        = each.value
  tags              = { Name = "endpoints-${each.key}", Tier = "management" }
}

# Rented machines. Tenants have root on them, so nothing in here is trusted by anything outside.
resource "aws_subnet" "gpu" {
  vpc_id            = aws_vpc.this.id
  availability_zone = var.zones[0]
  cidr_block        = var.gpu_cidr
  tags              = { Name = "gpu-${var.zones[0]}", Tier = "gpu" }
}
