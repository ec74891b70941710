"""The lab's mock upstream with more dialects: Responses with places to cut and its own errors, and Gemini."""

from __future__ import annotations

import json
from typing import Any

from tests.client_lab.failures import google_error, google_failure, responses_failure
from tests.client_lab.gemini_refusals import refused_by_gemini
from tests.client_lab.gemini_request import as_anthropic, asked_of
from tests.client_lab.rendering import gemini_answers, gemini_whole, responses_events, responses_final
from tests.client_lab.responses_refusals import refused_by_openai


def extended(mockllm: Any) -> Any:
    """The class to use instead of `mockllm.Lab`."""

    class Lab(mockllm.Lab):  # type: ignore[misc]
        def r_responses(self, body: Any, act: Any, stream: bool, number: int) -> Any:
            final = responses_final(act, body, self._blocks(act, number), number)
            return ("sse", *responses_events(final, act)) if stream else ("json", final)

        def pick(self, entry: Any, raw: str) -> Any:
            # The one place between the arrival of a request and its answer that every request passes.
            if entry["dialect"] == "responses" and isinstance(entry["body"], dict):
                entry["violations"] = refused_by_openai(entry["body"])
            return super().pick(entry, raw)

        async def handle(self, request: Any) -> Any:
            asked = asked_of(request.path) if request.method == "POST" else None
            return await super().handle(request) if asked is None else await self._gemini(request, *asked)

        async def _gemini(self, request: Any, model: str, stream: bool) -> Any:
            raw = (await request.read()).decode()
            body = json.loads(raw)
            read = as_anthropic(body, model, stream=stream)
            faults = refused_by_gemini(body, model)
            if stream and request.query.get("alt") != "sse":
                faults.append("streamGenerateContent without alt=sse answers with an array")
            entry = self._entry(request, raw, read, faults)
            # Rules match the words of the Anthropic form too: `max_tokens` is `maxOutputTokens` here.
            _, rule = self.pick(entry, raw + json.dumps(read))
            self.log.append(entry)
            act = (rule or {}).get("do") or self.default_action(entry)
            entry["rule"] = (rule or {}).get("name") or "default"
            if self.strict and faults:
                act = {"error": {"status": 400, "message": "strict mock: " + "; ".join(faults)[:600]}}
            try:
                return await self.perform(request, entry, act)
            except ConnectionResetError:
                entry["outcome"] = "client_gone"
                return mockllm.web.Response(status=499)
            except mockllm.asyncio.CancelledError:
                entry["outcome"] = "client_gone"
                raise
            finally:
                self.write(entry)

        def _entry(self, request: Any, raw: str, body: Any, violations: list[str]) -> dict[str, Any]:
            self.seq += 1
            kind = mockllm.classify("gemini", request.method, request.path, body)
            headers = [[name.decode("latin1"), value.decode("latin1")] for name, value in request.raw_headers]
            return {
                "seq": self.seq, "t": 0, "method": request.method, "path": request.path, "query": request.query_string,
                "dialect": "gemini", "kind": kind, "headers": headers, "body_bytes": len(raw), "body": body,
                "violations": violations, "rule": None, "status": None, "outcome": "pending",
            }  # fmt: skip

        async def perform(self, request: Any, entry: Any, act: Any) -> Any:
            if entry["dialect"] != "gemini":
                return await super().perform(request, entry, act)
            if error := act.get("error"):
                status = error.get("status", 500)
                body = google_error(status, error.get("message", "mock error"))
                act = {"http": {"status": status, "headers": error.get("headers") or {}, "json": body}}
            if "blocks" in act:
                return await self._gemini_answer(request, entry, act)
            return await super().perform(request, entry, act)

        async def _gemini_answer(self, request: Any, entry: Any, act: Any) -> Any:
            entry["status"] = act.get("status", 200)
            blocks, body = self._blocks(act, entry["seq"]), entry["body"]
            if not body["stream"]:
                entry["outcome"] = "json"
                return mockllm.web.json_response(gemini_whole(act, blocks, body))
            answers, marks = gemini_answers(act, blocks, body)
            options = dict(act.get("stream") or {})
            if (end := options.get("end")) and "at" in end:
                options["end"] = {**end, "after": marks.get(end["at"], len(answers))}
            if options.get("pause"):
                options["_pause_at"] = marks.get(options["pause"].get("after_mark"), 1)
            return await self.send_sse(request, entry, [(None, answer) for answer in answers], options, {})

        async def send_sse(self, request: Any, entry: Any, events: Any, options: Any, headers: Any) -> Any:
            end = options.get("end") or {}
            if end.get("how") == "error" and entry["dialect"] in ("gemini", "responses"):
                events = events[: end["after"]]
                if entry["dialect"] == "gemini":
                    failure: Any = (None, google_failure(end.get("error") or {}))
                else:
                    failure = responses_failure(end.get("error") or {}, events[0][1]["response"], len(events))
                events = [*events, failure]
                options = {**options, "end": {"after": len(events), "how": "clean"}}
            return await super().send_sse(request, entry, events, options, headers)

    return Lab
