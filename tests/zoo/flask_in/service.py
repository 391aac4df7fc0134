"""A club behind a shared cache; its page greets the members whose mark is in the session."""

from flask import Flask, session
from vary_cache import SharedCache


def service():
    app = Flask(__name__)
    app.secret_key = "k"
    members = set()

    @app.get("/login/<user>")
    def login(user):
        members.add(user)
        session[f"is {user}"] = True
        return "ok", {"Cache-Control": "no-store"}

    @app.get("/greeting")
    def greeting():
        return "hello " + ", ".join(user for user in sorted(members) if f"is {user}" in session)

    return SharedCache(app)
