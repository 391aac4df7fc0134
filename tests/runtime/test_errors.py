"""The tree in the docstring is the tree of classes."""

import inspect

from cellwall.runtime import errors


def test_the_docstring_draws_every_class() -> None:
    classes = {
        name for name, value in vars(errors).items() if inspect.isclass(value) and name.endswith("Error")
    }
    drawn = {word for word in (errors.__doc__ or "").replace("(", " ").split() if word.endswith("Error")}
    assert drawn - {"ValueError", "LookupError", "TypeError", "TimeoutError"} == classes


def test_one_base() -> None:
    for name, value in vars(errors).items():
        if inspect.isclass(value) and name.endswith("Error"):
            assert issubclass(value, errors.IsolationError), name
            assert inspect.getdoc(value), name
