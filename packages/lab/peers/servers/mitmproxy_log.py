"""Addon of mitmproxy: one JSON line per connection of a client, CONNECT and request."""
import json
import os

log = open(os.environ["PEERS_LOG"], "a", buffering=1)


def write(event, client, **rest):
    log.write(json.dumps({"event": event, "port": client.peername[1], **rest}) + "\n")


def client_connected(client):
    write("connected", client)


def http_connect(flow):
    request = flow.request
    write("connect", flow.client_conn, target=request.authority, authorization=request.headers.get("proxy-authorization"))


def request(flow):
    request = flow.request
    write(
        "request",
        flow.client_conn,
        method=request.method,
        url=request.url,
        version=request.http_version,
        authorization=request.headers.get("proxy-authorization"),
    )
