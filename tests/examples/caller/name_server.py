"""A name server on loopback that knows one name."""

import socketserver
from typing import Final, Literal

import dns.flags
import dns.message
import dns.rcode
import dns.rdatatype
import dns.rrset

NAME: Final = "my.api.private."

Mood = Literal["found", "absent", "unrouted", "silent"]

_ADDRESSES: Final = {
    "found": "127.0.0.1",
    # A broadcast address has no route that TCP could take, so nothing is sent.
    "unrouted": "255.255.255.255",
}


class NameServer(socketserver.UDPServer):
    """Answers in the mood that it is in."""

    allow_reuse_address = True

    def __init__(self, port: int) -> None:
        """Listen; port 0 takes a free one."""
        super().__init__(("127.0.0.1", port), _Query)
        self.mood: Mood = "found"


class _Query(socketserver.BaseRequestHandler):
    server: NameServer

    def handle(self) -> None:
        wire, sender = self.request
        query = dns.message.from_wire(wire)
        mood = self.server.mood
        if mood == "silent":
            return
        answer = dns.message.make_response(query)
        answer.flags |= dns.flags.AA | dns.flags.RA
        (question,) = query.question
        if question.name.to_text() != NAME or mood == "absent":
            answer.set_rcode(dns.rcode.NXDOMAIN)
        elif question.rdtype == dns.rdatatype.A:
            answer.answer.append(dns.rrset.from_text(NAME, 60, "IN", "A", _ADDRESSES[mood]))
        sender.sendto(answer.to_wire(), self.client_address)
