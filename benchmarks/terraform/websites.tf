# Blocks websites.

variable "changed" { default = 0 }

resource "terraform_data" "website" {
  for_each   = toset([for index in range(var.size) : "host${index + var.changed}.example.com"])
  depends_on = [terraform_data.token]
  input      = each.key

  provisioner "local-exec" {
    command = <<-EOT
      curl -sSf $CAPIG_GATEWAY/capig/graphql/ -H "Authorization: Bearer $(cat token)" -H 'Content-Type: application/json' -d '{"query": "mutation M($t: ID!, $i: UpdateDomainFilterInput!) {tenantMutations(tenantId: $t) {updateDomainFilter(input: $i) {updatedFilter {filterState}}}}", "variables": {"t": "'$CAPIG_TENANT_ID'", "i": {"domain": "${self.input}", "filterState": "DROP"}}}'
    EOT
  }

  provisioner "local-exec" {
    when    = destroy
    command = <<-EOT
      curl -sSf $CAPIG_GATEWAY/capig/graphql/ -H "Authorization: Bearer $(cat token)" -H 'Content-Type: application/json' -d '{"query": "mutation M($t: ID!, $i: UpdateDomainFilterInput!) {tenantMutations(tenantId: $t) {updateDomainFilter(input: $i) {updatedFilter {filterState}}}}", "variables": {"t": "'$CAPIG_TENANT_ID'", "i": {"domain": "${self.input}", "filterState": "PUBLISH"}}}'
    EOT
  }
}
