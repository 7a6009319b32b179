"""Folders by the output of dir, in the languages and layouts of Windows and of Wine."""

from __future__ import annotations

import pytest
from ansible_collections.wsus.client.plugins.plugin_utils._windows import dir_listing
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
