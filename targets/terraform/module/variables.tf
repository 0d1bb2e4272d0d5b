variable "name" {
  description = "What the names of all resources begin with."
  type        = string
}

variable "instance_type" {
  description = "The size of the machine. A change stops it for some minutes."
  type        = string
}

variable "image" {
  description = "The id of an image, or the public parameter of AWS that holds the newest one. It is read for the first start alone."
  type        = string
}

variable "root_disk" {
  description = "The size of the system's disk, in GiB."
  type        = number
  default     = 30
}

variable "data_disk" {
  description = "The size of the disk that holds the data of all containers, in GiB. It can only grow."
  type        = number
}

variable "user_data" {
  description = "What the machine runs at its first start. It holds no secret: every process of the machine can read it."
  type        = string

  validation {
    # With what is put before it, it has to stay below the 16 KiB of EC2.
    condition     = length(var.user_data) < 15 * 1024
    error_message = "User data has at most 16 KiB."
  }
}

variable "key_pair" {
  description = "The EC2 key pair of the operators. It is read for the first start alone."
  type        = string
  default     = null
}

variable "session_manager" {
  description = "Whether operators log in by Session Manager."
  type        = bool
  default     = true
}

variable "subnet" {
  description = "A subnet that exists. Without it the machine has a network of its own."
  type        = string
  default     = null
}

variable "ipv6" {
  description = "Whether the machine has an address of IPv6 as well."
  type        = bool
  default     = false
}

variable "ingress" {
  description = "Who comes in where. The keys stay the same as long as what they open does."
  type = map(object({
    name     = string
    protocol = string
    port     = number
    range    = string
  }))

  validation {
    condition     = alltrue([for rule in var.ingress : can(cidrhost(rule.range, 0))])
    error_message = "Each rule is for one range of addresses, such as 203.0.113.0/24."
  }

  validation {
    condition     = alltrue([for rule in var.ingress : rule.port != 22 || !contains(["0.0.0.0/0", "::/0"], rule.range)])
    error_message = "SSH is never open to every address."
  }
}

variable "bucket_prefix" {
  description = "What the names of buckets begin with. Without it the name of the platform and the number of the account."
  type        = string
  default     = null
}

variable "buckets" {
  description = "The buckets of S3."
  type = map(object({
    description    = optional(string)
    versioning     = optional(bool, false)
    retention_days = optional(number)
  }))
  default = {}
}

variable "accounts" {
  description = "Who may do what with which bucket: a policy each."
  type = map(object({
    read   = optional(list(string), [])
    write  = optional(list(string), [])
    delete = optional(list(string), [])
  }))
  default = {}
}

variable "host_accounts" {
  description = "The accounts whose rights the machine has. Containers then reach its credentials, all of them."
  type        = set(string)
  default     = []
}

variable "records" {
  description = "The zone of Route 53 that holds each name."
  type        = map(string)
  default     = {}
}
