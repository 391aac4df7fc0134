"""Tasks below projects: written to below any project of one's own, where it leaks."""

from itertools import count
from typing import Annotated, Any

from fastapi import Depends, FastAPI, HTTPException
from pydantic import BaseModel

from tests.audit.apps.accounts import current, with_accounts

User = Annotated[str, Depends(current)]


class Name(BaseModel):
    """How a thing is called."""

    name: str


def create_tree(leaking: bool) -> FastAPI:
    """Make the service."""
    app = with_accounts(FastAPI())
    owners: dict[str, str] = {}
    tasks: dict[str, dict[str, str]] = {}
    number = count(1)

    def require(project: str, user: str) -> None:
        if owners.get(project) != user:
            raise HTTPException(404)

    @app.post("/projects", status_code=201)
    async def project(body: Name, user: User) -> dict[str, str]:
        at = f"project-{next(number)}"
        owners[at] = user
        return {"id": at, "name": body.name}

    @app.post("/projects/{project_id}/tasks", status_code=201)
    async def task(project_id: str, body: Name, user: User) -> dict[str, str]:
        require(project_id, user)
        at = f"task-{next(number)}"
        tasks[at] = {"id": at, "project": project_id, "name": body.name}
        return tasks[at]

    @app.get("/projects/{project_id}/tasks/{task_id}")
    async def read(project_id: str, task_id: str, user: User) -> Any:
        require(project_id, user)
        if tasks.get(task_id, {}).get("project") != project_id:
            raise HTTPException(404)
        return tasks[task_id]

    @app.patch("/projects/{project_id}/tasks/{task_id}")
    async def change(project_id: str, task_id: str, body: Name, user: User) -> dict[str, bool]:
        require(project_id, user)
        if task_id not in tasks or (tasks[task_id]["project"] != project_id and not leaking):
            raise HTTPException(404)
        tasks[task_id]["name"] = body.name
        return {"done": True}

    return app
