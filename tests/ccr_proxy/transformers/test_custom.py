"""Users' own transformers: the documented example, and everything that can be wrong with a file."""

from __future__ import annotations

import re
import sys
from pathlib import Path
from typing import Any

import pytest

from ccr_proxy.errors import GatewayError
from ccr_proxy.transformers.chain import TransformerChain
from ccr_proxy.transformers.custom import CustomTransformers, load_custom
from ccr_proxy.transformers.registry import BUILT_IN
from ccr_proxy.transformers.transformer import by_name
from tests.ccr_proxy.protocols.transcript import Chat
from tests.ccr_proxy.transformers.asking import HELLO, answered, chain, sent

DOCUMENT = Path(__file__).parents[3] / "docs" / "transformers.md"
END = Chat.finish("tool_calls")


def written(folder: Path, source: str, name: str = "mine.py") -> str:
    (folder / name).write_text(source, encoding="utf-8")
    return name


def load(folder: Path, source: str, **options: Any) -> CustomTransformers:
    return load_custom([{"path": written(folder, source), "options": options}], folder)


def using(loaded: CustomTransformers, *uses: Any) -> TransformerChain:
    assert loaded.faults == ()
    return chain(*uses, known={**BUILT_IN, **by_name(loaded.transformers)})


def test_the_documented_example_does_what_it_says(tmp_path: Path) -> None:
    (example,) = re.findall(r"```python\n(.*?)```", DOCUMENT.read_text(encoding="utf-8"), re.DOTALL)
    polite = using(load(tmp_path, example, tone="brief"), "polite")
    body = sent(polite, {**HELLO, "system": "Help."})
    assert body["user"] == "prov-brief"
    assert body["messages"][0]["content"] == "Help.\nBe brief."
    notes: list[str] = []
    call = Chat.call(0, '{"command":"ls"}', id="a", name="bash")
    lines = answered(polite, Chat.say("Certainly! Done."), call, END, notes=notes)
    assert lines == ["text: Done.", 'call Bash#a {"command":"ls"}', "stop: tool_use"]
    assert notes == ["bash was renamed"]


def test_options_of_the_use_entry_count_more(tmp_path: Path) -> None:
    source = "def transform_request(body, context):\n    return {**body, **context.options}\n"
    loaded = load(tmp_path, source, a=1, b=1)
    body = sent(using(loaded, ["mine", {"b": "2"}]))
    assert (body["a"], body["b"]) == (1, 2)


def test_the_clients_request_is_out_of_reach(tmp_path: Path) -> None:
    source = "def transform_request(body, context):\n    body['messages'][0]['content'][1]['text'] = 'changed'\n"
    image = {"type": "image", "source": {"type": "url", "url": "https://x"}}
    asked = {**HELLO, "messages": [{"role": "user", "content": [image, {"type": "text", "text": "mine"}]}]}
    body = sent(using(load(tmp_path, source), "mine"), asked)
    assert body["messages"][0]["content"][1]["text"] == "changed"
    assert asked["messages"][0]["content"][1]["text"] == "mine"


@pytest.mark.parametrize(
    ("source", "message"),
    [
        ("x = 1\ndef broken(:\n", r"mine\.py:2: SyntaxError: "),
        ("import no_such_module\n", r"mine\.py:1: ModuleNotFoundError: No module named 'no_such_module'"),
        ("def f():\n    raise ValueError('two\\nlines')\n\nf()\n", r"mine\.py:2: ValueError: two lines"),
        ("import sys\nsys.exit(3)\n", r"mine\.py:2: SystemExit: 3"),
        ("x = 1\n", r"mine\.py: defines neither transform_request nor transform_answer_event"),
        ("transform_request = 5\n", r"mine\.py: transform_request must be a function"),
        ("name = 5\ndef transform_request(body, context): ...\n", r"mine\.py: `name` must be text"),
        ("a = '\0'\n", r"mine\.py.*(SyntaxError|ValueError)"),  # which one depends on Python's version
    ],
)
def test_a_file_that_cannot_be_loaded_is_reported_with_its_line(tmp_path: Path, source: str, message: str) -> None:
    good = {"path": written(tmp_path, "def transform_request(body, context): ...\n", "good.py")}
    before = set(sys.modules)
    loaded = load_custom([{"path": written(tmp_path, source)}, good], tmp_path)
    (fault,) = loaded.faults
    assert (fault.index, fault.severity) == (0, "error")
    assert re.search(message, fault.message)
    assert "\n" not in fault.message
    assert [transformer.name for transformer in loaded.transformers] == ["good"]
    assert not [name for name in set(sys.modules) - before if "custom_transformer" in name]


@pytest.mark.parametrize(
    ("entry", "message", "hint"),
    [
        ({"path": "old.js"}, "runs Python, not JavaScript", "transform_request(body, context)"),
        ({"path": "gone.py"}, "cannot be read: No such file", "check the path"),
        ({}, "needs a path", '{"path":'),
        ({"path": 5}, "needs a path", '{"path":'),
    ],
)
def test_an_entry_that_names_no_python_file_is_told_what_to_do(
    tmp_path: Path, entry: dict[str, Any], message: str, hint: str
) -> None:
    (fault,) = load_custom([entry], tmp_path).faults
    assert message in fault.message
    assert hint in fault.hint


@pytest.mark.parametrize(
    ("line", "message"),
    [
        ("return body['no']", r'transformer "mine" failed: .*mine\.py:2: KeyError'),
        ("return 5", r"transform_request must return a dict"),
    ],
)
def test_a_function_that_fails_fails_the_request_with_its_line(tmp_path: Path, line: str, message: str) -> None:
    mine = using(load(tmp_path, f"def transform_request(body, context):\n    {line}\n"), "mine")
    with pytest.raises(GatewayError, match=message) as caught:
        sent(mine)
    assert caught.value.status == 500


def test_nothing_is_written_beside_the_file(tmp_path: Path) -> None:
    load(
        tmp_path,
        "from dataclasses import dataclass\n@dataclass\nclass A:\n    x: int\ndef transform_request(b, c): ...\n",
    )
    assert [path.name for path in tmp_path.iterdir()] == ["mine.py"]


def test_a_name_that_exists_is_replaced(tmp_path: Path) -> None:
    loaded = load(tmp_path, "name = 'Groq'\ndef transform_request(body, context):\n    return {'mine': True}\n")
    assert sent(using(loaded, "groq")) == {"mine": True}
