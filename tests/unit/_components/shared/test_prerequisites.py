"""Free space and files by the output of dir, in four languages and in Wine's layout."""

from __future__ import annotations

import pytest
from ansible_collections.wsus.client.plugins.plugin_utils._components.shared import prerequisites
from ansible_collections.wsus.client.plugins.plugin_utils._components.shared.disk import DISK
from ansible_collections.wsus.client.plugins.plugin_utils._components.shared.prerequisites import (
    SERVICING,
    Prerequisites,
)
from ansible_collections.wsus.client.plugins.plugin_utils._components.shared.registry_keys import UPDATE
from ansible_collections.wsus.client.plugins.plugin_utils._windows import registry
from ansible_collections.wsus.client.plugins.plugin_utils._windows.query import Answers
from support.lab_host import Pc
from support.windows_output import answer

ENGLISH = """\
 Volume in drive C has no label.
 Volume Serial Number is 5A1C-7F30

 Directory of C:\\Windows\\System32

05/06/2026  06:52 AM         3412992 wuaueng.dll
               1 File(s)        3412992 bytes
               0 Dir(s)     68719476736 bytes free
pending.xml"""
GERMAN = """\
 Volume in Laufwerk C: hat keine Bezeichnung.
 Volumeseriennummer: 5A1C-7F30

 Verzeichnis von C:\\Windows\\System32

06.05.2026  06:52         3412992 wuaueng.dll
               1 Datei(en),        3412992 Bytes
               0 Verzeichnis(se),     68719476736 Bytes frei"""
JAPANESE = """\
 ドライブ C のボリューム ラベルがありません。
 ボリューム シリアル番号は 5A1C-7F30 です

 C:\\Windows\\System32 のディレクトリ

2026/05/06  06:52           3412992 wuaueng.dll
               1 個のファイル             3412992 バイト
               0 個のディレクトリ     68719476736 バイトの空き領域"""
SPANISH = """\
 El volumen de la unidad C no tiene etiqueta.
 El número de serie del volumen es: 5A1C-7F30

 Directorio de C:\\Windows\\System32

06/05/2026  06:52         3412992 wuaueng.dll
               1 archivos        3412992 bytes
               0 dirs     68719476736 bytes libres"""
WINE = """\
Volume in drive C has no label.
Volume Serial Number is 4300-0000

Directory of C:\\windows\\system32

11/23/2026   8:43 AM         97759  wuaueng.dll
       1 file                     97759 bytes
       0 directories        68719476736 bytes free
"""


def read(text: str) -> Prerequisites:
    absent = (answer(query, "", 1) for query in (registry.level(SERVICING), registry.tree(UPDATE)))
    return prerequisites.read_prerequisites(Answers([answer(DISK, text), *absent]))


@pytest.mark.parametrize("text", [ENGLISH, GERMAN, JAPANESE, SPANISH, WINE], ids=["en", "de", "ja", "es", "wine"])
def test_free_space_in_every_language(text: str) -> None:
    found = read(text)
    assert (found.free_space, found.dll_present) == (68719476736, True)
    assert found.reboot == (("pending_xml",) if text is ENGLISH else ())


def test_damaged_words_do_not_matter() -> None:
    damaged = "".join(each if ord(each) < 128 else "\ufffd" for each in JAPANESE)
    assert read(damaged).free_space == 68719476736


@pytest.mark.parametrize("text", ["", "File Not Found", "Volume in drive C has no label."])
def test_where_nothing_is_listed_nothing_is_told_of_space(text: str) -> None:
    found = read(text)
    assert (found.dll_present, found.free_space) == (False, None)


def test_without_the_library_the_space_is_told_all_the_same() -> None:
    found = read(ENGLISH.replace("wuaueng.dll", "wuaueng.old"))
    assert (found.dll_present, found.free_space) == (False, 68719476736)


@pytest.mark.parametrize("text", [GERMAN, JAPANESE, SPANISH], ids=["de", "ja", "es"])
def test_the_size_of_a_file_is_not_taken_for_free_space(text: str) -> None:
    cut = text.rpartition("\n")[0]
    assert (read(cut).dll_present, read(cut).free_space) == (True, None)


@pytest.mark.parametrize("language", ["en", "de", "ja", "es"])
@pytest.mark.parametrize("pending", [False, True])
def test_the_labs_dir_in_every_language(language: str, pending: bool) -> None:
    files = {r"C:\Windows\WinSxS\pending.xml": "<x/>"} if pending else {}
    pc = Pc(language=language, free_space=987654321, files=files)
    found = prerequisites.read_prerequisites(pc.host.probe([*prerequisites.probe(), registry.tree(UPDATE)]))
    assert (found.free_space, found.dll_present, found.reboot) == (987654321, True, ("pending_xml",) if pending else ())
