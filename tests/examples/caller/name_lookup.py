"""A gunicorn configuration for tests: names are asked of the name server of the tests.

`socket.getaddrinfo` becomes dnspython's, which asks over UDP, since the system's own resolver can
be told neither a server nor a port by an ordinary user. What it cannot tell: how the C library
words a failure, and what resolv.conf and nsswitch.conf add. The namespace tells that.
"""

import os

import dns.resolver

_resolver = dns.resolver.Resolver(configure=False)
_resolver.nameservers = ["127.0.0.1"]
_resolver.port = int(os.environ["NAME_SERVER_PORT"])
dns.resolver.override_system_resolver(_resolver)
