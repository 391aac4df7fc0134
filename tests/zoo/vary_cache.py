"""A shared cache as it stands before a service: keys are the URL and the headers that Vary names (RFC 9111)."""


class SharedCache:
    """WSGI around WSGI; keeps successful answers to GET unless they say no-store or private."""

    def __init__(self, app):
        self.app = app
        self.kept = {}  # by path: the names that Vary gave, and by their values the answer

    def __call__(self, environ, start_response):
        path = environ["PATH_INFO"]
        names, answers = self.kept.get(path, ((), {}))
        key = tuple(environ.get("HTTP_" + name.strip().upper().replace("-", "_")) for name in names)
        if environ["REQUEST_METHOD"] == "GET" and key in answers:
            status, headers, body = answers[key]
            start_response(status, headers)
            return body
        said = []
        body = list(self.app(environ, lambda status, headers, _=None: said.extend((status, headers))))
        status, headers = said
        given = {name.lower(): value for name, value in headers}
        if environ["REQUEST_METHOD"] == "GET" and "no-store" not in given.get("cache-control", ""):
            names = tuple(filter(None, given.get("vary", "").split(",")))
            key = tuple(environ.get("HTTP_" + name.strip().upper().replace("-", "_")) for name in names)
            _, answers = self.kept.setdefault(path, (names, {}))
            answers[key] = status, headers, body
        start_response(status, headers)
        return body
