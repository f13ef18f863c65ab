# Usage records of the time before NATS, still read by billing. Goes away when the last of them has been billed (ADR 0003).
variable "environment" { type = string }
variable "vpc_id" { type = string }
variable "data_subnet_ids" { type = list(string) }
variable "app_cidrs" { type = list(string) }
variable "key_arn" { type = string }
variable "instance_class" { type = string }

resource "aws_db_subnet_group" "this" {
  name       = "gpucloud-${var.environment}-usage"
  subnet_ids = var.data_subnet_ids
}

resource "aws_db_parameter_group" "this" {
  name   = "gpucloud-${var.environment}-usage"
  family = "mariadb10.11"
  parameter {
    name  = "require_secure_transport"
    value = "1"
  }
  parameter {
    name  = "tls_version"
    value = "TLSv1.2,TLSv1.3"
  }
}

resource "aws_db_instance" "this" {
  identifier                  = "gpucloud-${var.environment}-usage"
  engine                      = "mariadb"
  engine_version              = "10.11"
  instance_class              = var.instance_class
  db_name                     = "usage_legacy"
  username                    = "admin"
  manage_master_user_password = true
  allocated_storage           = 200
  max_allocated_storage       = 1000
  storage_type                = "gp3"
  storage_encrypted           = true
  kms_key_id                  = var.key_arn
  multi_az                    = true
  publicly_accessible         = false
  db_subnet_group_name        = aws_db_subnet_group.this.name
  parameter_group_name        = aws_db_parameter_group.this.name
  vpc_security_group_ids      = [aws_security_group.this.id]

  backup_retention_period         = 35
  backup_window                   = "01:00-02:00"
  copy_tags_to_snapshot           = true
  delete_automated_backups        = false
  deletion_protection             = true
  skip_final_snapshot             = false
  final_snapshot_identifier       = "gpucloud-${var.environment}-usage-final"
  enabled_cloudwatch_logs_exports = ["error", "slowquery", "audit"]
  auto_minor_version_upgrade      = true
}

resource "aws_db_instance_automated_backups_replication" "this" {
  source_db_instance_arn = aws_db_instance.this.arn
  retention_period       = 35
  kms_key_id             = aws_kms_replica_key.backups.arn
  provider               = aws.replica
}

resource "aws_kms_replica_key" "backups" {
  primary_key_arn = var.key_arn
  description     = "Backups of usage-legacy, ${var.environment}"
  provider        = aws.replica
}

resource "aws_security_group" "this" {
  name        = "gpucloud-${var.environment}-usage-database"
  description = "MariaDB, from the app tier only"
  vpc_id      = var.vpc_id
  ingress {
    description = "MariaDB"
    from_port   = 3306
    to_port     = 3306
    protocol    = "tcp"
    cidr_blocks = var.app_cidrs
  }
}

terraform {
  required_providers {
    aws = {
      source                = "hashicorp/aws"
      configuration_aliases = [aws.replica]
    }
  }
}
