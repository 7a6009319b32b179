"""Hostile inputs made of real ones. What is changed comes from a generator of random numbers alone, so it can be made again."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from random import Random

from support.patterns import SHAPES
from unit.fuzz import hostile

LONGEST = 32_000
"""The most characters or bytes of an input. A pattern that goes back over what it has read needs seconds for them."""

_NUMBER = re.compile(r"0x[0-9a-fA-F]+|[0-9]+(?:\.[0-9]+)?")
_WORD = re.compile(r"[^\s;,=|<>'\"/]+")
Text = Callable[[Random, str, str], str]


def text(random: Random, original: str, other: str) -> str:
    """A text with one change or a few. ``other`` is another real text, of which parts may be put in."""
    for _time in range(random.choice((1, 1, 1, 2, 2, 3, 6))):
        original = random.choice(_WAYS)(random, original, other)
    return original[:LONGEST]


def blob(random: Random, original: bytes, other: bytes) -> bytes:
    """Bytes with one change or a few, half of them by the ways of a text."""
    if random.random() < 0.5:
        made = text(random, *(each.decode("utf-8", "surrogateescape") for each in (original, other)))
        return made.encode("utf-8", "surrogatepass")[:LONGEST]
    changed = bytearray(original)
    for _time in range(random.choice((1, 1, 2, 4, 16))):
        start, end = _span(random, len(changed))
        how = random.randrange(4)
        if how == 0:
            changed[start:end] = b""
        elif how == 1 and changed:
            changed[min(start, len(changed) - 1)] ^= 1 << random.randrange(8)
        elif how == 2:
            number = random.choice((0, 1, 7, 0x7FFFFFFF, 0x80000000, 0xFFFFFFFF, random.getrandbits(32), len(changed)))
            changed[start : start + 4] = number.to_bytes(4, "little")
        else:
            changed[start:start] = changed[start:end] * random.choice((1, 2, 100))
    return bytes(changed[:LONGEST])


def _span(random: Random, length: int) -> tuple[int, int]:
    """A part of something of that length, more often a small one."""
    start = random.randrange(length + 1)
    most = length - start if random.random() < 0.3 else min(length - start, 40)
    return start, start + random.randint(0, most)


def _cut(random: Random, original: str, _other: str) -> str:
    start, end = _span(random, len(original))
    return original[:start] + original[end:]


def _end(random: Random, original: str, _other: str) -> str:
    """As an output that broke off, or of which the beginning is missing."""
    place = random.randrange(len(original) + 1)
    return original[:place] if random.random() < 0.7 else original[place:]


def _doubled(random: Random, original: str, _other: str) -> str:
    start, end = _span(random, len(original))
    times = min(random.choice((1, 1, 3, 50, 2000)), LONGEST // max(end - start, 1))
    return original[:end] + original[start:end] * times + original[end:]


def _spliced(random: Random, original: str, other: str) -> str:
    start, end = _span(random, len(other))
    place = random.randrange(len(original) + 1)
    return original[:place] + other[start:end] + (original[place:] if random.random() < 0.5 else "")


def _number(random: Random, original: str, _other: str) -> str:
    """Another number in the place of one."""
    match = _NUMBER.search(original, random.randrange(len(original) + 1)) or _NUMBER.search(original)
    odd = random.choice(hostile.NUMBERS)
    return f"{original[: match.start()]}{odd}{original[match.end() :]}" if match else original + odd


def _other_digits(random: Random, original: str, _other: str) -> str:
    """The digits of a part as those of another script."""
    start, end = _span(random, len(original))
    zero = ord(random.choice("\u0660\u0966\uff10\U0001d7ce"))
    digits = {ord("0") + number: chr(zero + number) for number in range(10)}
    return original[:start] + original[start:end].translate(digits) + original[end:]


def _character(random: Random, original: str, _other: str) -> str:
    place = random.randrange(len(original) + 1)
    return original[:place] + random.choice(hostile.CHARACTERS) + original[place + random.randrange(2) :]


def _sprinkled(random: Random, original: str, _other: str) -> str:
    """A character in the place of another one, everywhere."""
    if not original:
        return random.choice(hostile.CHARACTERS)
    return original.replace(random.choice(original), random.choice(hostile.CHARACTERS))


def _inserted(random: Random, original: str, _other: str) -> str:
    start, end = _span(random, len(original))
    return original[:start] + random.choice(hostile.TEXTS) + original[end if random.random() < 0.5 else start :]


def _field(random: Random, original: str, _other: str) -> str:
    """Something hostile in the place of a whole word: of a value, a name, an entry of a list."""
    place = random.randrange(len(original) + 1)
    match = _WORD.search(original, place) or _WORD.search(original)
    start, end = match.span() if match else (place, place)
    return original[:start] + random.choice((*hostile.TEXTS, _repeated(random), _repeated(random))) + original[end:]


def _shape(random: Random, original: str, _other: str) -> str:
    """A shape, many times, alone or behind the beginning of the text, with an end that may make a pattern go back."""
    place = random.choice((0, random.randrange(len(original) + 1)))
    rest = original[place:] if random.random() < 0.3 else random.choice(("", "\n", "\0", "x", "\nx"))
    return original[:place] + _repeated(random) + rest


def _repeated(random: Random) -> str:
    """A shape that slow patterns go back over, or a hostile text, at times for as long as an input can be."""
    shape = random.choice(SHAPES) if random.random() < 0.7 else random.choice(hostile.TEXTS)
    return shape * (random.choice((14, 40, 1000, 8000, 24_000)) // len(shape) + 1)


def _lines(random: Random, original: str, _other: str) -> str:
    """Lines in another order, twice, or not at all."""
    lines = original.split("\n")
    chosen = random.choices(range(len(lines)), k=2)
    first, second = min(chosen), max(chosen)
    how = random.randrange(3)
    if how == 0:
        lines[first], lines[second] = lines[second], lines[first]
    elif how == 1:
        lines.insert(second, lines[first])
    else:
        del lines[first:second]
    return "\n".join(lines)


def _case(random: Random, original: str, _other: str) -> str:
    return random.choice((original.upper(), original.lower(), original.swapcase(), "", " ", original.strip()))


_WAYS: Sequence[Text] = (
    *(_cut, _end, _doubled, _spliced, _other_digits, _sprinkled, _lines, _case),
    *(_number, _number, _character, _character, _inserted, _inserted, _field, _field, _shape),
)
