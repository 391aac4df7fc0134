"""One endpoint whose body says what is asked, as GraphQL has it: a note is anybody's where it leaks."""

from itertools import count
from typing import Annotated, Any

from fastapi import Depends, FastAPI, Request

from tests.audit.apps.accounts import current, with_accounts

ADD = 'POST /graphql {"query": "mutation($text: String!) { addNote(text: $text) { id text } }", "variables": {"text": {text}}}'  # noqa: E501
READ = (
    'POST /graphql {"query": "query($id: ID!) { note(id: $id) { id text } }", "variables": {"id": {note_id}}}'
)


def create_graph(leaking: bool) -> FastAPI:
    """Make the service."""
    app = with_accounts(FastAPI())
    notes: dict[str, tuple[str, str]] = {}
    number = count(1)

    @app.post("/graphql")
    async def graphql(request: Request, user: Annotated[str, Depends(current)]) -> dict[str, Any]:
        asked = await request.json()
        given = asked.get("variables", {})
        if "addNote" in asked.get("query", ""):
            at = str(next(number))
            notes[at] = user, given["text"]
            return {"data": {"addNote": {"id": at, "text": given["text"]}}}
        owner, text = notes.get(str(given.get("id")), ("", ""))
        mine = owner == user or (owner and leaking)
        return {"data": {"note": {"id": str(given["id"]), "text": text} if mine else None}}

    return app
