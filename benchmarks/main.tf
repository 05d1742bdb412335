# What a Terraform user can do without a provider: built-in resources that call curl.
# One token serves the run, as in a wrapper's hands: it is kept in a file beside the state.

variable "size" { type = number }

resource "terraform_data" "token" {
  provisioner "local-exec" {
    command = "curl -sSf -d client_id=$CAPIG_CLIENT_ID -d client_secret=$CAPIG_CLIENT_SECRET -d grant_type=client_credentials $CAPIG_GATEWAY/clients/token | sed 's/.*token\" *: *\"\\([^\"]*\\)\".*/\\1/' > token"
  }
}

resource "terraform_data" "pixel" {
  count      = var.size
  depends_on = [terraform_data.token]
  input      = 1000000000000000 + count.index

  provisioner "local-exec" {
    command = <<-EOT
      curl -sSf $CAPIG_GATEWAY/capig/graphql/ -H "Authorization: Bearer $(cat token)" -H 'Content-Type: application/json' -d '{"query": "mutation M($t: ID!, $i: PixelConnectionCreationInput!) {tenantMutations(tenantId: $t) {signalMutations {setupPixelSignalConfig(input: $i) {id}}}}", "variables": {"t": "'$CAPIG_TENANT_ID'", "i": {"businessId": "2840127409433732", "pixelId": "${self.input}", "accessToken": "EAAB-a-token", "externalId": ""}}}'
    EOT
  }

  provisioner "local-exec" {
    when    = destroy
    command = <<-EOT
      curl -sSf $CAPIG_GATEWAY/capig/graphql/ -H "Authorization: Bearer $(cat token)" -H 'Content-Type: application/json' -d '{"query": "mutation M($t: ID!, $p: ID!) {tenantMutations(tenantId: $t) {signalMutations {deleteDataSource(id: $p)}}}", "variables": {"t": "'$CAPIG_TENANT_ID'", "p": "${self.input}"}}'
    EOT
  }
}
