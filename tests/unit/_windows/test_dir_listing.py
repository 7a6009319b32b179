"""Folders by the output of dir, in the languages and layouts of Windows and of Wine."""

from __future__ import annotations

import pytest
from ansible_collections.wsus.client.plugins.plugin_utils._windows import dir_listing, readable
from ansible_collections.wsus.client.plugins.plugin_utils._windows.dir_listing import Entry
from lab.fleet_store import CopySpec, StoreSpec
from support.lab_host import Pc
from support.windows_output import answer

QUERY = dir_listing.query(r"C:\Windows\SoftwareDistribution*")
TOTALS = "               1 File(s)       33554432 bytes\n               2 Dir(s)     68719476736 bytes free\n"
# The date as the formats of Windows write it, with the time after it.
TIMES = [
    "05/06/2026  06:52 AM",
    "06.05.2026  06:52",
    "2026/05/06  06:52",
    "2026-05-06  06:52",
    "06. 05. 2026  06:52",
    "06/05/2026  06:52 p. m.",
    "11/23/2026   8:43 AM",
    "06.05.26  06.52",
    "2026/05/06  \u5348\u524d 06:52",
]


@pytest.mark.parametrize("time", TIMES)
@pytest.mark.parametrize("word", ["<DIR>", "<REP>", "<JUNCTION>", "<VERBINDUNG>", "<SYMLINKD>"])
def test_a_file_a_folder_and_a_junction(time: str, word: str) -> None:
    lines = f"""\
 Directory of C:\\Windows

{time}    {word}          SoftwareDistribution.20261001T000000Z
{time}        33554432 DataStore.edb
{time}    {word}     SoftwareDistribution [D:\\WU\\The Store]
{TOTALS}"""
    found = QUERY.parse(answer(QUERY, lines))
    assert found.get("softwaredistribution.20261001t000000z") == Entry("SoftwareDistribution.20261001T000000Z")
    assert found.get("DataStore.edb") == Entry("DataStore.edb", size=33554432)
    assert found.get("SoftwareDistribution") == Entry("SoftwareDistribution", target=r"D:\WU\The Store")
    assert (found.get("DataStore.edb").folder, found.get("SoftwareDistribution").folder) == (False, True)  # type: ignore[union-attr]
    assert (found.free_space, len(found.entries)) == (68719476736, 3)


@pytest.mark.parametrize("text", ["", "File Not Found", " Volume in drive C has no label.", TOTALS])
def test_what_lists_nothing(text: str) -> None:
    found = QUERY.parse(answer(QUERY, text, 1))
    assert (dict(found.entries), found.free_space) == ({}, None)


@pytest.mark.parametrize("language", ["en", "de", "ja", "es"])
def test_the_lab_lists_a_store_and_its_copies(language: str) -> None:
    spec = StoreSpec(path=r"D:\WU\Store", copies=(CopySpec("Store.20261001T000000Z"), CopySpec("Store.old")))
    pc = Pc(language=language, store=spec, free_space=123456789)
    elsewhere = dir_listing.query(r"D:\WU\Store*")
    answers = pc.host.probe([QUERY, elsewhere])
    assert answers[QUERY].get("SoftwareDistribution") == Entry("SoftwareDistribution", target=r"D:\WU\Store")
    found = answers[elsewhere]
    assert sorted(found.entries) == ["store", "store.20261001t000000z", "store.old"]
    assert found.free_space == 123456789


# The words of the listings in public files (62669928636, 20133459800, 30239037985, 16421008759, 71070984231, 43510828921).
REAL_TOTALS = {
    "Korean": (
        "               3개 파일             5366131 바이트\n               2개 디렉터리  290134765568 바이트 남음",
        290134765568,
    ),
    "old Korean": (
        "               1개 파일     10922314 바이트\n            0 디렉토리  63450337280 바이트 남음",
        63450337280,
    ),
    "Czech": (
        "               Souborů:     12,   Bajtů:              1103054\n               Adresářů:     2,   Volných bajtů: 362414985216",
        362414985216,
    ),
    "Russian": (
        "               8 файлов         277046 байт\n              20 папок  156293636096 байт свободно",
        156293636096,
    ),
    "Japanese": (
        "               1 個のファイル             3412992 バイト\n               0 個のディレクトリ     68719476736 バイトの空き領域",
        68719476736,
    ),
    "French": (
        "               1 fichier(s)          1103054 octets\n               2 Rép(s)  362414985216 octets libres",
        362414985216,
    ),
}


@pytest.mark.parametrize("name", REAL_TOTALS)
@pytest.mark.parametrize("code_page", ["", "distrusted"])
def test_the_free_space_in_every_language(name: str, code_page: str) -> None:
    totals, expected = REAL_TOTALS[name]
    text = f" Volume in drive C is Disk 1 of 2\n Volume Serial Number is 5A1C-7F30\n\n Directory of C:\\W1\\2\n\n{TIMES[0]}        12 a.txt\n{totals}\n"
    found = QUERY.parse(answer(QUERY, readable.distrusted(text) if code_page else text))
    assert (found.free_space, set(found.entries)) == (expected, {"a.txt"})


@pytest.mark.parametrize("separator", [",", ".", "\u00a0", "\u202f", " ", "'", "\ufffd"])
def test_separators_that_were_not_asked_for(separator: str) -> None:
    files, free = f"1{separator}103{separator}054", separator.join(("362", "414", "985", "216"))
    totals = f"               1 File(s)    {files} bytes\n               2 Dir(s)  {free} bytes free\n"
    found = QUERY.parse(answer(QUERY, f"{TIMES[0]}        12 a.txt\n{totals}"))
    assert found.free_space == 362414985216


def test_a_listing_without_totals_has_no_free_space() -> None:
    found = QUERY.parse(
        answer(
            QUERY, f" Directory of C:\\Data 1\\2\n\n{TIMES[0]}        12 a.txt\n               1 File(s)   12 bytes\n"
        )
    )
    assert (found.free_space, len(found.entries)) == (None, 1)
