"""How to recognise a request handler, one file per framework; each tells it of one function at a time."""
