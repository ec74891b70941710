"""What counts in a configuration, and where it comes from."""

from __future__ import annotations

from pathlib import Path

from ccr_proxy.service.config_values import effective_values

TEXT = """{
  "APIKEY": "$GATE_KEY",
  "port": 1,
  "PORT": "$GATE_PORT",
  "LOG_LEVEL": "",
  "PROXY_URL": "http://me:password@proxy:1",
  "Providers": [
    {"name": "left out"},
    {
      "name": "p",
      "api_base_url": "https://h/v1?key=url-secret",
      "api_key": "sk-provider-0123456789-WXYZ",
      "models": ["m", "n"]
    }
  ],
  "Router": {"default": "p,m", "think": ["p,m", "p,n"]},
  "fallback": {"default": ["p,n"]}
}
"""


def values(tmp_path: Path, text: str = TEXT) -> dict[str, tuple[str, str]]:
    path = tmp_path / "config.json"
    path.write_text(text, encoding="utf-8")
    environ = {"GATE_KEY": "short", "GATE_PORT": "4567"}
    return {each.name: (each.shown, each.source) for each in effective_values(path, environ)}


def test_each_value_has_its_source(tmp_path: Path) -> None:
    found = values(tmp_path)
    assert found["HOST"] == ("127.0.0.1", "default")
    assert found["PORT"] == ("4567", "config.json:4:3 from $GATE_PORT")
    assert found["LOG_LEVEL"] == ("info", "default")
    assert found["CUSTOM_ROUTER_PATH"] == ("not set", "default")
    assert found["timeouts.connect_ms"] == ("30000", "default")
    assert found["Providers[1].models"] == ("m, n", "config.json:13:7")
    assert found["Router.default"] == ("p,m", "config.json:16:14")
    assert found["Router.think"] == ("p,m → p,n", "config.json:16:32")
    assert found["Router.longContextThreshold"] == ("60000", "default")
    assert found["fallback.default"] == ("p,n", "config.json:17:16")
    assert not any(name.startswith("Providers[0]") for name in found)


def test_secrets_are_shown_by_their_end_at_most(tmp_path: Path) -> None:
    found = values(tmp_path)
    assert found["APIKEY"] == ("set (too short to show a part)", "config.json:2:3 from $GATE_KEY")
    assert found["Providers[1].api_key"][0] == "set (…WXYZ)"
    assert found["Providers[1].api_base_url"][0] == "https://h/v1"
    assert found["PROXY_URL"][0] == "set"
    assert all(secret not in str(found) for secret in ("'short'", "sk-provider", "password", "url-secret"))


def test_an_empty_configuration_is_all_defaults(tmp_path: Path) -> None:
    assert {source for _, source in values(tmp_path, "{}").values()} == {"default"}
