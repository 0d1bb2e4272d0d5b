# The network is the machine's own where no subnet is named: what else runs in the account is not reached from it.

locals {
  own_network = var.subnet == null

  subnet = {
    id                = local.own_network ? aws_subnet.host[0].id : data.aws_subnet.host[0].id
    vpc               = local.own_network ? aws_vpc.host[0].id : data.aws_subnet.host[0].vpc_id
    availability_zone = local.own_network ? aws_subnet.host[0].availability_zone : data.aws_subnet.host[0].availability_zone
  }
}

data "aws_subnet" "host" {
  count = local.own_network ? 0 : 1

  id = var.subnet
}

resource "aws_vpc" "host" {
  count = local.own_network ? 1 : 0

  cidr_block                       = "10.0.0.0/24"
  assign_generated_ipv6_cidr_block = var.ipv6
  enable_dns_support               = true
  enable_dns_hostnames             = true

  tags = {
    Name = var.name
  }
}

# What names no group would get this one, which lets everything of the network in.
resource "aws_default_security_group" "unused" {
  count = local.own_network ? 1 : 0

  vpc_id = aws_vpc.host[0].id

  tags = {
    Name = "${var.name}-unused"
  }
}

# The availability zone is left to AWS and then stays: a list of zones changes its order, and the disk could not move.
resource "aws_subnet" "host" {
  count = local.own_network ? 1 : 0

  vpc_id          = aws_vpc.host[0].id
  cidr_block      = aws_vpc.host[0].cidr_block
  ipv6_cidr_block = var.ipv6 ? cidrsubnet(aws_vpc.host[0].ipv6_cidr_block, 8, 0) : null

  tags = {
    Name = var.name
  }
}

resource "aws_internet_gateway" "host" {
  count = local.own_network ? 1 : 0

  vpc_id = aws_vpc.host[0].id

  tags = {
    Name = var.name
  }
}

resource "aws_route_table" "host" {
  count = local.own_network ? 1 : 0

  vpc_id = aws_vpc.host[0].id

  tags = {
    Name = var.name
  }
}

resource "aws_route" "ipv4" {
  count = local.own_network ? 1 : 0

  route_table_id         = aws_route_table.host[0].id
  destination_cidr_block = "0.0.0.0/0"
  gateway_id             = aws_internet_gateway.host[0].id
}

resource "aws_route" "ipv6" {
  count = local.own_network && var.ipv6 ? 1 : 0

  route_table_id              = aws_route_table.host[0].id
  destination_ipv6_cidr_block = "::/0"
  gateway_id                  = aws_internet_gateway.host[0].id
}

resource "aws_route_table_association" "host" {
  count = local.own_network ? 1 : 0

  subnet_id      = aws_subnet.host[0].id
  route_table_id = aws_route_table.host[0].id
}

# A change of the name or the description would replace the group, and the old one cannot go while the machine is in it:
# both are the same for every platform and every version of it.
resource "aws_security_group" "host" {
  name_prefix = "infrac-host-"
  description = "Host of a platform, a rule for each port and range"
  vpc_id      = local.subnet.vpc

  tags = {
    Name = var.name
  }

  lifecycle {
    create_before_destroy = true
  }
}

# A resource for each rule: one that changes leaves the others, and their connections, alone. What a rule is for stands in its
# tag, which changes in place.
resource "aws_vpc_security_group_ingress_rule" "host" {
  for_each = var.ingress

  security_group_id = aws_security_group.host.id
  description       = "One port for one range"
  ip_protocol       = each.value.protocol
  from_port         = each.value.port
  to_port           = each.value.port
  cidr_ipv4         = strcontains(each.value.range, ":") ? null : each.value.range
  cidr_ipv6         = strcontains(each.value.range, ":") ? each.value.range : null

  tags = {
    Name = each.value.name
  }
}

# Terraform takes away the rule that lets everything out, which AWS makes. Images, packages, certificates and messages come
# and go at addresses that nobody knows; which service may go out is decided by the networks of its containers.
resource "aws_vpc_security_group_egress_rule" "ipv4" {
  security_group_id = aws_security_group.host.id
  description       = "Everything out"
  ip_protocol       = "-1"
  cidr_ipv4         = "0.0.0.0/0"
}

resource "aws_vpc_security_group_egress_rule" "ipv6" {
  count = var.ipv6 ? 1 : 0

  security_group_id = aws_security_group.host.id
  description       = "Everything out"
  ip_protocol       = "-1"
  cidr_ipv6         = "::/0"
}

# The address outlives the machine: names elsewhere, and firewalls of others, may hold it.
resource "aws_eip" "host" {
  domain = "vpc"

  tags = {
    Name = var.name
  }

  lifecycle {
    prevent_destroy = true
  }

  depends_on = [aws_internet_gateway.host]
}

resource "aws_eip_association" "host" {
  allocation_id = aws_eip.host.id
  instance_id   = aws_instance.host.id
}
