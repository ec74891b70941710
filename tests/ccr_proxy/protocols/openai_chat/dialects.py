"""Chat Completions streams in every dialect that providers speak, and what a client must see of each."""

from __future__ import annotations

from tests.ccr_proxy.protocols.transcript import Chat

CUT = "error api_error: the provider's answer broke off before it was finished"
STOP, DONE = Chat.finish(), Chat.DONE
TOOL_STOP = Chat.finish("tool_calls")

# name: (the provider's packets, the client's view in the notation of `transcript`)
TRANSCRIPTS: dict[str, tuple[list[bytes], list[str]]] = {
    "text": (
        [Chat.delta(role="assistant", content=""), Chat.say("Hel", "lo"), STOP, DONE],
        ["text: Hello", "stop: end_turn"],
    ),
    "no role, no DONE": ([Chat.say("Hi"), STOP], ["text: Hi", "stop: end_turn"]),
    "DONE but no finish reason": ([Chat.say("Hi"), DONE], ["text: Hi", "stop: end_turn"]),
    "usage but neither finish reason nor DONE": ([Chat.say("Hi"), Chat.usage(1, 2)], ["text: Hi", "stop: end_turn"]),
    "empty finish reason": ([Chat.say("Hi"), Chat.finish(""), DONE], ["text: Hi", "stop: end_turn"]),
    "finish and usage in one packet with the text": (
        [Chat.delta(content="Hi", finish="stop", usage={"prompt_tokens": 1, "completion_tokens": 1})],
        ["text: Hi", "stop: end_turn"],
    ),
    "length": ([Chat.say("Hi"), Chat.finish("length"), DONE], ["text: Hi", "stop: max_tokens"]),
    "Mistral's length": ([Chat.say("Hi"), Chat.finish("model_length")], ["text: Hi", "stop: max_tokens"]),
    "content filter": ([Chat.say("Hi"), Chat.finish("content_filter"), DONE], ["text: Hi", "stop: refusal"]),
    "unknown finish reason": ([Chat.say("Hi"), Chat.finish("eos")], ["text: Hi", "stop: end_turn"]),
    # A failure before anything was shown: nothing leaves, and the request may move on.
    "nothing in it": ([Chat.delta(role="assistant", content=""), STOP, DONE], []),
    "only DONE": ([DONE], []),
    "empty deltas": (
        [Chat.delta(), Chat.delta(content=None, tool_calls=None), Chat.say("Hi"), Chat.delta(tool_calls=[]), STOP],
        ["text: Hi", "stop: end_turn"],
    ),
    "text and empty tool_calls in one delta": (
        [Chat.delta(content="Hi", tool_calls=[]), STOP],
        ["text: Hi", "stop: end_turn"],
    ),
    "refusal": ([Chat.delta(refusal="I can"), Chat.delta(refusal="not."), STOP], ["text: I cannot.", "stop: end_turn"]),
    "Azure's first packet": (
        [Chat.packet(choices=[], prompt_filter_results=[{}]), Chat.say("Hi"), STOP, DONE],
        ["text: Hi", "stop: end_turn"],
    ),
    "content under message": (
        [Chat.packet(choices=[{"index": 0, "message": {"content": "Hi"}, "finish_reason": "stop"}])],
        ["text: Hi", "stop: end_turn"],
    ),
    # reasoning
    "reasoning_content": (
        [Chat.think("Let ", "me."), Chat.say("Hi"), STOP],
        ["thinking: Let me.", "text: Hi", "stop: end_turn"],
    ),
    "reasoning": ([Chat.delta(reasoning="Hm"), Chat.say("Hi"), STOP], ["thinking: Hm", "text: Hi", "stop: end_turn"]),
    "the same reasoning twice": (
        [
            Chat.delta(
                reasoning="Hm", reasoning_content="Hm", reasoning_details=[{"type": "reasoning.text", "text": "Hm"}]
            ),
            STOP,
        ],
        ["thinking: Hm", "stop: end_turn"],
    ),
    "reasoning details alone": (
        [Chat.delta(reasoning_details=[{"type": "reasoning.summary", "summary": "Hm"}]), Chat.say("Hi"), STOP],
        ["thinking: Hm", "text: Hi", "stop: end_turn"],
    ),
    "reasoning after text": (
        [Chat.say("Hi"), Chat.think("more"), Chat.say("!"), STOP],
        ["text: Hi", "thinking: more", "text: !", "stop: end_turn"],
    ),
    "reasoning and text in one delta": (
        [Chat.delta(reasoning_content="Hm", content="Hi"), STOP],
        ["thinking: Hm", "text: Hi", "stop: end_turn"],
    ),
    "Mistral's parts": (
        [
            Chat.delta(content=[{"type": "thinking", "thinking": [{"type": "text", "text": "Hm"}]}]),
            Chat.delta(content=[{"type": "text", "text": "Hi"}]),
            STOP,
        ],
        ["thinking: Hm", "text: Hi", "stop: end_turn"],
    ),
    "think tags": (
        [Chat.say("<think>\nHm</think>\n\nHi"), STOP],
        ["thinking: Hm", "text: Hi", "stop: end_turn"],
    ),
    "think tags later on": (
        [Chat.say("I say <think>x</think>"), STOP],
        ["text: I say <think>x</think>", "stop: end_turn"],
    ),
    "a think tag that is never closed": ([Chat.say("<think>Hm</th"), STOP], ["thinking: Hm</th", "stop: end_turn"]),
    "something like a think tag": ([Chat.say("<thin"), STOP], ["text: <thin", "stop: end_turn"]),
    "think tags before a call": (
        [Chat.say("<think>Hm</think>"), Chat.call(0, "{}", id="c", name="A"), TOOL_STOP],
        ["thinking: Hm", "call A#c {}", "stop: tool_use"],
    ),
    # tool calls
    "a call": (
        [Chat.call(0, "", id="c1", name="Bash"), Chat.call(0, '{"a":'), Chat.call(0, "1}"), TOOL_STOP, DONE],
        ['call Bash#c1 {"a":1}', "stop: tool_use"],
    ),
    "a call whose finish reason is stop": (
        [Chat.call(0, "{}", id="c1", name="Bash"), STOP],
        ["call Bash#c1 {}", "stop: tool_use"],
    ),
    "finish reason tool_calls without a call": ([Chat.say("Hi"), TOOL_STOP], ["text: Hi", "stop: end_turn"]),
    "a call without arguments": ([Chat.call(0, "", id="c1", name="A"), TOOL_STOP], ["call A#c1", "stop: tool_use"]),
    "arguments null": ([Chat.call(0, None, id="c1", name="A"), TOOL_STOP], ["call A#c1", "stop: tool_use"]),
    "arguments 'null'": ([Chat.call(0, "null", id="c1", name="A"), TOOL_STOP], ["call A#c1", "stop: tool_use"]),
    "arguments as an object": (
        [Chat.call(0, {"a": 1}, id="c1", name="A"), TOOL_STOP],
        ['call A#c1 {"a":1}', "stop: tool_use"],
    ),
    "arguments only at the end": (
        [Chat.call(0, id="c1", name="A"), Chat.say("Hi"), Chat.call(0, '{"a":1}'), TOOL_STOP],
        ['call A#c1 {"a":1}', "text: Hi", "stop: tool_use"],
    ),
    "calls one after the other": (
        [Chat.call(0, '{"a":1}', id="c1", name="A"), Chat.call(1, '{"b":2}', id="c2", name="B"), TOOL_STOP],
        ['call A#c1 {"a":1}', 'call B#c2 {"b":2}', "stop: tool_use"],
    ),
    "two calls in one delta": (
        [
            Chat.delta(
                tool_calls=[
                    {"index": 0, "id": "c1", "function": {"name": "A", "arguments": "{}"}},
                    {"index": 1, "id": "c2", "function": {"name": "B", "arguments": "{}"}},
                ]
            ),
            TOOL_STOP,
        ],
        ["call A#c1 {}", "call B#c2 {}", "stop: tool_use"],
    ),
    "interleaved": (
        [
            Chat.call(0, '{"a":', id="c1", name="A"),
            Chat.call(1, '{"b":', id="c2", name="B"),
            Chat.call(0, "1}"),
            Chat.call(1, "2}"),
            TOOL_STOP,
        ],
        ['call A#c1 {"a":1}', 'call B#c2 {"b":2}', "stop: tool_use"],
    ),
    "the same index for two calls": (
        [
            Chat.call(0, '{"a":', id="c1", name="A"),
            Chat.call(0, "1}"),
            Chat.call(0, '{"b":', id="c2", name="A"),
            Chat.call(0, "2}"),
            TOOL_STOP,
        ],
        ['call A#c1 {"a":1}', 'call A#c2 {"b":2}', "stop: tool_use"],
    ),
    "the same index, no ids, no arguments": (
        [Chat.call(0, "", name="A"), Chat.call(0, "", name="B"), TOOL_STOP],
        ["call A", "call B", "stop: tool_use"],
    ),
    "the same index, no ids": (
        [Chat.call(0, '{"a":1}', name="A"), Chat.call(0, '{"b":2}', name="A"), TOOL_STOP],
        ['call A {"a":1}', 'call A {"b":2}', "stop: tool_use"],
    ),
    "the name in every fragment": (
        [
            Chat.call(0, '{"a":{"b":1}', id="c1", name="A"),
            Chat.call(0, ',"c":{}', name="A"),
            Chat.call(0, "}", name="A"),
            TOOL_STOP,
        ],
        ['call A#c1 {"a":{"b":1},"c":{}}', "stop: tool_use"],
    ),
    "id and name in every fragment": (
        [Chat.call(0, '{"a":{}', id="c1", name="A"), Chat.call(0, "}", id="c1", name="A"), TOOL_STOP],
        ['call A#c1 {"a":{}}', "stop: tool_use"],
    ),
    "a new id in every fragment": (
        [Chat.call(0, '{"a":', id="c1", name="A"), Chat.call(0, "1}", id="c2"), TOOL_STOP],
        ['call A#c1 {"a":1}', "stop: tool_use"],
    ),
    "no index": (
        [Chat.call(None, '{"a":', id="c1", name="A"), Chat.call(None, "1}"), TOOL_STOP],
        ['call A#c1 {"a":1}', "stop: tool_use"],
    ),
    "two calls without index": (
        [Chat.call(None, '{"a":1}', id="c1", name="A"), Chat.call(None, '{"b":2}', id="c2", name="B"), TOOL_STOP],
        ['call A#c1 {"a":1}', 'call B#c2 {"b":2}', "stop: tool_use"],
    ),
    "indexes that do not begin at 0": (
        [Chat.call(3, "{}", id="c1", name="A"), Chat.call(7, "{}", id="c2", name="B"), TOOL_STOP],
        ["call A#c1 {}", "call B#c2 {}", "stop: tool_use"],
    ),
    "a late id": (
        [Chat.call(0, name="A"), Chat.call(0, id="c1"), Chat.call(0, "{}"), TOOL_STOP],
        ["call A#c1 {}", "stop: tool_use"],
    ),
    "a late name": (
        [Chat.call(0, '{"a":', id="c1"), Chat.call(0, "1}"), Chat.call(0, name="A"), TOOL_STOP],
        ['call A#c1 {"a":1}', "stop: tool_use"],
    ),
    "text after calls": (
        [Chat.say("a"), Chat.call(0, "{}", id="c1", name="A"), Chat.say("b"), TOOL_STOP],
        ["text: a", "call A#c1 {}", "text: b", "stop: tool_use"],
    ),
    "a call cut by the limit": (
        [Chat.call(0, '{"a', id="c1", name="A"), Chat.finish("length")],
        ['call A#c1 {"a', "stop: max_tokens"],
    ),
    "an id that anthropic would refuse": (
        [Chat.call(0, "{}", id="functions.A:0", name="A"), TOOL_STOP],
        ["call A#functions_-2e_A_-3a_0 {}", "stop: tool_use"],
    ),
    # ends that are none
    "a cut": ([Chat.say("Hi")], ["text: Hi", CUT]),
    "usage at the start, then a cut": ([Chat.usage(1, 0), Chat.say("Hi")], ["text: Hi", CUT]),
    "a cut in a call": ([Chat.call(0, '{"a', id="c1", name="A")], ['call A#c1 {"a', CUT]),
    "an error in the middle": (
        [Chat.say("Hi"), Chat.packet(error={"message": "busy", "type": "overloaded_error"}), DONE],
        ["text: Hi", "error overloaded_error: busy"],
    ),
    "an error within a choice": (
        [Chat.say("Hi"), Chat.packet(choices=[{"error": {"code": 502, "message": "gone"}, "finish_reason": "error"}])],
        ["text: Hi", "error api_error: gone"],
    ),
    "finish reason error": (
        [Chat.say("Hi"), Chat.finish("error"), DONE],
        ["text: Hi", "error api_error: the provider stopped with an error"],
    ),
    "an event that is not JSON": (
        [Chat.say("Hi"), b"data: {oops\n\n", Chat.say("!"), STOP],
        ["text: Hi", "error api_error: the provider sent an event that is not JSON: {oops"],
    ),
    "noise": (
        [b": keep-alive\n\n", b"event: ping\ndata: \n\n", Chat.say("Hi"), b"data: null\n\n", b": x\n\n", STOP, DONE],
        ["text: Hi", "stop: end_turn"],
    ),
}
