"""The wizard from its first question to a gateway that has answered.

Nothing is written before the last question is answered with yes; whoever leaves earlier leaves no trace.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from zcf.commands import init
from zcf.errors import EXIT_CANCELLED, EXIT_DONE, EXIT_FAILED
from zcf.i18n import Texts
from zcf.look.port import Holder, look_at_port
from zcf.plan.ccr_config import DEFAULT_HOST
from zcf.prompts import Asker, Back
from zcf.report import check_line, done_lines, prepared_lines, verdict_line
from zcf.surroundings import Surroundings
from zcf.wizard.answers import Answers
from zcf.wizard.look import Found, look
from zcf.wizard.models import served_models
from zcf.wizard.report import found_lines
from zcf.wizard.steps import Questions

Tell = Callable[[str], None]


@dataclass(frozen=True, slots=True)
class Step:
    """A question, and whether it is put after these answers."""

    ask: Callable[[Answers], Answers]
    is_needed: Callable[[Answers], bool]


def run(asker: Asker, texts: Texts, world: Surroundings, tell: Tell) -> int:
    """Ask, show, set up; returns the exit code. Raises Refusal, Back before the first question, KeyboardInterrupt."""
    found = look(world)
    for line in found_lines(found, texts):
        tell(line)
    questions = Questions(asker, texts, found, tell, served_models, _port_holder)
    steps = _steps(questions, found)
    answers: list[Answers] = [Answers()]
    while True:
        answers = _asked(steps, answers)
        prepared = init.prepare(answers[-1].request(), world)
        for line in prepared_lines(prepared, texts):
            tell(line)
        try:
            agreed = asker.confirm(texts("wizard.apply"))
        except Back:
            answers = answers[:-1]
            continue
        if not agreed:
            tell(texts("wizard.nothing_done"))
            return EXIT_CANCELLED
        return _set_up(prepared, texts, world, tell)


def _set_up(prepared: init.Prepared, texts: Texts, world: Surroundings, tell: Tell) -> int:
    done = init.carry_out(prepared, world)
    for line in done_lines(done, texts):
        tell(line)
    result = init.verify(done, lambda check: tell(check_line(check, texts)))
    tell(verdict_line(result, texts))
    return EXIT_DONE if result.ok else EXIT_FAILED


def _steps(questions: Questions, found: Found) -> Sequence[Step]:
    return (
        Step(questions.provider, lambda _: True),
        Step(questions.address, lambda answers: answers.preset is not None and not answers.preset.api_base_url),
        Step(questions.key, lambda answers: answers.preset is not None and answers.preset.placeholder_key is None),
        Step(questions.models, lambda answers: answers.preset is not None and answers.preset.id != "demo"),
        Step(questions.gateway, lambda _: found.fresh),
    )


def _asked(steps: Sequence[Step], answers: list[Answers]) -> list[Answers]:
    """The answers after each step; Esc forgets the last answer. A step that is not needed repeats the one before."""
    while len(answers) <= len(steps):
        step = steps[len(answers) - 1]
        if not step.is_needed(answers[-1]):
            answers = [*answers, answers[-1]]
            continue
        try:
            answers = [*answers, step.ask(answers[-1])]
        except Back:
            answers = _before(steps, answers)
    return answers


def _before(steps: Sequence[Step], answers: list[Answers]) -> list[Answers]:
    """Without the last question's answer. Raises Back when there is none."""
    for count in range(len(answers) - 1, 0, -1):
        if steps[count - 1].is_needed(answers[count - 1]):
            return answers[:count]
    raise Back


def _port_holder(port: int) -> str | None:
    state = look_at_port(DEFAULT_HOST, port)
    return None if state.holder is Holder.NOBODY else state.name
