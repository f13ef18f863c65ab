terraform {
  required_version = "~> 1.12"
  required_providers {
    aws        = { source = "hashicorp/aws", version = "~> 6.9" }
    helm       = { source = "hashicorp/helm", version = "~> 3.0" }
    kubernetes = { source = "hashicorp/kubernetes", version = "~> 2.38" }
    random     = { source = "hashicorp/random", version = "~> 3.7" }
  }
  backend "s3" {
    bucket       = "gpucloud-terraform-state"
    key          = "production/terraform.tfstate"
    region       = "eu-central-1"
    encrypt      = true
    kms_key_id   = "alias/gpucloud-terraform-state"
    use_lockfile = true
  }
}

provider "aws" {
  region              = "eu-central-1"
  allowed_account_ids = ["777788889999"]
  default_tags {
    tags = { Project = "gpu-cloud", Environment = "production", ManagedBy = "terraform" }
  }
}

# Where copies go that must survive the region.
provider "aws" {
  alias               = "replica"
  region              = "eu-west-1"
  allowed_account_ids = ["777788889999"]
}
