"""What services say to one another."""

import pytest

from auth_service.service_tokens import SERVICES, caller, service_token, service_user
from auth_service.tokens import BadToken, generate_token
from netra_backend.agents.registry import AgentRegistry


def test_who_speaks():
    said = caller(service_token("served", service="auth_service"))
    assert said.service == "auth_service"
    assert said.actors == ("auth_service",)


@pytest.mark.parametrize("audience", [name for name in SERVICES if name != "analytics_service"])
def test_meant_for_another_service(audience):
    token = service_token("served", audience="analytics_service", service="netra_backend")
    with pytest.raises((BadToken, KeyError)):
        service_user(token, audience=audience)


def test_users_tokens_are_no_service_tokens():
    with pytest.raises(BadToken):
        service_user(generate_token("served"))


def test_refusals_are_sorted_as_access():
    with pytest.raises(BadToken) as refused:
        service_user("nonsense")
    agent = AgentRegistry.get_agent("triage")
    assert agent.answer(f"token: {refused.value}") in ("access", "general")
