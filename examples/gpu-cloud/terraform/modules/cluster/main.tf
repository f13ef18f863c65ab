variable "environment" { type = string }
variable "kubernetes_version" { type = string }
variable "control_plane_subnet_ids" { type = list(string) }
variable "app_subnet_ids" { type = list(string) }
variable "data_subnet_ids" { type = list(string) }
variable "secrets_key_arn" { type = string }
variable "data_key_arn" { type = string }
variable "pools" {
  type = map(object({
    instance_types = list(string)
    min            = number
    max            = number
    tier           = string
    dedicated      = bool
  }))
}

resource "aws_eks_cluster" "this" {
  name                      = "gpucloud-${var.environment}"
  version                   = var.kubernetes_version
  role_arn                  = aws_iam_role.cluster.arn
  enabled_cluster_log_types = ["api", "audit", "authenticator"]

  vpc_config {
    subnet_ids              = var.control_plane_subnet_ids
    endpoint_private_access = true
    endpoint_public_access  = false
  }

  encryption_config {
    resources = ["secrets"]
    provider { key_arn = var.secrets_key_arn }
  }

  access_config {
    authentication_mode                         = "API"
    bootstrap_cluster_creator_admin_permissions = false
  }
}

# Without enableNetworkPolicy the policies of k8s/base/network would be text.
resource "aws_eks_addon" "vpc_cni" {
  cluster_name         = aws_eks_cluster.this.name
  addon_name           = "vpc-cni"
  configuration_values = jsonencode({ enableNetworkPolicy = "true" })
}

resource "aws_eks_node_group" "this" {
  for_each        = var.pools
  cluster_name    = aws_eks_cluster.this.name
  node_group_name = each.key
  node_role_arn   = aws_iam_role.node.arn
  subnet_ids      = each.value.tier == "data" ? var.data_subnet_ids : var.app_subnet_ids
  instance_types  = each.value.instance_types
  ami_type        = "BOTTLEROCKET_x86_64"
  labels          = { "gpucloud.example/pool" = each.key }

  scaling_config {
    min_size     = each.value.min
    max_size     = each.value.max
    desired_size = each.value.min
  }

  update_config {
    max_unavailable = 1
  }

  launch_template {
    id      = aws_launch_template.node[each.key].id
    version = aws_launch_template.node[each.key].latest_version
  }

  dynamic "taint" {
    for_each = each.value.dedicated ? [1] : []
    content {
      key    = "dedicated"
      value  = each.key
      effect = "NO_SCHEDULE"
    }
  }

  lifecycle {
    # The autoscaler owns it.
    ignore_changes = [scaling_config[0].desired_size]
  }
}

resource "aws_launch_template" "node" {
  for_each = var.pools
  name     = "gpucloud-${var.environment}-${each.key}"

  metadata_options {
    http_tokens = "required"
    # One hop: the node itself, never a pod.
    http_put_response_hop_limit = 1
  }

  block_device_mappings {
    device_name = "/dev/xvdb"
    ebs {
      volume_size = 100
      volume_type = "gp3"
      encrypted   = true
      kms_key_id  = var.data_key_arn
    }
  }
}

# What StatefulSets ask for by name.
resource "kubernetes_storage_class_v1" "encrypted" {
  metadata { name = "gp3-encrypted" }
  storage_provisioner    = "ebs.csi.aws.com"
  reclaim_policy         = "Retain"
  volume_binding_mode    = "WaitForFirstConsumer"
  allow_volume_expansion = true
  parameters = {
    type      = "gp3"
    encrypted = "true"
    kmsKeyId  = var.data_key_arn
  }
}

output "name" { value = aws_eks_cluster.this.name }
output "issuer" { value = aws_eks_cluster.this.identity[0].oidc[0].issuer }
