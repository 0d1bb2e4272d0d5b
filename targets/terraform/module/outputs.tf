output "address" {
  description = "The address of the machine, which it keeps."
  value       = aws_eip.host.public_ip
}

output "instance" {
  description = "The machine: `aws ssm start-session --target ID` logs in."
  value       = aws_instance.host.id
}

output "data_volume" {
  description = "The disk that holds the data of all containers."
  value       = aws_ebs_volume.data.id
}

output "buckets" {
  description = "The names of the buckets."
  value       = { for key, bucket in aws_s3_bucket.this : key => bucket.bucket }
}

output "policies" {
  description = "The policies of the accounts."
  value       = { for key, policy in aws_iam_policy.account : key => policy.arn }
}
