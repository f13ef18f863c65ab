variable "environment" { type = string }
variable "key_arn" { type = string }
variable "replica_key_arn" { type = string }

terraform {
  required_providers {
    aws = {
      source                = "hashicorp/aws"
      configuration_aliases = [aws.replica]
    }
  }
}

locals {
  # Days after which an object that was replaced or deleted is gone for good.
  buckets = {
    artifacts    = 90
    backups      = 35
    audit-export = 400
    alb-logs     = 400
  }
}

resource "aws_s3_bucket" "this" {
  for_each            = local.buckets
  bucket              = "gpucloud-${var.environment}-${each.key}"
  object_lock_enabled = each.key == "backups" || each.key == "audit-export"
}

resource "aws_s3_bucket_public_access_block" "this" {
  for_each                = aws_s3_bucket.this
  bucket                  = each.value.id
  block_public_acls       = true
  block_public_policy     = true
  ignore_public_acls      = true
  restrict_public_buckets = true
}

resource "aws_s3_bucket_versioning" "this" {
  for_each = aws_s3_bucket.this
  bucket   = each.value.id
  versioning_configuration { status = "Enabled" }
}

resource "aws_s3_bucket_server_side_encryption_configuration" "this" {
  for_each = aws_s3_bucket.this
  bucket   = each.value.id
  rule {
    bucket_key_enabled = true
    apply_server_side_encryption_by_default {
      # Load balancers can write to buckets under the service's own key only.
      sse_algorithm     = each.key == "alb-logs" ? "AES256" : "aws:kms"
      kms_master_key_id = each.key == "alb-logs" ? null : var.key_arn
    }
  }
}

resource "aws_s3_bucket_policy" "this" {
  for_each = aws_s3_bucket.this
  bucket   = each.value.id
  policy   = data.aws_iam_policy_document.tls_only[each.key].json
}

data "aws_iam_policy_document" "tls_only" {
  for_each = aws_s3_bucket.this
  statement {
    sid       = "DenyPlaintext"
    effect    = "Deny"
    actions   = ["s3:*"]
    resources = [each.value.arn, "${each.value.arn}/*"]
    principals {
      type        = "*"
      identifiers = ["*"]
    }
    condition {
      test     = "Bool"
      variable = "aws:SecureTransport"
      values   = ["false"]
    }
  }

  dynamic "statement" {
    for_each = each.key == "alb-logs" ? [1] : []
    content {
      sid       = "LoadBalancerLogs"
      actions   = ["s3:PutObject"]
      resources = ["${each.value.arn}/alb/*"]
      principals {
        type        = "Service"
        identifiers = ["logdelivery.elasticloadbalancing.amazonaws.com"]
      }
    }
  }
}

resource "aws_s3_bucket_lifecycle_configuration" "this" {
  for_each = local.buckets
  bucket   = aws_s3_bucket.this[each.key].id
  rule {
    id     = "expire-old-versions"
    status = "Enabled"
    filter {}
    noncurrent_version_expiration { noncurrent_days = each.value }
    abort_incomplete_multipart_upload { days_after_initiation = 7 }
  }
}

resource "aws_s3_bucket_object_lock_configuration" "this" {
  for_each = toset(["backups", "audit-export"])
  bucket   = aws_s3_bucket.this[each.key].id
  rule {
    default_retention {
      mode = "GOVERNANCE"
      days = local.buckets[each.key]
    }
  }
}

output "names" {
  value = { for name, bucket in aws_s3_bucket.this : name => bucket.id }
}
