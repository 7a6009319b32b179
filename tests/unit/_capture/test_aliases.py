"""What stands in place of names, addresses and ids."""

from __future__ import annotations

import re
import time

import pytest
from ansible_collections.wsus.client.plugins.plugin_utils._capture import vocabulary
from ansible_collections.wsus.client.plugins.plugin_utils._capture.aliases import Aliases
from ansible_collections.wsus.client.plugins.plugin_utils._capture.text import TextAliases
from support.documentation import COLLECTION


def aliases(taken: str = "") -> Aliases:
    return Aliases(vocabulary.RESERVED, taken)


def replaced(*texts: str) -> list[str]:
    """The texts, read once for the names in them and then replaced."""
    free = TextAliases(aliases())
    for text in texts:
        free.text(text)
    free.learned()
    return [free.text(text) for text in texts]


def test_the_same_name_has_the_same_alias_in_any_case_and_another_name_another() -> None:
    names = aliases()
    assert names.label("PC-17") == names.label("pc-17").upper() == names.label("Pc-17").upper()
    assert names.label("PC-18").casefold() != names.label("PC-17").casefold()


def test_a_domain_stays_the_domain_of_its_hosts_and_a_distinguished_name_has_it() -> None:
    host, domain, name = replaced(
        "http://srv1.ad.contoso.com:8530/", "ad.contoso.com", "CN=PC1,OU=Site 4,DC=ad,DC=contoso,DC=com"
    )
    suffix = re.fullmatch(r"http://\w+\.(\w+\.\w+\.com):8530/", host)
    assert suffix is not None
    assert domain == suffix[1]
    assert name.partition("DC=")[2] == ",DC=".join(suffix[1].split("."))
    assert "Site" not in name


def test_no_alias_occurs_in_what_the_machine_said() -> None:
    taken = "a user is called alias1, another ALIASX2"
    assert aliases(taken).label("PC1") not in taken
    assert not aliases(taken).label("PC1").casefold().startswith(("alias1", "aliasx2"))


@pytest.mark.parametrize(
    ("sid", "form"),
    [
        ("S-1-5-21-1004336348-1177238915-682003330-500", r"S-1-5-21-\d+-\d+-\d+-500"),
        ("S-1-5-21-1004336348-1177238915-682003330-1105", r"S-1-5-21-\d+-\d+-\d+-1\d{3}"),
        ("S-1-5-21-1004336348-1177238915-682003330", r"S-1-5-21-\d+-\d+-\d+"),
        ("S-1-12-1-3153026158-1124103294-2905814440-1234567890", r"S-1-12-1-\d+-\d+-\d+-\d+"),
        ("S-1-5-83-1-3153026158-1124103294-2905814440-1234567890", r"S-1-5-83-1-\d+-\d+-\d+-\d+"),
    ],
)
def test_a_sid_stays_one_of_its_kind(sid: str, form: str) -> None:
    alias = replaced(f"HKEY_USERS\\{sid}_Classes")[0]
    assert re.fullmatch(rf"HKEY_USERS\\{form}_Classes", alias)
    assert not {each for each in sid.split("-")[4:] if len(each) > 4} & set(re.split("[-_]", alias))


def test_accounts_of_one_domain_stay_in_one_and_a_binary_sid_is_the_same() -> None:
    names = aliases()
    domain = names.sid("S-1-5-21-1004336348-1177238915-682003330")
    assert names.sid("S-1-5-21-1004336348-1177238915-682003330-1105") == f"{domain}-1001"
    assert names.sid("S-1-5-21-1-2-3") != domain
    blob = bytes.fromhex("010400000000000515000000DCF4DC3B833D2B46828BA628")
    values = [int.from_bytes(names.binary_sid(blob)[start : start + 4], "little") for start in (12, 16, 20)]
    assert "-".join(["S-1-5-21", *map(str, values)]) == domain


@pytest.mark.parametrize("sid", ["S-1-5-18", "S-1-5-19", "S-1-5-32-544", "S-1-5-80-1055054053-1", "S-1-1-0"])
def test_a_well_known_sid_stays(sid: str) -> None:
    assert replaced(sid) == [sid]


