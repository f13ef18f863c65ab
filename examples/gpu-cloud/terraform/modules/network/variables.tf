variable "environment" { type = string }
variable "cidr" { type = string }
variable "zones" { type = list(string) }
variable "public_cidrs" { type = list(string) }
variable "app_cidrs" { type = list(string) }
variable "data_cidrs" { type = list(string) }
variable "management_cidrs" { type = list(string) }
variable "endpoint_cidrs" { type = list(string) }
variable "gpu_cidr" { type = string }
variable "flow_log_group_arn" { type = string }
variable "vpn_cidr" {
  type        = string
  description = "Where people come from; nothing else reaches the management subnets."
}
