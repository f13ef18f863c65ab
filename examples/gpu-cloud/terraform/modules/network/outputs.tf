output "vpc_id" { value = aws_vpc.this.id }
output "public_subnet_ids" { value = [for subnet in aws_subnet.public : subnet.id] }
output "app_subnet_ids" { value = [for subnet in aws_subnet.app : subnet.id] }
output "data_subnet_ids" { value = [for subnet in aws_subnet.data : subnet.id] }
output "management_subnet_ids" { value = [for subnet in aws_subnet.management : subnet.id] }
