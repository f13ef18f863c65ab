# AWS roles of workloads. One per ServiceAccount, with the few actions it uses.
variable "environment" { type = string }
variable "issuer" { type = string }
variable "backup_bucket" { type = string }
variable "backup_key_arn" { type = string }
variable "log_group_arn" { type = string }
variable "metrics_workspace_arn" { type = string }

data "aws_caller_identity" "current" {}

locals {
  provider_host = replace(var.issuer, "https://", "")
  backup_arn    = "arn:aws:s3:::${var.backup_bucket}"
  put           = ["s3:PutObject", "s3:AbortMultipartUpload"]
  identities = {
    # Archives WAL and reads it back for replicas; cannot delete.
    postgres = {
      namespace = "data"
      grants = [
        { actions = concat(local.put, ["s3:GetObject"]), resources = ["${local.backup_arn}/postgres/*"] },
        { actions = ["s3:ListBucket"], resources = [local.backup_arn] },
        { actions = ["kms:GenerateDataKey", "kms:Decrypt"], resources = [var.backup_key_arn] },
      ]
    }
    # Expires old backups, hence may delete. Versions stay under object lock.
    postgres-backup = {
      namespace = "data"
      grants = [
        { actions = concat(local.put, ["s3:GetObject", "s3:DeleteObject"]), resources = ["${local.backup_arn}/postgres/*"] },
        { actions = ["s3:ListBucket"], resources = [local.backup_arn] },
        { actions = ["kms:GenerateDataKey", "kms:Decrypt"], resources = [var.backup_key_arn] },
      ]
    }
    # Reads how old the backups are, and nothing else of them.
    pgbackrest-exporter = {
      namespace = "data"
      grants = [
        { actions = ["s3:GetObject"], resources = ["${local.backup_arn}/postgres/*"] },
        { actions = ["s3:ListBucket"], resources = [local.backup_arn] },
        { actions = ["kms:Decrypt"], resources = [var.backup_key_arn] },
      ]
    }
    redis-backup = {
      namespace = "data"
      grants = [
        { actions = local.put, resources = ["${local.backup_arn}/redis/*"] },
        { actions = ["kms:GenerateDataKey"], resources = [var.backup_key_arn] },
      ]
    }
    nats-backup = {
      namespace = "data"
      grants = [
        { actions = local.put, resources = ["${local.backup_arn}/nats/*"] },
        { actions = ["kms:GenerateDataKey"], resources = [var.backup_key_arn] },
      ]
    }
    log-collector = {
      namespace = "node-agents"
      grants = [{ actions = ["logs:CreateLogStream", "logs:PutLogEvents", "logs:DescribeLogStreams"], resources = [var.log_group_arn, "${var.log_group_arn}:*"] }]
    }
    prometheus = {
      namespace = "observability"
      grants    = [{ actions = ["aps:RemoteWrite"], resources = [var.metrics_workspace_arn] }]
    }
    # X-Ray has no resources to name: these two actions take "*" only.
    otel-gateway = {
      namespace = "observability"
      grants    = [{ actions = ["xray:PutTraceSegments", "xray:PutTelemetryRecords"], resources = ["*"] }]
    }
    grafana = {
      namespace = "observability"
      grants = [
        { actions = ["logs:StartQuery", "logs:GetQueryResults", "logs:StopQuery"], resources = [var.log_group_arn, "${var.log_group_arn}:*"] },
        { actions = ["xray:GetTraceSummaries", "xray:BatchGetTraces"], resources = ["*"] },
      ]
    }
  }
}

resource "aws_iam_role" "this" {
  for_each           = local.identities
  name               = "gpucloud-${var.environment}-${each.key}"
  assume_role_policy = data.aws_iam_policy_document.trust[each.key].json
}

data "aws_iam_policy_document" "trust" {
  for_each = local.identities
  statement {
    actions = ["sts:AssumeRoleWithWebIdentity"]
    principals {
      type        = "Federated"
      identifiers = ["arn:aws:iam::${data.aws_caller_identity.current.account_id}:oidc-provider/${local.provider_host}"]
    }
    condition {
      test     = "StringEquals"
      variable = "${local.provider_host}:sub"
      values   = ["system:serviceaccount:${each.value.namespace}:${each.key}"]
    }
  }
}

resource "aws_iam_role_policy" "this" {
  for_each = local.identities
  role     = aws_iam_role.this[each.key].id
  policy   = data.aws_iam_policy_document.grants[each.key].json
}

data "aws_iam_policy_document" "grants" {
  for_each = local.identities
  dynamic "statement" {
    for_each = each.value.grants
    content {
      actions   = statement.value.actions
      resources = statement.value.resources
    }
  }
}
