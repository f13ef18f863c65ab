resource "aws_default_security_group" "closed" {
  vpc_id = aws_vpc.this.id
}

resource "aws_security_group" "endpoints" {
  name        = "gpucloud-${var.environment}-endpoints"
  description = "AWS APIs inside the network"
  vpc_id      = aws_vpc.this.id

  ingress {
    description = "HTTPS from the app and data tiers"
    from_port   = 443
    to_port     = 443
    protocol    = "tcp"
    cidr_blocks = concat(var.app_cidrs, var.data_cidrs)
  }
}

resource "aws_security_group" "bastion" {
  name        = "gpucloud-${var.environment}-bastion"
  description = "Jump host; sessions are opened just in time by the access bot and recorded"
  vpc_id      = aws_vpc.this.id

  ingress {
    description = "SSH from the VPN"
    from_port   = 22
    to_port     = 22
    protocol    = "tcp"
    cidr_blocks = [var.vpn_cidr]
  }

  egress {
    description = "Cluster and databases"
    from_port   = 443
    to_port     = 443
    protocol    = "tcp"
    cidr_blocks = concat(var.app_cidrs, var.data_cidrs, var.management_cidrs)
  }
}

resource "aws_security_group" "gpu" {
  name        = "gpucloud-${var.environment}-gpu"
  description = "Rented machines: no path from one tenant to another"
  vpc_id      = aws_vpc.this.id

  ingress {
    description = "Agent, from the app tier"
    from_port   = 7443
    to_port     = 7443
    protocol    = "tcp"
    cidr_blocks = var.app_cidrs
  }

  egress {
    description = "Tenants' own traffic, to the internet"
    from_port   = 443
    to_port     = 443
    protocol    = "tcp"
    cidr_blocks = ["0.0.0.0/0"]
  }
}

# Security groups cannot deny; the network ACL keeps machines of tenants from the rest of the network and from each other's agents.
resource "aws_network_acl" "gpu" {
  vpc_id     = aws_vpc.this.id
  subnet_ids = [aws_subnet.gpu.id]

  dynamic "ingress" {
    for_each = { for index, cidr in var.app_cidrs : index => cidr }
    content {
      rule_no    = 100 + ingress.key
      action     = "allow"
      protocol   = "tcp"
      cidr_block = ingress.value
      from_port  = 7443
      to_port    = 7443
    }
  }
  ingress {
    rule_no    = 200
    action     = "deny"
    protocol   = "-1"
    cidr_block = var.cidr
    from_port  = 0
    to_port    = 0
  }
  ingress {
    rule_no    = 300
    action     = "allow"
    protocol   = "tcp"
    cidr_block = "0.0.0.0/0"
    from_port  = 1024
    to_port    = 65535
  }
  dynamic "egress" {
    for_each = { for index, cidr in var.app_cidrs : index => cidr }
    content {
      rule_no    = 100 + egress.key
      action     = "allow"
      protocol   = "tcp"
      cidr_block = egress.value
      from_port  = 1024
      to_port    = 65535
    }
  }
  egress {
    rule_no    = 200
    action     = "deny"
    protocol   = "-1"
    cidr_block = var.cidr
    from_port  = 0
    to_port    = 0
  }
  egress {
    rule_no    = 300
    action     = "allow"
    protocol   = "tcp"
    cidr_block = "0.0.0.0/0"
    from_port  = 443
    to_port    = 443
  }
}
