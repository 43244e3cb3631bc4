"""A fake name server on loopback, with one name."""

import socketserver
from typing import Final, Literal

import dns.flags
import dns.message
import dns.rcode
import dns.rdatatype
import dns.rrset

NAME: Final = "my.api.private."

Behavior = Literal["found", "absent", "unrouted", "silent"]

_ADDRESSES: Final = {
    "found": "127.0.0.1",
    # TCP has no route to a broadcast address, so no packet is sent.
    "unrouted": "255.255.255.255",
}


class NameServer(socketserver.UDPServer):
    """Answers queries according to its current behavior."""

    allow_reuse_address = True

    def __init__(self, port: int) -> None:
        """Listen on a port; 0 chooses a free one."""
        super().__init__(("127.0.0.1", port), _Query)
        self.behavior: Behavior = "found"


class _Query(socketserver.BaseRequestHandler):
    server: NameServer

    def handle(self) -> None:
        wire, sender = self.request
        query = dns.message.from_wire(wire)
        behavior = self.server.behavior
        if behavior == "silent":
            return
        answer = dns.message.make_response(query)
        answer.flags |= dns.flags.AA | dns.flags.RA
        (question,) = query.question
        if question.name.to_text() != NAME or behavior == "absent":
            answer.set_rcode(dns.rcode.NXDOMAIN)
        elif question.rdtype == dns.rdatatype.A:
            answer.answer.append(dns.rrset.from_text(NAME, 60, "IN", "A", _ADDRESSES[behavior]))
        sender.sendto(answer.to_wire(), self.client_address)
