locals {
  environment = "staging"
  zones       = ["eu-central-1a", "eu-central-1b", "eu-central-1c"]
  # The same plan in every account, so that network policies are the same text everywhere (ADR 0006).
  cidr             = "10.40.0.0/16"
  public_cidrs     = ["10.40.0.0/22", "10.40.4.0/22", "10.40.8.0/22"]
  management_cidrs = ["10.40.12.0/26", "10.40.12.64/26", "10.40.12.128/26"]
  endpoint_cidrs   = ["10.40.13.0/26", "10.40.13.64/26", "10.40.13.128/26"]
  data_cidrs       = ["10.40.16.0/22", "10.40.20.0/22", "10.40.24.0/22"]
  app_cidrs        = ["10.40.32.0/19", "10.40.64.0/19", "10.40.96.0/19"]
  gpu_cidr         = "10.40.128.0/18"
}

module "keys" {
  source      = "../../modules/keys"
  environment = local.environment
}

module "replica_keys" {
  source      = "../../modules/keys"
  environment = "${local.environment}-replica"
  providers   = { aws = aws.replica }
}

module "logs" {
  source               = "../../modules/logs"
  environment          = local.environment
  key_arn              = module.keys.arns["logs"]
  siem_destination_arn = "arn:aws:logs:eu-central-1:111122223333:destination:siem"
}

module "network" {
  source             = "../../modules/network"
  environment        = local.environment
  cidr               = local.cidr
  zones              = local.zones
  public_cidrs       = local.public_cidrs
  app_cidrs          = local.app_cidrs
  data_cidrs         = local.data_cidrs
  management_cidrs   = local.management_cidrs
  endpoint_cidrs     = local.endpoint_cidrs
  gpu_cidr           = local.gpu_cidr
  flow_log_group_arn = module.logs.arns["/gpucloud/flow-logs"]
  vpn_cidr           = "10.90.0.0/22"
}

module "cluster" {
  source                   = "../../modules/cluster"
  environment              = local.environment
  kubernetes_version       = "1.34"
  control_plane_subnet_ids = module.network.management_subnet_ids
  app_subnet_ids           = module.network.app_subnet_ids
  data_subnet_ids          = module.network.data_subnet_ids
  secrets_key_arn          = module.keys.arns["secrets"]
  data_key_arn             = module.keys.arns["data"]
  pools = {
    general = { instance_types = ["m7i.xlarge"], min = 3, max = 14, tier = "app", dedicated = false }
    data    = { instance_types = ["r7i.2xlarge"], min = 3, max = 4, tier = "data", dedicated = true }
  }
}

module "edge" {
  source            = "../../modules/edge"
  environment       = local.environment
  vpc_id            = module.network.vpc_id
  public_subnet_ids = module.network.public_subnet_ids
  app_cidrs         = local.app_cidrs
  certificate_arn   = "arn:aws:acm:eu-central-1:444455556666:certificate/91b7a0d2-6c3e-4d58-8a4f-3e0c5f7d2b19"
  terminal_host     = "terminal.staging.gpucloud.example"
  waf_log_group_arn = module.logs.arns["aws-waf-logs-gpucloud"]
  access_log_bucket = module.buckets.names["alb-logs"]
}

module "buckets" {
  source          = "../../modules/buckets"
  environment     = local.environment
  key_arn         = module.keys.arns["backups"]
  replica_key_arn = module.replica_keys.arns["backups"]
  providers       = { aws = aws, aws.replica = aws.replica }
}

module "usage_database" {
  source          = "../../modules/usage-database"
  environment     = local.environment
  vpc_id          = module.network.vpc_id
  data_subnet_ids = module.network.data_subnet_ids
  app_cidrs       = local.app_cidrs
  key_arn         = module.keys.arns["backups"]
  instance_class  = "db.t4g.large"
  providers       = { aws = aws, aws.replica = aws.replica }
}

module "cache" {
  source          = "../../modules/cache"
  environment     = local.environment
  vpc_id          = module.network.vpc_id
  data_subnet_ids = module.network.data_subnet_ids
  app_cidrs       = local.app_cidrs
  key_arn         = module.keys.arns["data"]
  node_type       = "cache.t4g.medium"
}

module "secrets" {
  source      = "../../modules/secrets"
  environment = local.environment
  issuer      = module.cluster.issuer
  key_arn     = module.keys.arns["secrets"]
}

module "identities" {
  source                = "../../modules/identities"
  environment           = local.environment
  issuer                = module.cluster.issuer
  backup_bucket         = module.buckets.names["backups"]
  backup_key_arn        = module.keys.arns["backups"]
  log_group_arn         = module.logs.arns["/gpucloud/pods"]
  metrics_workspace_arn = "arn:aws:aps:eu-central-1:444455556666:workspace/ws-gpucloud"
}

module "addons" {
  source = "../../modules/addons"
}

module "budget" {
  source      = "../../modules/budget"
  environment = local.environment
  monthly_usd = 14000
  owners      = ["finops@gpucloud.example", "sre@gpucloud.example"]
}
