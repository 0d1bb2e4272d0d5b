data "aws_caller_identity" "current" {}

locals {
  # Names of buckets are unique among all accounts of AWS.
  bucket_prefix = coalesce(var.bucket_prefix, "${var.name}-${data.aws_caller_identity.current.account_id}")
}

resource "aws_s3_bucket" "this" {
  for_each = var.buckets

  bucket = "${local.bucket_prefix}-${each.key}"

  lifecycle {
    prevent_destroy = true
  }
}

resource "aws_s3_bucket_public_access_block" "this" {
  for_each = aws_s3_bucket.this

  bucket                  = each.value.id
  block_public_acls       = true
  block_public_policy     = true
  ignore_public_acls      = true
  restrict_public_buckets = true
}

resource "aws_s3_bucket_ownership_controls" "this" {
  for_each = aws_s3_bucket.this

  bucket = each.value.id

  rule {
    object_ownership = "BucketOwnerEnforced"
  }
}

resource "aws_s3_bucket_server_side_encryption_configuration" "this" {
  for_each = aws_s3_bucket.this

  bucket = each.value.id

  rule {
    apply_server_side_encryption_by_default {
      sse_algorithm = "AES256"
    }
  }
}

resource "aws_s3_bucket_versioning" "this" {
  for_each = { for key, bucket in var.buckets : key => bucket if bucket.versioning }

  bucket = aws_s3_bucket.this[each.key].id

  versioning_configuration {
    status = "Enabled"
  }
}

# Parts of uploads that broke off are seen by nobody, and paid for. What is overwritten or deleted in a bucket with versions
# stays for its retention, and a month where there is none: without an end it would fill up for ever.
resource "aws_s3_bucket_lifecycle_configuration" "this" {
  for_each = var.buckets

  bucket = aws_s3_bucket.this[each.key].id

  rule {
    id     = "broken-uploads"
    status = "Enabled"

    filter {}

    abort_incomplete_multipart_upload {
      days_after_initiation = 7
    }
  }

  dynamic "rule" {
    for_each = each.value.retention_days[*]

    content {
      id     = "retention"
      status = "Enabled"

      filter {}

      expiration {
        days = rule.value
      }
    }
  }

  dynamic "rule" {
    for_each = each.value.versioning ? [coalesce(each.value.retention_days, 30)] : []

    content {
      id     = "old-versions"
      status = "Enabled"

      filter {}

      noncurrent_version_expiration {
        noncurrent_days = rule.value
      }
    }
  }

  # S3 takes no marker of a deleted object away in a rule that has an age (Expiration: Days or ExpiredObjectDeleteMarker).
  dynamic "rule" {
    for_each = each.value.versioning && each.value.retention_days == null ? [true] : []

    content {
      id     = "delete-markers"
      status = "Enabled"

      filter {}

      expiration {
        expired_object_delete_marker = true
      }
    }
  }

  depends_on = [aws_s3_bucket_versioning.this]
}

data "aws_iam_policy_document" "tls_only" {
  for_each = aws_s3_bucket.this

  statement {
    sid       = "TlsOnly"
    effect    = "Deny"
    actions   = ["s3:*"]
    resources = [each.value.arn, "${each.value.arn}/*"]

    principals {
      type        = "*"
      identifiers = ["*"]
    }

    condition {
      test     = "Bool"
      variable = "aws:SecureTransport"
      values   = ["false"]
    }
  }
}

resource "aws_s3_bucket_policy" "this" {
  for_each = aws_s3_bucket.this

  bucket = each.value.id
  policy = data.aws_iam_policy_document.tls_only[each.key].json

  depends_on = [aws_s3_bucket_public_access_block.this]
}

# The same rights as in the object store of the platform. An account is a policy and no user: a key of a user would stand in
# the state, for everybody who reads it.
data "aws_iam_policy_document" "account" {
  for_each = var.accounts

  dynamic "statement" {
    for_each = length(each.value.read) > 0 ? [each.value.read] : []

    content {
      actions   = ["s3:GetBucketLocation", "s3:ListBucket"]
      resources = [for key in statement.value : aws_s3_bucket.this[key].arn]
    }
  }

  dynamic "statement" {
    for_each = length(each.value.read) > 0 ? [each.value.read] : []

    content {
      actions   = ["s3:GetObject"]
      resources = [for key in statement.value : "${aws_s3_bucket.this[key].arn}/*"]
    }
  }

  dynamic "statement" {
    for_each = length(each.value.write) > 0 ? [each.value.write] : []

    content {
      actions   = ["s3:GetBucketLocation", "s3:ListBucketMultipartUploads"]
      resources = [for key in statement.value : aws_s3_bucket.this[key].arn]
    }
  }

  dynamic "statement" {
    for_each = length(each.value.write) > 0 ? [each.value.write] : []

    content {
      actions   = ["s3:PutObject", "s3:AbortMultipartUpload", "s3:ListMultipartUploadParts"]
      resources = [for key in statement.value : "${aws_s3_bucket.this[key].arn}/*"]
    }
  }

  dynamic "statement" {
    for_each = length(each.value.delete) > 0 ? [each.value.delete] : []

    content {
      actions   = ["s3:DeleteObject"]
      resources = [for key in statement.value : "${aws_s3_bucket.this[key].arn}/*"]
    }
  }
}

resource "aws_iam_policy" "account" {
  for_each = var.accounts

  name   = "${var.name}-${each.key}"
  policy = data.aws_iam_policy_document.account[each.key].json
}
