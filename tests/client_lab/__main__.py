"""Run the lab's scenarios with all dialects.

    python -m tests.client_lab LAB PROFILE [arguments of run_scenarios.py]

LAB is the folder of the client lab (`../shared/client-lab`), PROFILE a JSON file or one of `responses` and `gemini`.
"""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Any

from tests.client_lab.gemini_request import as_anthropic, asked_of, refused_by_gemini
from tests.client_lab.rendering import gemini_answers, gemini_whole, responses_events, responses_final

PROFILES = Path(__file__).parent / "profiles"
_STATUS_NAMES = {400: "INVALID_ARGUMENT", 401: "UNAUTHENTICATED", 403: "PERMISSION_DENIED", 404: "NOT_FOUND"}
_STATUS_NAMES |= {429: "RESOURCE_EXHAUSTED", 500: "INTERNAL", 503: "UNAVAILABLE"}


def extended(mockllm: Any) -> Any:
    """The lab's mock upstream with the missing dialects."""

    class Lab(mockllm.Lab):  # type: ignore[name-defined,misc]
        def r_responses(self, body: Any, act: Any, stream: bool, number: int) -> Any:
            final = responses_final(act, body, self._blocks(act, number), number)
            return ("sse", *responses_events(final, act)) if stream else ("json", final)

        async def handle(self, request: Any) -> Any:
            asked = asked_of(request.path) if request.method == "POST" else None
            return await super().handle(request) if asked is None else await self._gemini(request, *asked)

        async def _gemini(self, request: Any, model: str, stream: bool) -> Any:
            raw = (await request.read()).decode()
            body = json.loads(raw)
            entry = self._entry(request, raw, as_anthropic(body, model, stream=stream), refused_by_gemini(body))
            _, rule = self.pick(entry, raw)
            self.log.append(entry)
            act = (rule or {}).get("do") or self.default_action(entry)
            entry["rule"] = (rule or {}).get("name") or "default"
            if self.strict and entry["violations"]:
                act = {"error": {"status": 400, "message": "strict mock: " + "; ".join(entry["violations"])[:600]}}
            try:
                return await self._gemini_answer(request, entry, act, stream)
            except ConnectionResetError:
                entry["outcome"] = "client_gone"
                return mockllm.web.Response(status=499)
            except mockllm.asyncio.CancelledError:
                entry["outcome"] = "client_gone"
                raise

        def _entry(self, request: Any, raw: str, body: Any, violations: list[str]) -> dict[str, Any]:
            self.seq += 1
            kind = mockllm.classify("gemini", request.method, request.path, body)
            headers = [[name.decode("latin1"), value.decode("latin1")] for name, value in request.raw_headers]
            return {
                "seq": self.seq, "t": 0, "method": request.method, "path": request.path, "query": request.query_string,
                "dialect": "gemini", "kind": kind, "headers": headers, "body_bytes": len(raw), "body": body,
                "violations": violations, "rule": None, "status": None, "outcome": "pending",
            }  # fmt: skip

        async def _gemini_answer(self, request: Any, entry: Any, act: Any, stream: bool) -> Any:
            if "error" in act:
                error = act["error"]
                status = error.get("status", 500)
                named = {
                    "code": status,
                    "message": error.get("message"),
                    "status": _STATUS_NAMES.get(status, "UNKNOWN"),
                }
                act = {"http": {"status": status, "headers": error.get("headers") or {}, "json": {"error": named}}}
            if "blocks" not in act:
                return await self.perform(request, entry, act)
            entry["status"] = 200
            blocks = self._blocks(act, entry["seq"])
            if not stream:
                entry["outcome"] = "json"
                return mockllm.web.json_response(gemini_whole(act, blocks))
            answers, marks = gemini_answers(act, blocks)
            options = dict(act.get("stream") or {})
            if (end := options.get("end")) and "at" in end:
                options["end"] = {**end, "after": marks.get(end["at"], len(answers))}
            if options.get("pause"):
                options["_pause_at"] = marks.get(options["pause"].get("after_mark"), 1)
            return await self.send_sse(request, entry, [(None, answer) for answer in answers], options, {})

    return Lab


def main() -> int:
    """Run the scenarios; the exit code is theirs."""
    if len(sys.argv) < 3:
        print(__doc__, file=sys.stderr)
        return 2
    lab, profile, *arguments = sys.argv[1:]
    sys.path.insert(0, lab)
    import mockllm
    import run_scenarios

    mockllm.Lab = extended(mockllm)
    own = PROFILES / f"{profile}.json"
    sys.argv = ["run_scenarios.py", "--profile", str(own if own.exists() else profile), *arguments]
    return int(run_scenarios.main() or 0)


if __name__ == "__main__":
    sys.exit(main())
