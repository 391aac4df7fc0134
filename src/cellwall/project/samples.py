"""What new tests may do in the target code base: a row to write, a tool to call. Data only."""

from typing import Final, NamedTuple

from cellwall.project.table import Table
from cellwall.project.template import TemplateError, check_import

SAMPLE_KEYS: Final = (
    "agent", "agent_call", "tool", "tool_arguments", "row", "row_import", "row_text", "send", "read",
    "expired_token",
)  # fmt: skip


class Samples(NamedTuple):
    """Examples that a new test fills with texts of its own users; "" where nothing was configured.

    Attributes:
        agent: the name of a registered agent.
        agent_call: an expression that lets `{agent}` work on `{text}` and keep something of it, such as
            `await {agent}.run({text})`.
        tool: the name of a registered tool.
        tool_arguments: the arguments of a call of the tool, with `{text}`, such as `{"note": {text}}`.
        row: an expression that makes a row with `{text}`, such as `Note(text={text})`.
        row_import: import statements that `row` needs, each one line.
        row_text: the attribute of a row that holds the text.
        send: an HTTP request that stores `{text}`: method, path and a JSON body, such as
            `POST /notes {"text": {text}}`.
        read: an HTTP request that gives back what the user stored, such as `GET /notes`.
        expired_token: an expression that makes a token of `{user_id}` that is good no more, by the imports of
            the role `token`, such as `generate_token({user_id}, expires_in=-60)`.
    """

    agent: str = ""
    agent_call: str = ""
    tool: str = ""
    tool_arguments: str = ""
    row: str = ""
    row_import: tuple[str, ...] = ()
    row_text: str = ""
    send: str = ""
    read: str = ""
    expired_token: str = ""


def read_samples(table: Table) -> Samples:
    """Read `[tool.cellwall.samples]`.

    Raises:
        ConfigError: an unknown key, or an import that is none.
    """
    table.only(SAMPLE_KEYS)
    imports = table.texts("row_import")
    try:
        for line in imports:
            check_import(line)
    except TemplateError as error:
        table.fail(str(error), "row_import")
    texts = {key: table.text(key, "") for key in SAMPLE_KEYS if key != "row_import"}
    return Samples(row_import=imports, **texts)
