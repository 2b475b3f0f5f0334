#!/usr/bin/env bash
# Runs a benchmark in a network namespace whose only link leads to another one, where media is
# dropped as it arrives: so the sender is not charged for what its receivers would do.
#
#   bench/sink.sh PROGRAM [argument...]   adds: --sink NAMESPACE SENDER-ADDRESS RECEIVER-ADDRESS
set -euo pipefail

sender=conclave-sender-$$
receivers=conclave-sink-$$
remove() { for name in "$sender" "$receivers"; do ip netns del "$name" 2>/dev/null || true; done; }
trap remove EXIT

ip netns add "$sender"
ip netns add "$receivers"
ip -n "$sender" link add link0 type veth peer name link1 netns "$receivers"
ip -n "$sender" address add 10.91.0.1/24 dev link0
ip -n "$receivers" address add 10.91.0.2/24 dev link1
ip -n "$sender" link set link0 up
ip -n "$receivers" link set link1 up
# All UDP: what the server says to the receivers is handed to them by the benchmark.
ip netns exec "$receivers" nft -f - <<'RULES'
table netdev sink {
  chain ingress {
    type filter hook ingress device link1 priority 0;
    ip protocol udp drop
  }
}
RULES
ip netns exec "$sender" "$@" --sink "/run/netns/$receivers" 10.91.0.1 10.91.0.2
