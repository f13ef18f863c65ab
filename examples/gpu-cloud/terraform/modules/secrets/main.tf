# What each External Secrets store may read: one prefix, nothing else. Values are written by the rotation SOPs, never by Terraform.
variable "environment" { type = string }
variable "issuer" { type = string }
variable "key_arn" { type = string }

data "aws_caller_identity" "current" {}
data "aws_region" "current" {}

locals {
  provider_host = replace(var.issuer, "https://", "")
  stores = {
    platform      = ["gpucloud/api", "gpucloud/billing", "gpucloud/relay", "gpucloud/provisioner", "gpucloud/terminal", "gpucloud/temporal", "gpucloud/retention"]
    data          = ["gpucloud/postgres", "gpucloud/redis", "gpucloud/nats"]
    observability = ["gpucloud/observability"]
    pki           = ["pki"]
  }
}

resource "aws_iam_role" "store" {
  for_each           = local.stores
  name               = "gpucloud-${var.environment}-eso-${each.key}"
  assume_role_policy = data.aws_iam_policy_document.trust[each.key].json
}

data "aws_iam_policy_document" "trust" {
  for_each = local.stores
  statement {
    actions = ["sts:AssumeRoleWithWebIdentity"]
    principals {
      type        = "Federated"
      identifiers = ["arn:aws:iam::${data.aws_caller_identity.current.account_id}:oidc-provider/${local.provider_host}"]
    }
    condition {
      test     = "StringEquals"
      variable = "${local.provider_host}:sub"
      values   = ["system:serviceaccount:external-secrets:eso-${each.key}"]
    }
    condition {
      test     = "StringEquals"
      variable = "${local.provider_host}:aud"
      values   = ["sts.amazonaws.com"]
    }
  }
}

resource "aws_iam_role_policy" "store" {
  for_each = local.stores
  role     = aws_iam_role.store[each.key].id
  policy   = data.aws_iam_policy_document.read[each.key].json
}

data "aws_iam_policy_document" "read" {
  for_each = local.stores
  statement {
    actions   = ["secretsmanager:GetSecretValue", "secretsmanager:DescribeSecret"]
    resources = [for prefix in each.value : "arn:aws:secretsmanager:${data.aws_region.current.name}:${data.aws_caller_identity.current.account_id}:secret:${prefix}/*"]
  }
  statement {
    actions   = ["kms:Decrypt"]
    resources = [var.key_arn]
  }
}
