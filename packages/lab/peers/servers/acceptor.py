"""An https server that signs in with Negotiate and demands channel bindings (RFC 5929, tls-server-end-point).

usage: acceptor.py port certificate key

Answers 401 until a token is accepted; then 200 with JSON: who signed in, whether the client bound, and the mechanism.
A client that binds to another certificate gets 403.
"""
import base64
import hashlib
import http.server
import json
import ssl
import sys

import gssapi
from gssapi.raw import ChannelBindings

CHANNEL_BOUND = 2048

port, certificate, key = int(sys.argv[1]), sys.argv[2], sys.argv[3]
with open(certificate) as file:
    der = ssl.PEM_cert_to_DER_cert(file.read())
bindings = ChannelBindings(application_data=b"tls-server-end-point:" + hashlib.sha256(der).digest())


class Handler(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    context = None

    def do_GET(self):
        scheme, _, token = self.headers.get("Authorization", "").partition(" ")
        if scheme.lower() != "negotiate":
            return self.answer(401, {}, "Negotiate")
        try:
            if self.context is None:
                self.context = gssapi.SecurityContext(usage="accept", channel_bindings=bindings)
            answer = self.context.step(base64.b64decode(token))
            complete = self.context.complete  # a refusal of the bindings is raised here
        except gssapi.exceptions.GSSError as error:
            self.context = None
            return self.answer(403, {"error": str(error)})
        challenge = "Negotiate " + base64.b64encode(answer).decode() if answer else None
        if not complete:
            return self.answer(401, {}, challenge)
        context, self.context = self.context, None
        return self.answer(
            200,
            {
                "user": str(context.initiator_name),
                "bound": bool(int(context.actual_flags) & CHANNEL_BOUND),
                "mechanism": context.mech.dotted_form,
            },
            challenge,
        )

    def answer(self, status, body, challenge=None):
        data = json.dumps(body).encode()
        self.send_response(status)
        if challenge:
            self.send_header("WWW-Authenticate", challenge)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(data)))
        self.end_headers()
        self.wfile.write(data)

    def log_message(self, text, *args):
        # One line per request: the client's port tells connections apart.
        sys.stderr.write("%d %s\n" % (self.client_address[1], text % args))
        sys.stderr.flush()


server = http.server.ThreadingHTTPServer(("127.0.0.1", port), Handler)
tls = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
tls.load_cert_chain(certificate, key)
server.socket = tls.wrap_socket(server.socket, server_side=True, do_handshake_on_connect=False)
server.serve_forever()
