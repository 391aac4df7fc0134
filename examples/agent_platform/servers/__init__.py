"""The platform as four servers that talk to each other over sockets: `python -m servers` starts them."""
