"""Characters that a terminal, a browser or a spreadsheet program acts on or does not show, by kind."""

from __future__ import annotations

KINDS = {
    "C0": "\x00\x01\x07\x08\x0b\x0c\x0e\x1b\x1f",
    "line ends": "\r\n\t",
    "DEL and C1": "\x7f\x80\x85\x90\x9b\x9f",
    "separators": "\u2028\u2029",
    "direction": "\u061c\u200e\u200f\u202a\u202e\u2066\u2069",
    "invisible": "\xad\u180e\u200b\u200d\u2060\ufeff\U000e0041",
    "no characters": "\udfff\ud800\ufffe\uffff\ue000",
}
RAW = frozenset("".join(KINDS.values()))
