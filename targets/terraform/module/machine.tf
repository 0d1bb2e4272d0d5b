data "aws_partition" "current" {}

data "aws_ssm_parameter" "image" {
  count = startswith(var.image, "/") ? 1 : 0

  name = var.image
}

locals {
  image = startswith(var.image, "/") ? nonsensitive(data.aws_ssm_parameter.image[0].value) : var.image

  # The credentials of the role are answered at an address of the machine itself. A container is one hop further: it reaches
  # them with 2, and then every container does.
  metadata_hops = length(var.host_accounts) > 0 ? 2 : 1
}

resource "aws_instance" "host" {
  ami                         = local.image
  instance_type               = var.instance_type
  subnet_id                   = local.subnet.id
  vpc_security_group_ids      = [aws_security_group.host.id]
  ipv6_address_count          = var.ipv6 ? 1 : null
  key_name                    = var.key_pair
  iam_instance_profile        = aws_iam_instance_profile.host.name
  monitoring                  = true
  ebs_optimized               = true
  disable_api_termination     = true
  user_data_replace_on_change = false

  # The script finds the data disk by its id: the name of a device depends on the kind of machine, and may change.
  user_data = join("\n", ["#!/bin/bash", "INFRAC_VOLUME=${aws_ebs_volume.data.id}", var.user_data])

  metadata_options {
    http_endpoint               = "enabled"
    http_tokens                 = "required"
    http_put_response_hop_limit = local.metadata_hops
  }

  root_block_device {
    volume_type = "gp3"
    volume_size = var.root_disk
    encrypted   = true

    tags = {
      Name = "${var.name}-root"
    }
  }

  tags = {
    Name = var.name
  }

  lifecycle {
    prevent_destroy = true

    # Each of these replaces or stops the machine when it changes, and none of them is needed after the first start: a newer
    # image, another script, another key. Changes of the system go by scripts on the machine.
    ignore_changes = [ami, user_data, user_data_base64, key_name, subnet_id, ipv6_address_count]
  }
}

# The disk of all containers: it outlives the machine, and a copy is kept of one that is taken away all the same.
resource "aws_ebs_volume" "data" {
  availability_zone = local.subnet.availability_zone
  type              = "gp3"
  size              = var.data_disk
  encrypted         = true
  final_snapshot    = true

  tags = {
    Name = "${var.name}-data"
  }

  lifecycle {
    prevent_destroy = true
  }
}

resource "aws_volume_attachment" "data" {
  device_name = "/dev/sdf"
  volume_id   = aws_ebs_volume.data.id
  instance_id = aws_instance.host.id

  # A mounted disk is never let go otherwise.
  stop_instance_before_detaching = true
}

data "aws_iam_policy_document" "assume" {
  statement {
    actions = ["sts:AssumeRole"]

    principals {
      type        = "Service"
      identifiers = ["ec2.${data.aws_partition.current.dns_suffix}"]
    }
  }
}

resource "aws_iam_role" "host" {
  name_prefix        = "infrac-host-"
  description        = "What the host of a platform may do"
  assume_role_policy = data.aws_iam_policy_document.assume.json

  tags = {
    Name = var.name
  }
}

resource "aws_iam_instance_profile" "host" {
  name_prefix = "infrac-host-"
  role        = aws_iam_role.host.name
}

resource "aws_iam_role_policy_attachment" "session_manager" {
  count = var.session_manager ? 1 : 0

  role       = aws_iam_role.host.name
  policy_arn = "arn:${data.aws_partition.current.partition}:iam::aws:policy/AmazonSSMManagedInstanceCore"
}

resource "aws_iam_role_policy_attachment" "account" {
  for_each = var.host_accounts

  role       = aws_iam_role.host.name
  policy_arn = aws_iam_policy.account[each.key].arn
}
