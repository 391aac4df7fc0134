"""A shop with permanent sessions behind a shared cache."""

from flask import Flask, session
from vary_cache import SharedCache


def service():
    app = Flask(__name__)
    app.secret_key = "k"

    @app.get("/login/<user>")
    def login(user):
        session.permanent = True
        session["user"] = user
        return "ok", {"Cache-Control": "no-store"}

    @app.get("/prices")
    def prices():
        return "the same for all"

    @app.get("/me")
    def me():
        return session.get("user", ""), {"Cache-Control": "no-store"}

    return SharedCache(app)
