"""What operators read: log lines and the nightly printout."""

import logging

from netra_backend.agents import registry

log = logging.getLogger("platform.agents")


def report(name, prompt):
    import netra_backend.agents.registry as agents

    log.info("%s says %s", name, agents.AgentRegistry.get_agent(name).answer(prompt))


def test_a_line_for_each_answer(caplog):
    with caplog.at_level(logging.INFO, logger="platform.agents"):
        report("triage", "refund")
        report("cost", "1000")
    assert caplog.messages == ["triage says billing", "cost says 3 ct"]


def test_printout(capsys):
    print("queue:", registry.AgentRegistry.get_agent("triage").answer("slow"))
    assert capsys.readouterr().out == "queue: outage\n"


def test_printout_goes_to_a_file(tmp_path):
    from netra_backend.agents.registry import AgentRegistry

    agent = AgentRegistry.get_agent("summary")
    target = tmp_path / "printout.txt"
    target.write_text("\n".join(agent.answer(text) for text in ("One. Two.", "Three")))
    assert target.read_text().splitlines() == ["One", "Three"]
