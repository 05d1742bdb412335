# Connects pixels.

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
