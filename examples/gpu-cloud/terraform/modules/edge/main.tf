variable "environment" { type = string }
variable "vpc_id" { type = string }
variable "public_subnet_ids" { type = list(string) }
variable "app_cidrs" { type = list(string) }
variable "certificate_arn" { type = string }
variable "terminal_host" { type = string }
variable "waf_log_group_arn" { type = string }
variable "access_log_bucket" { type = string }

resource "aws_lb" "public" {
  name                       = "gpucloud-${var.environment}"
  internal                   = false
  load_balancer_type         = "application"
  subnets                    = var.public_subnet_ids
  security_groups            = [aws_security_group.public.id]
  drop_invalid_header_fields = true
  enable_deletion_protection = true
  # Longer than the 16 min after which the terminal controller gives up on a silent socket.
  idle_timeout = 1000

  access_logs {
    bucket  = var.access_log_bucket
    prefix  = "alb"
    enabled = true
  }
}

resource "aws_lb_listener" "https" {
  load_balancer_arn = aws_lb.public.arn
  port              = 443
  protocol          = "HTTPS"
  ssl_policy        = "ELBSecurityPolicy-TLS13-1-2-2021-06"
  certificate_arn   = var.certificate_arn

  default_action {
    type             = "forward"
    target_group_arn = aws_lb_target_group.controller["web"].arn
  }
}

resource "aws_lb_listener" "http" {
  load_balancer_arn = aws_lb.public.arn
  port              = 80
  protocol          = "HTTP"

  default_action {
    type = "redirect"
    redirect {
      port        = "443"
      protocol    = "HTTPS"
      status_code = "HTTP_301"
    }
  }
}

resource "aws_lb_listener_rule" "terminal" {
  listener_arn = aws_lb_listener.https.arn
  priority     = 10
  action {
    type             = "forward"
    target_group_arn = aws_lb_target_group.controller["terminal"].arn
  }
  condition {
    host_header { values = [var.terminal_host] }
  }
}

resource "aws_lb_target_group" "controller" {
  for_each             = { web = 30, terminal = 60 }
  name                 = "gpucloud-${each.key}"
  vpc_id               = var.vpc_id
  target_type          = "ip"
  port                 = 8443
  protocol             = "HTTPS"
  deregistration_delay = each.value

  health_check {
    path                = "/healthz"
    port                = "10254"
    protocol            = "HTTP"
    interval            = 10
    healthy_threshold   = 2
    unhealthy_threshold = 2
  }
}

resource "aws_security_group" "public" {
  name        = "gpucloud-${var.environment}-alb"
  description = "Public load balancer"
  vpc_id      = var.vpc_id

  ingress {
    description = "HTTPS from anywhere; the WAF decides what goes on"
    from_port   = 443
    to_port     = 443
    protocol    = "tcp"
    cidr_blocks = ["0.0.0.0/0"]
  }
  ingress {
    description = "HTTP, redirected to HTTPS"
    from_port   = 80
    to_port     = 80
    protocol    = "tcp"
    cidr_blocks = ["0.0.0.0/0"]
  }
  egress {
    description = "Ingress controllers"
    from_port   = 8443
    to_port     = 8443
    protocol    = "tcp"
    cidr_blocks = var.app_cidrs
  }
  egress {
    description = "Health checks of the ingress controllers"
    from_port   = 10254
    to_port     = 10254
    protocol    = "tcp"
    cidr_blocks = var.app_cidrs
  }
}

output "target_group_arns" {
  value = { for name, group in aws_lb_target_group.controller : name => group.arn }
}
