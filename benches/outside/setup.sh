#!/bin/sh
# Homes for the profiles here, under $PEERS: Hermes with one profile and with three, all with a model on 127.0.0.1.
set -eu
: "${PEERS:?set PEERS to a scratch folder}"
config() {
  mkdir -p "$1"
  cat > "$1/config.yaml" <<Y
model:
  default: fake-model
  provider: custom
  base_url: http://127.0.0.1:${LLM_PORT:-18777}/v1
  api_key: sk-fake
  context_length: 200000
Y
}
mkdir -p "$PEERS/work" "$PEERS/hermux-user" "$PEERS/hermes-user"
printf '# bench\n\nA folder to work in.\n' > "$PEERS/work/README.md"
config "$PEERS/hermes-home"
config "$PEERS/three-home"
config "$PEERS/three-home/profiles/research"
config "$PEERS/three-home/profiles/work"
