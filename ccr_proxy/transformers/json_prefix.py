"""How far a text that arrives in pieces can still become a JSON object (RFC 8259, as `JSON.parse` reads it)."""

from __future__ import annotations

import re

from ccr_proxy.json_codec import dumps, loads

_SPACE = " \t\n\r"
_PLAIN = re.compile(r'[^"\\\x00-\x1f]+')
_ESCAPE = re.compile(r'\\(?:["\\/bfnrt]|u[0-9a-fA-F]{4})')
_ESCAPE_BEGUN = re.compile(r"\\(?:u[0-9a-fA-F]{0,3})?")
_WORDS = ("true", "false", "null")
_NUMBER = re.compile(r"-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?")
_NUMBER_BEGUN = re.compile(r"-?(?:(?:0|[1-9]\d*)(?:(?:\.\d+)?[eE][+-]?\d*|\.\d*)?)?")
_STRING = re.compile(r'"((?:[^"\\]|\\(?:["\\/bfnrt]|u[0-9a-fA-F]{4}))*)("?)')

# What may come next.
_OBJECT, _KEY_OR_END, _KEY, _COLON, _VALUE, _VALUE_OR_END, _NEXT, _NOTHING = range(8)


class JsonPrefix:
    """Reads one object, piece by piece. After a piece that was not taken whole nothing more may be fed."""

    __slots__ = ("_awaited", "_open", "_string", "_token")

    def __init__(self) -> None:
        self._awaited = _OBJECT
        self._open: list[str] = []  # the brackets that close what is open
        self._string = False  # whether a string is being read
        self._token = ""  # the number, word or escape that has begun

    @property
    def finished(self) -> bool:
        """Whether the text is a whole object."""
        return self._awaited == _NOTHING

    @property
    def in_string(self) -> bool:
        """Whether a string is open."""
        return self._string

    def taken(self, piece: str) -> int:
        """How many characters of `piece` continue the object."""
        position = 0
        while position < len(piece):
            step = self._in_string(piece, position) if self._string else self._outside(piece[position])
            if not step:
                break
            position += step
        return position

    def _in_string(self, piece: str, position: int) -> int:
        if self._token:
            self._token += piece[position]
            return self._escape()
        if plain := _PLAIN.match(piece, position):
            return plain.end() - position
        character = piece[position]
        if character == '"':
            self._string = False
        elif character == "\\":
            self._token = character
        else:
            return 0  # a control character, which has to be escaped
        return 1

    def _escape(self) -> int:
        if _ESCAPE.fullmatch(self._token):
            self._token = ""
            return 1
        return 1 if _ESCAPE_BEGUN.fullmatch(self._token) else 0

    def _outside(self, character: str) -> int:
        if self._token:
            token = self._token + character
            if _NUMBER_BEGUN.fullmatch(token) or any(word.startswith(token) for word in _WORDS):
                self._token = token
                return 1
            if not (_NUMBER.fullmatch(self._token) or self._token in _WORDS):
                return 0
            self._token = ""
        return 1 if character in _SPACE or self._takes(character) else 0

    def _takes(self, character: str) -> bool:
        if character in "}]":
            return self._closes(character)
        match self._awaited:
            case 0 if character == "{":
                return self._opens(character)
            case 1 | 2 if character == '"':
                self._string, self._awaited = True, _COLON
            case 3 if character == ":":
                self._awaited = _VALUE
            case 4 | 5:
                return self._begins_value(character)
            case 6 if character == ",":
                self._awaited = _KEY if self._open[-1] == "}" else _VALUE
            case _:
                return False
        return True

    def _begins_value(self, character: str) -> bool:
        if character in "{[":
            return self._opens(character)
        self._awaited = _NEXT
        if character == '"':
            self._string = True
            return True
        self._token = character if character in "-0123456789tfn" else ""
        return bool(self._token)

    def _opens(self, character: str) -> bool:
        self._open.append("}" if character == "{" else "]")
        self._awaited = _KEY_OR_END if character == "{" else _VALUE_OR_END
        return True

    def _closes(self, character: str) -> bool:
        allowed = (_NEXT, _KEY_OR_END) if character == "}" else (_NEXT, _VALUE_OR_END)
        if self._awaited not in allowed or self._open[-1] != character:
            return False
        self._open.pop()
        self._awaited = _NEXT if self._open else _NOTHING
        return True


def continuation(prefix: str, value: object) -> str | None:
    """The text that makes `prefix`, the beginning of a JSON object, mean `value`; None when it cannot."""
    begun = _compact(prefix)
    whole = dumps(value).decode()
    return whole[len(begun) :] if whole.startswith(begun) else None


def _compact(prefix: str) -> str:
    """The prefix in the spelling of `dumps`: no white space, each string escaped as there."""
    pieces: list[str] = []
    position = 0
    while position < len(prefix):
        string = _STRING.match(prefix, position)
        if string is None:
            pieces.append(prefix[position].strip(_SPACE))
            position += 1
            continue
        pieces.append(dumps(loads(f'"{string[1]}"')).decode()[:-1] + string[2])
        position = string.end()
        if not string[2]:  # the string is open; what is left of it is an escape that has begun
            return "".join(pieces) + prefix[position:]
    return "".join(pieces)
