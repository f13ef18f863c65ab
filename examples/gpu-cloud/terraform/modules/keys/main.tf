# One key per kind of data, so that access to one says nothing about another.
variable "environment" { type = string }

data "aws_caller_identity" "current" {}
data "aws_region" "current" {}

locals {
  purposes = {
    data    = "Volumes and databases"
    backups = "Backups"
    logs    = "Log groups and audit trails"
    secrets = "Secrets Manager and Kubernetes secrets"
  }
}

resource "aws_kms_key" "this" {
  for_each                = local.purposes
  description             = "${each.value}, ${var.environment}"
  enable_key_rotation     = true
  deletion_window_in_days = 30
  multi_region            = each.key == "backups" || each.key == "secrets"
  policy                  = data.aws_iam_policy_document.key[each.key].json
}

resource "aws_kms_alias" "this" {
  for_each      = local.purposes
  name          = "alias/gpucloud-${var.environment}-${each.key}"
  target_key_id = aws_kms_key.this[each.key].key_id
}

data "aws_iam_policy_document" "key" {
  for_each = local.purposes

  # Leaves who may use the key to IAM of this account; a resource of "*" means this key in a key policy.
  statement {
    sid       = "AccountAdministersKey"
    actions   = ["kms:Create*", "kms:Describe*", "kms:Enable*", "kms:List*", "kms:Put*", "kms:Update*", "kms:Get*", "kms:TagResource", "kms:ScheduleKeyDeletion", "kms:CancelKeyDeletion", "kms:Encrypt", "kms:Decrypt", "kms:ReEncrypt*", "kms:GenerateDataKey*", "kms:CreateGrant"]
    resources = ["*"]
    principals {
      type        = "AWS"
      identifiers = ["arn:aws:iam::${data.aws_caller_identity.current.account_id}:root"]
    }
  }

  dynamic "statement" {
    for_each = each.key == "logs" ? [1] : []
    content {
      sid       = "CloudWatchLogs"
      actions   = ["kms:Encrypt*", "kms:Decrypt*", "kms:ReEncrypt*", "kms:GenerateDataKey*", "kms:Describe*"]
      resources = ["*"]
      principals {
        type        = "Service"
        identifiers = ["logs.${data.aws_region.current.name}.amazonaws.com"]
      }
    }
  }
}

output "arns" {
  value = { for purpose, key in aws_kms_key.this : purpose => key.arn }
}
