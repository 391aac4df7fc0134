"""An upstream on this machine, by name: it sets a cookie, and says which cookies came."""

import http.server
import threading


class Upstream(http.server.BaseHTTPRequestHandler):
    def do_GET(self):
        self.send_response(200)
        if self.path.startswith("/login/"):
            self.send_header("Set-Cookie", f"sid={self.path.rpartition('/')[2]}; Path=/")
        body = (self.headers.get("Cookie") or "").encode()
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *args):
        pass


def serve():
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Upstream)
    threading.Thread(target=server.serve_forever, args=(0.05,), daemon=True).start()
    return f"http://localhost:{server.server_port}"


URL = serve()
