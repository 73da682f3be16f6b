"""Model Context Protocol servers: processes and addresses that bring tools of their own.

Belongs here: connecting to the servers that the configuration names, keeping them, and
making `Tool`s of what they list. Does not: running tools (`tools.registry`) or deciding
what a call may do beyond what the owner wrote. Not called `mcp`, which is the SDK's name.

A server is somebody else's program. What it sends is bounded before it is held, what it
asks of us is declined, and its loss costs its tools and nothing else.

    settings, checks           what the owner wrote
    server                     keeps one connection, offers its tools
    client                     the SDK: opens a session, lists, calls
    stdio, process, lines      a server as a child process
    http, reach                a server at an address
    choosing, naming, arguments, results       PURE: from a listing to tools, and back
"""
