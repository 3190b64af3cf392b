#!/bin/sh
# Runs as the first process of network, mount and pid namespaces of its own: a server and a client joined by a cable,
# all of which end with this script. Usage: wpad-network.sh dhcp|dns FOLDER PROGRAM
set -eu
how=$1 folder=$2 program=$3
PATH=$PATH:/usr/sbin:/sbin

mount --make-rprivate /
mount -t tmpfs tmpfs /run
mkdir -p /run/netns
ip link set lo up
ip netns add client
ip link add server0 type veth peer name client0 netns client
ip addr add 10.99.0.1/24 dev server0
ip link set server0 up
ip -n client link set lo up
ip -n client addr add 10.99.0.2/24 dev client0
ip -n client link set client0 up

# The client's names come from the server alone.
printf 'search corp.test\nnameserver 10.99.0.1\n' > "$folder/resolv.conf"
printf '127.0.0.1 localhost\n' > "$folder/hosts"
mount --bind "$folder/hosts" /etc/hosts
mount --bind "$folder/resolv.conf" "$(readlink -f /etc/resolv.conf)"

{
  echo 'port=53'
  echo 'bind-interfaces'
  echo 'interface=server0'
  echo 'no-resolv'
  echo 'no-hosts'
  echo 'user=root'
  echo 'local=/test/'
  echo 'address=/wpad.corp.test/10.99.0.1'
  echo 'dhcp-range=10.99.0.50,10.99.0.99,1h'
  echo "dhcp-leasefile=$folder/leases"
  if [ "$how" = dhcp ]; then echo 'dhcp-option=252,"http://10.99.0.1/dhcp.pac"'; fi
} > "$folder/dnsmasq.conf"
dnsmasq --keep-in-foreground --log-facility="$folder/dnsmasq.log" --pid-file="$folder/pid" -C "$folder/dnsmasq.conf" &

"$NODE" -e '
  const { createServer } = require("node:http");
  const { existsSync, readFileSync, writeFileSync } = require("node:fs");
  const [folder] = process.argv.slice(1);
  const script = (result) => `function FindProxyForURL() { return "${result}" }`;
  createServer((request, response) => {
    const override = `${folder}/script`;
    if (existsSync(override)) {
      const text = readFileSync(override, "utf8");
      if (text === "") return response.writeHead(404).end();
      return response.end(script(text));
    }
    response.end(script(request.url === "/dhcp.pac" ? "PROXY dhcp.test:1" : "PROXY dns.test:1"));
  }).listen(80, "10.99.0.1", () => writeFileSync(`${folder}/ready`, ""));
' "$folder" &

# The kernel says a moment later that the cable is plugged in.
plugged_in() { ip -n client -o link show client0 | grep -q 'state UP'; }

tries=0
until [ -e "$folder/ready" ] && [ -s "$folder/pid" ] && plugged_in; do
  tries=$((tries + 1))
  [ "$tries" -lt 100 ] || { cat "$folder/dnsmasq.log" >&2; exit 1; }
  sleep 0.1
done
ip netns exec client "$NODE" "$program" "$folder"
