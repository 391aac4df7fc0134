"""Results and conversations that an id opens."""

from collections.abc import Callable

import pytest

Lines = Callable[..., list[int]]
RULE = "task-result-by-id"
FOUND = [
    pytest.param(
        """
        from fastapi import FastAPI
        from celery.result import AsyncResult
        app = FastAPI()
        @app.get('/tasks/{task_id}')
        async def status(task_id: str):
            r = AsyncResult(task_id)
            return r.result
        """,
        [6],
        id="task id: celery AsyncResult",
    ),
    pytest.param(
        """
        from fastapi import FastAPI
        from app.graph import graph
        app = FastAPI()
        @app.post('/chat')
        async def chat(thread_id: str, text: str):
            return await graph.ainvoke({'m': text}, config={'configurable': {'thread_id': thread_id}})
        """,
        [6],
        id="session id: langgraph thread_id",
    ),
]
SILENT = [
    pytest.param(
        """
        from fastapi import FastAPI, Depends
        from celery.result import AsyncResult
        app = FastAPI()
        @app.get('/tasks/{task_id}')
        async def status(task_id: str, user=Depends(who)):
            if await owner_of(task_id) != user.id:
                raise X(404)
            r = AsyncResult(task_id)
            return r.result
        """,
        id="task id: celery AsyncResult",
    ),
    pytest.param(
        """
        from fastapi import FastAPI, Depends
        from app.graph import graph
        app = FastAPI()
        @app.post('/chat')
        async def chat(thread_id: str, text: str, user=Depends(who)):
            config = {'configurable': {'thread_id': f'{user.id}:{thread_id}'}}
            return await graph.ainvoke({'m': text}, config=config)
        """,
        id="session id: langgraph thread_id",
    ),
    pytest.param(
        """
        from django.contrib.auth.mixins import UserPassesTestMixin
        from django.views.generic import View
        from rq.job import Job
        class StaffView(UserPassesTestMixin, View):
            def test_func(self):
                return self.request.user.is_staff
        class Tasks(StaffView):
            def get(self, request, job_id):
                return Job.fetch(job_id)
        """,
        id="a view for staff",
    ),
    pytest.param(
        """
        from celery.result import AsyncResult
        from django.shortcuts import render
        from app.views import BaseRLSViewSet
        class TaskViewSet(BaseRLSViewSet):
            def destroy(self, request, pk):
                return AsyncResult(pk).revoke()
        """,
        id="a base that keeps each tenant to its rows",
    ),
]


@pytest.mark.parametrize(("source", "expected"), FOUND)
def test_found(lines: Lines, source: str, expected: list[int]) -> None:
    assert lines(RULE, source) == expected


@pytest.mark.parametrize("source", SILENT)
def test_silent(lines: Lines, source: str) -> None:
    assert lines(RULE, source) == []
