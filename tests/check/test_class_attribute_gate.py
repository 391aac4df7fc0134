"""The gate lets through whatever may set an attribute of a class of the file, however it is laid out."""

import pytest

from cellwall.check.class_attribute_gate import may_set_class_attribute
from cellwall.check.module_facts import ModuleFacts, module_facts
from cellwall.check.project_facts import ProjectFacts
from cellwall.check.rule import RuleContext
from cellwall.check.rules.class_attribute_set_by_request import ClassAttributeSetByRequest
from cellwall.check.settings import CheckSettings

QUIET = [
    b"class Service:\n    def begin(self, user):\n        self.user = user\n",
    b"class Service:\n    def begin(self, user):\n        self.users['last'] = user\n",
    b"class Service:\n    def begin(self, user):\n        other.user = user\n",
    b"class Service:\n    def begin(self, user):\n        (self).user = user\n",
    b"class Service:\n    def begin(self, user):\n        make(user).user = user\n",
    b"class Service:\n    def begin(self, user):\n        return Service.user == user\n",
    b"class Service:\n    def begin(self, user):\n        return Service(user).find(user)\n",
    b"class Service:\n    @classmethod\n    def make(cls, user):\n        return cls(user)\n",
    b"def begin(cls_, user):\n    # it is one\n    it.user = user\n",
]
CLASSES = [
    "cls",
    "klass",
    "Service",
    "(Service)",
    "type(self)",
    "type(\n            self  # (this one)\n        )",
    "(type)(self)",
    "type((self))",
    "type (  (self  # it\n            ))",
    "self.__class__",
    "self . __class__",
    "(self.__class__)",
    "(\n            Service  # it\n            )",
]
WRITES = [
    "{}.user = user",
    "{} . user = user",
    "{}.user['last'] = user",
    "({}.user) = user",
    "({}\n            .user) = user",
    "({}.  # here\n            user) = user",
    "{}\\\n            .user = user",
    "{}.user = self.user = user",
]
PLAIN = "    def begin({first}, user):\n"
HEADS = [
    PLAIN,
    "    @classmethod\n    def begin({first}, self, user):\n",
    "    @classmethod\n    def begin[T: (int, str)]({first}, self, user):\n",
    "    @classmethod  # def other(x):\n    def begin(  # a class\n            {first}, self, user):\n",
    "    def __new__({first}, self, user):\n",
]


@pytest.mark.parametrize("source", QUIET)
def test_what_sets_no_class_stays_out(source: bytes) -> None:
    assert not may_set_class_attribute(source)


@pytest.mark.parametrize("of", CLASSES)
@pytest.mark.parametrize("write", WRITES)
@pytest.mark.parametrize("head", HEADS)
def test_what_the_rule_finds_gets_through(of: str, write: str, head: str) -> None:
    first = of if of in ("cls", "klass") else "self" if head == PLAIN else "it"
    of = of.replace("self", first)
    text = f"class Service:\n    user = None\n\n{head.format(first=first)}        {write.format(of)}\n"
    source = text.encode()
    module = module_facts("app/main.py", source, ProjectFacts(), is_test=False)
    if not isinstance(module, ModuleFacts):
        return  # type parameters are not known to older versions
    context = RuleContext(CheckSettings(preview=True), ProjectFacts())
    assert any(ClassAttributeSetByRequest().check(module, context)) is (of != "klass" or head != PLAIN)
    assert may_set_class_attribute(source) or (of == "klass" and head == PLAIN)
