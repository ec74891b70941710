"""The questions of the wizard. Each takes what has been answered and gives it back with one more answer."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace

from ccr_proxy.protocols.model_list import model_list_url
from ccr_proxy.protocols.registry import PROTOCOLS
from zcf.errors import Refusal
from zcf.i18n import Texts
from zcf.plan.ccr_config import DOCUMENTED_KEY
from zcf.plan.choice import checked_url, reference
from zcf.plan.routes import ROUTE_NAMES
from zcf.presets import Preset, find_preset
from zcf.prompts import Asker, Back, Option
from zcf.report import refusal_text
from zcf.wizard.answers import Answers
from zcf.wizard.look import Found
from zcf.wizard.models import Served

# ZCF's own list, in its order; everything else is under "more".
FIRST_PRESETS = ("302ai", "zai", "minimax", "custom")
_MORE = "more"
_KEEP = "keep"
_CUSTOM_MODEL = ""


@dataclass(frozen=True, slots=True)
class Questions:
    """Puts the questions. `tell` shows a line; `ask_provider` asks a provider for its models (`models.served_models`);
    `port_holder` names who has a port, None for a free one."""

    asker: Asker
    texts: Texts
    found: Found
    tell: Callable[[str], None]
    ask_provider: Callable[[Preset, str | None, str, str], Served]
    port_holder: Callable[[int], str | None]

    # --- provider ---------------------------------------------------------------------------------------------------

    def provider(self, answers: Answers) -> Answers:
        """Which provider; or that everything is kept."""
        options = self._first_providers()
        while True:
            picked = self.asker.select(self.texts("wizard.provider"), options)
            if picked == _KEEP:
                return replace(Answers(), kept=True)
            try:
                preset = self._preset_of(picked)
            except Back:
                continue
            if preset.key_url:
                self.tell(self.texts("wizard.key_page", url=preset.key_url))
            if note := preset.notes.get(self.texts.language):
                self.tell(self.texts("note", text=note))
            return Answers(preset=preset)

    def _preset_of(self, picked: str) -> Preset:
        if picked == _MORE:
            picked = self.asker.search(self.texts("wizard.provider"), self._all_providers())
        return self._with_variant(find_preset(self.found.presets, picked))

    def _first_providers(self) -> list[Option[str]]:
        ready = {key.preset.vendor: f"${key.variable}" for key in self.found.keys}
        ready |= {server.preset_id: server.base_url for server in self.found.servers}
        names = [name for name in ready if name not in FIRST_PRESETS] + list(FIRST_PRESETS)
        known = {preset.id: preset for preset in self.found.presets}
        options: list[Option[str]] = []
        if self.found.usable:
            options.append(Option(_KEEP, self.texts("wizard.keep"), "k", self.found.default_route))
        for number, name in enumerate([name for name in names if name in known][:9], 1):
            hint = self.texts("wizard.found", what=ready[name]) if name in ready else ""
            options.append(Option(name, known[name].name, str(number), hint))
        return [*options, Option(_MORE, self.texts("wizard.more", count=len(self.found.presets)), "m")]

    def _all_providers(self) -> list[Option[str]]:
        presets = sorted(self.found.presets, key=lambda preset: preset.name.casefold())
        return [Option(preset.id, preset.name, hint=preset.id) for preset in presets]

    def _with_variant(self, preset: Preset) -> Preset:
        if not preset.variants:
            return preset
        own = Option(preset, self.texts("wizard.own_variant"), "1", _place(preset))
        others = [
            Option(variant, variant.variant_name[self.texts.language], _digit(number), _place(variant))
            for number, variant in enumerate(preset.variants, 2)
        ]
        return self.asker.select(self.texts("wizard.variant", name=preset.name), [own, *others])

    # --- address and key --------------------------------------------------------------------------------------------

    def address(self, answers: Answers) -> Answers:
        """The provider's address, where the preset has none."""
        url = self.asker.text(self.texts("wizard.address"), proposal=answers.api_url or "https://", check=self._url)
        return replace(answers, api_url=url)

    def key(self, answers: Answers) -> Answers:
        """The provider's key, as it is or as the name of a variable; then its models, which proves the key."""
        preset = _preset(answers)
        variables = self._variables_of(preset)
        if variables:
            ways = [
                Option(name, self.texts("wizard.from_variable", name=name), _digit(number))
                for number, name in enumerate(variables, 1)
            ]
            other = Option("", self.texts("wizard.type_key"), "t")
            picked = self.asker.select(self.texts("wizard.key_way"), [*ways, other])
            if picked:
                return self._checked(replace(answers, api_key=None, api_key_env=picked), self.found.environ[picked])
        typed = self.asker.secret(self.texts("wizard.key", name=preset.name), check=self._key)
        if typed.startswith("$"):
            name = typed.strip("${}")
            return self._checked(replace(answers, api_key=None, api_key_env=name), self.found.environ.get(name, ""))
        return self._checked(replace(answers, api_key=typed, api_key_env=None), typed)

    def _variables_of(self, preset: Preset) -> list[str]:
        return [name for name in preset.api_key_env if self.found.environ.get(name, "").strip()]

    def _checked(self, answers: Answers, key: str) -> Answers:
        preset = _preset(answers)
        url = models_address(preset, answers.api_url)
        served = self.ask_provider(preset, url, key, answers.api_url or preset.api_base_url)
        if served.problem is None:
            if served.asked:
                self.tell(self.texts("wizard.key_good", name=preset.name, model=served.asked))
            elif served.models:
                self.tell(self.texts("wizard.listed", name=preset.name, count=len(served.models)))
            return replace(answers, served=served.models)
        self.tell(self.texts("wizard.key_refused" if served.refused else "wizard.no_list", reason=served.problem))
        again = [Option("again", self.texts("wizard.again"), "1"), Option("on", self.texts("wizard.go_on"), "2")]
        if self.asker.select(self.texts("wizard.what_now"), again) == "again":
            return self.key(answers)
        return replace(answers, served=served.models)

    # --- models -----------------------------------------------------------------------------------------------------

    def models(self, answers: Answers) -> Answers:
        """A model for each route."""
        preset = _preset(answers)
        names = tuple(dict.fromkeys((*(model.id for model in preset.models), *answers.served)))
        if not names:
            return replace(answers, models=self._same(self._model_by_hand()))
        suggested = self._suggested(preset, names, answers.served)
        for line in _route_lines(suggested):
            self.tell(line)
        options = [
            Option("suggested", self.texts("wizard.as_suggested"), "1"),
            Option("same", self.texts("wizard.one_for_all"), "2"),
            Option("each", self.texts("wizard.each_route"), "3"),
        ]
        while True:
            way = self.asker.select(self.texts("wizard.models"), options)
            try:
                return replace(answers, models=self._models_by(way, names, suggested))
            except Back:
                continue

    def _models_by(self, way: str, names: Sequence[str], suggested: Mapping[str, str]) -> Mapping[str, str]:
        if way == "suggested":
            return suggested
        if way == "same":
            return self._same(self._model("wizard.model", names, suggested["default"]))
        return {name: self._model("wizard.model_for", names, suggested[name], route=name) for name in ROUTE_NAMES}

    def _suggested(self, preset: Preset, names: Sequence[str], served: Sequence[str]) -> dict[str, str]:
        """The preset's own choice as far as the provider has it; a list that knows none of it is not about it."""
        known = [name for name in names if not served or name in served] or list(names)
        wanted = {route: model for route, model in preset.routes.items() if model in known}
        default = wanted.get("default", known[0])
        return {name: wanted.get(name, default) for name in ROUTE_NAMES}

    def _model(self, question: str, names: Sequence[str], first: str, **values: str) -> str:
        options = [*(Option(name, name) for name in names), Option(_CUSTOM_MODEL, self.texts("wizard.other_model"))]
        picked = self.asker.search(self.texts(question, **values), options, first=first)
        return picked or self._model_by_hand()

    def _model_by_hand(self) -> str:
        return self.asker.text(self.texts("wizard.model_name"), check=self._not_empty)

    @staticmethod
    def _same(model: str) -> dict[str, str]:
        return dict.fromkeys(ROUTE_NAMES, model)

    # --- gateway ----------------------------------------------------------------------------------------------------

    def gateway(self, answers: Answers) -> Answers:
        """Port and access key of a gateway that is set up for the first time."""
        while True:
            port, key = answers.port or self.found.port, answers.ccr_key
            options = [
                Option("ok", self.texts("wizard.accept"), "1", self._in_words(port, key)),
                Option("port", self.texts("wizard.other_port"), "2"),
                Option("own", self.texts("wizard.own_key"), "3"),
                Option("documented", self.texts("wizard.documented_key"), "4", DOCUMENTED_KEY),
            ]
            picked = self.asker.select(self.texts("wizard.gateway"), options)
            if picked == "ok":
                return replace(answers, port=port)
            try:
                answers = self._gateway_answer(picked, answers, port)
            except Back:
                continue

    def _gateway_answer(self, picked: str, answers: Answers, port: int) -> Answers:
        if picked == "port":
            typed = self.asker.text(self.texts("wizard.port"), proposal=str(port), check=self._port)
            return replace(answers, port=int(typed))
        if picked == "documented":
            return replace(answers, ccr_key=DOCUMENTED_KEY)
        return replace(answers, ccr_key=self.asker.secret(self.texts("wizard.access_key"), check=self._not_empty))

    def _in_words(self, port: int, key: str | None) -> str:
        kind = "random" if key is None else "documented" if key == DOCUMENTED_KEY else "own"
        return self.texts("wizard.gateway_words", port=port, key=self.texts(f"wizard.key_{kind}"))

    # --- what may be typed ------------------------------------------------------------------------------------------

    def _url(self, text: str) -> str | None:
        return self._refusal(lambda: checked_url(text))

    def _key(self, text: str) -> str | None:
        if text.strip().startswith("$"):
            name = text.strip().strip("${}")
            if fault := self._refusal(lambda: reference(name)):
                return fault
            return None if self.found.environ.get(name) else self.texts("wizard.variable_unset", name=name)
        return self._not_empty(text)

    def _port(self, text: str) -> str | None:
        if not text.strip().isdecimal() or not 1 <= int(text) <= 65_535:
            return self.texts("wizard.bad_port")
        holder = self.port_holder(int(text))
        return None if holder is None else self.texts("wizard.port_taken", port=int(text), holder=holder)

    def _not_empty(self, text: str) -> str | None:
        return None if text.strip() else self.texts("wizard.empty")

    def _refusal(self, check: Callable[[], object]) -> str | None:
        try:
            check()
        except Refusal as refusal:
            return refusal_text(refusal, self.texts)
        return None


def models_address(preset: Preset, api_url: str | None) -> str | None:
    """Where the provider lists its models: the preset's word, or beside an address that was typed."""
    if api_url is None:
        return preset.models_url
    return model_list_url(PROTOCOLS[preset.protocol], api_url)


def _route_lines(routes: Mapping[str, str]) -> list[str]:
    width = max(map(len, routes))
    return [f"  {name:<{width}}  {model}" for name, model in routes.items()]


def _preset(answers: Answers) -> Preset:
    if answers.preset is None:
        raise ValueError("no provider was chosen")
    return answers.preset


def _place(preset: Preset) -> str:
    return preset.api_base_url.partition("://")[2].partition("/")[0]


def _digit(number: int) -> str:
    return str(number) if number < 10 else ""
