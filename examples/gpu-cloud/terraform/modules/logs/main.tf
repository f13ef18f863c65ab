# Where logs go and how long they stay. A subscription ships the security-relevant ones to the SIEM account.
variable "environment" { type = string }
variable "key_arn" { type = string }
variable "siem_destination_arn" { type = string }

locals {
  groups = {
    "/gpucloud/pods"      = 400
    "/gpucloud/flow-logs" = 400
    "/gpucloud/eks"       = 400
    # The name must start like this for WAFv2.
    "aws-waf-logs-gpucloud" = 400
  }
  shipped = ["/gpucloud/flow-logs", "/gpucloud/eks", "aws-waf-logs-gpucloud"]
}

resource "aws_cloudwatch_log_group" "this" {
  for_each          = local.groups
  name              = each.key
  retention_in_days = each.value
  kms_key_id        = var.key_arn
}

resource "aws_cloudwatch_log_subscription_filter" "siem" {
  for_each        = toset(local.shipped)
  name            = "siem"
  log_group_name  = aws_cloudwatch_log_group.this[each.key].name
  destination_arn = var.siem_destination_arn
  filter_pattern  = ""
}

output "arns" {
  value = { for name, group in aws_cloudwatch_log_group.this : name => group.arn }
}