def test_addresses_of_one_network_stay_in_one_and_a_pattern_of_them_matches() -> None:
    first, second, other, pattern, six = replaced(
        "192.168.7.1", "192.168.7.9", "172.16.7.1", "192.168.*", "fe80::1a2b:3cff:fe4d:5e6f"
    )
    assert first.rpartition(".")[0] == second.rpartition(".")[0] != other.rpartition(".")[0]
    assert first.startswith(pattern.rstrip("*"))
    assert first != second
    assert re.fullmatch(r"2001:db8::[0-9a-f]+", six)


@pytest.mark.parametrize(
    "text",
    [
        "127.0.0.1",
        "::1",
        "10.0.19045.4529",
        "7.6.7601.24436",
        "19041.1.amd64fre.vb_release.191206-1406",
        "12:30:45",
        "{3da21691-e39d-4da6-8a4b-b43877bcb1b7}",
        "{31B2F340-016D-11D2-945F-00C04FB984F9}",
        "https://fe3cr.delivery.mp.microsoft.com/ClientWebService/client.asmx",
        r"@%SystemRoot%\system32\qmgr.dll,-1000",
        r"C:\Users\Public\Desktop",
        r"%SystemRoot%\System32\svchost.exe -k netsvcs -p",
        "Mozilla/4.0 (compatible; MSIE 8.0; Win32)",
        "9NTXGKQ8P7N0-MicrosoftWindows.CrossDevice",
    ],
)
def test_what_is_the_same_everywhere_stays(text: str) -> None:
    assert replaced(text) == [text]


def test_every_guid_that_the_collection_knows_stays() -> None:
    guid = re.compile(r"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}", re.IGNORECASE)
    known = {
        match.lower()
        for path in (COLLECTION / "plugins" / "plugin_utils" / "_components").glob(
            "[!c]*/*.py"
        )  # client_id has examples
        for match in guid.findall(path.read_text(encoding="utf-8"))
    }
    assert known
    assert {each for each in known if aliases().guid(each) != each} == set()


@pytest.mark.parametrize(
    ("url", "form"),
    [
        ("http://anna:Geheim9@srv1.contoso.com:8530/x", r"http://redacted@\w+\.\w+\.com:8530/x"),
        ("http://anna:Ge/heim9@srv1.contoso.com/", r"http://redacted/redacted@\w+\.\w+\.com/?"),
        ("https://srv1.contoso.com/c.cab?P1=1&token=Geheim9", r"https://\w+\.\w+\.com/c\.cab\?redacted"),
        ("anna:Geheim9@srv1.contoso.com", r"redacted@\w+\.\w+\.com"),
        ("anna.m@contoso.com", r"\w+@\w+\.com"),
        ("http://[2001:db8:77::5]:8530/", r"http://\[2001:db8::1\]:8530/"),
    ],
)
def test_credentials_and_queries_are_redacted_and_the_form_stays(url: str, form: str) -> None:
    (alias,) = replaced(url)
    assert re.fullmatch(form, alias), alias


def test_a_name_is_found_in_other_words_and_in_paths() -> None:
    texts = replaced(
        r"\\FILESRV7\share", r"C:\Users\Anna Meier\AppData", "filesrv7-backup_ANNA MEIER", "x:FileSrv7Agent.log"
    )
    assert not [text for text in texts if re.search("filesrv7|anna|meier", text, re.IGNORECASE)]


def test_a_name_that_is_a_word_of_windows_is_replaced_in_its_place_only() -> None:
    server, other = replaced("http://update.contoso.com:8530", "WU Client Download of update")
    assert "update" not in server
    assert other == "WU Client Download of update"


@pytest.mark.parametrize(
    "unit", ["a", "a.", "-", "@", "\\", "\\\\", "http://", "1.", "CN=", ":", "S-1-5-21-", "'", "\\Users\\", "é_"]
)
def test_the_time_grows_with_the_length_only(unit: str) -> None:
    def seconds(length: int) -> float:
        text = unit * (length // len(unit))
        start = time.process_time()
        replaced(text)
        return time.process_time() - start

    seconds(1_000)
    assert seconds(100_000) < 40 * seconds(10_000) + 0.5
