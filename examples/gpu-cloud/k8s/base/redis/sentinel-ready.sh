#!/bin/sh
# Ready: this Sentinel sees the primary and enough of its peers to fail over.
set -eu
timeout 2 redis-cli --tls --cacert /etc/tls/ca.crt --cert /etc/tls/tls.crt --key /etc/tls/tls.key -h 127.0.0.1 -p 26380 sentinel ckquorum realtime | grep -q '^OK'
