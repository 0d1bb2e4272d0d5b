data "aws_route53_zone" "site" {
  for_each = toset(values(var.records))

  name = each.key
}

resource "aws_route53_record" "ipv4" {
  for_each = var.records

  zone_id = data.aws_route53_zone.site[each.value].zone_id
  name    = each.key
  type    = "A"
  ttl     = 300
  records = [aws_eip.host.public_ip]
}

resource "aws_route53_record" "ipv6" {
  for_each = var.ipv6 ? var.records : {}

  zone_id = data.aws_route53_zone.site[each.value].zone_id
  name    = each.key
  type    = "AAAA"
  ttl     = 300
  records = aws_instance.host.ipv6_addresses
}
