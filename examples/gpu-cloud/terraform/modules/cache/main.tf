# Cache of API answers. Holds nothing that cannot be computed again, and nothing about authorization.
variable "environment" { type = string }
variable "vpc_id" { type = string }
variable "data_subnet_ids" { type = list(string) }
variable "app_cidrs" { type = list(string) }
variable "key_arn" { type = string }
variable "node_type" { type = string }

resource "aws_elasticache_subnet_group" "this" {
  name       = "gpucloud-${var.environment}-cache"
  subnet_ids = var.data_subnet_ids
}

resource "aws_elasticache_parameter_group" "this" {
  name   = "gpucloud-${var.environment}-cache"
  family = "redis7"
  parameter {
    name  = "maxmemory-policy"
    value = "allkeys-lfu"
  }
}

resource "aws_elasticache_replication_group" "this" {
  replication_group_id       = "gpucloud-${var.environment}-cache"
  description                = "Cache, ${var.environment}"
  engine                     = "redis"
  engine_version             = "7.1"
  node_type                  = var.node_type
  num_cache_clusters         = 3
  automatic_failover_enabled = true
  multi_az_enabled           = true
  port                       = 6379
  subnet_group_name          = aws_elasticache_subnet_group.this.name
  parameter_group_name       = aws_elasticache_parameter_group.this.name
  security_group_ids         = [aws_security_group.this.id]
  at_rest_encryption_enabled = true
  kms_key_id                 = var.key_arn
  transit_encryption_enabled = true
  transit_encryption_mode    = "required"
  user_group_ids             = [aws_elasticache_user_group.this.user_group_id]
}

# Made without a password that lets anybody in; docs/sop/redis-credentials.md sets two that do, and Terraform leaves them alone.
resource "aws_elasticache_user" "api" {
  user_id       = "gpucloud-${var.environment}-api"
  user_name     = "cache-api"
  engine        = "REDIS"
  access_string = "on ~cache:* resetchannels -@all +get +set +del +eval +pexpire +ping +hello +auth +info"
  authentication_mode {
    type      = "password"
    passwords = [random_password.unused.result]
  }
  lifecycle { ignore_changes = [authentication_mode] }
}

resource "random_password" "unused" {
  length  = 64
  special = false
}

# Every group must have a user called default; this one can do nothing.
resource "aws_elasticache_user" "default" {
  user_id       = "gpucloud-${var.environment}-default"
  user_name     = "default"
  engine        = "REDIS"
  access_string = "off ~keys* resetchannels -@all"
  authentication_mode { type = "no-password-required" }
}

resource "aws_elasticache_user_group" "this" {
  user_group_id = "gpucloud-${var.environment}-cache"
  engine        = "REDIS"
  user_ids      = [aws_elasticache_user.default.user_id, aws_elasticache_user.api.user_id]
}

resource "aws_security_group" "this" {
  name        = "gpucloud-${var.environment}-cache"
  description = "Redis, from the app tier only"
  vpc_id      = var.vpc_id
  ingress {
    description = "Redis"
    from_port   = 6379
    to_port     = 6379
    protocol    = "tcp"
    cidr_blocks = var.app_cidrs
  }
}
