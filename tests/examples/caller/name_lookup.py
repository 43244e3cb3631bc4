"""A gunicorn configuration for tests, which resolves names with the name server of the tests.

It replaces `socket.getaddrinfo` with dnspython's, because an ordinary user cannot configure the
system's resolver with another server or port. It does not test the error messages of the C library,
nor resolv.conf and nsswitch.conf; tests in a namespace do.
"""

import os

import dns.resolver

_resolver = dns.resolver.Resolver(configure=False)
_resolver.nameservers = ["127.0.0.1"]
_resolver.port = int(os.environ["NAME_SERVER_PORT"])
dns.resolver.override_system_resolver(_resolver)
