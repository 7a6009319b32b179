"""Characters, numbers and texts that have broken parsers, of this collection or of others."""

from __future__ import annotations

# fmt: off
CHARACTERS = (
    *"\0\x01\x07\x08\t\n\x0b\x0c\r\x1a\x1b\x1c\x1f\x7f\x85\x9b\xa0\xad",
    *"\u061c\u200b\u200e\u2028\u2029\u202e\u2066\u2069\ufeff\ufffd\ufffe",  # bidi overrides, separators, no characters
    *"\ud800\udbff\udc00\udfff",  # lone surrogates
    *"'\u2018\u2019\u201a\u201b\"\\/|;:=,*?%^&<>()[]{}@#~+-.",
    *"\u00b2\u0663\u0969\uff11\u2460\U0001d7ce\u0130\u00df\U0001f600",  # digits of other scripts, case that changes the length
)
NUMBERS = (
    "", "0", "-1", "-0", "+1", " 1", "1 ", "1_0", "007", "4294967295", "4294967296", "9223372036854775808",
    "18446744073709551615", "18446744073709551616", "1e999", "-1e5", "1e-400", "0.1.2", ".", "inf", "-Infinity", "nan",
    "0x", "0xg", "0xffffffff", "0x100000000", "0xffffffffffffffff", "%%1058", "%%99999", "\u00b2", "\u0661\u0669", "\uff11",
    "99999999999999", "-99999999999999", "9" * 20, "9" * 4300, "9" * 5000, "0" * 5000 + "1", "0x" + "f" * 17, "0x" + "f" * 5000, "0." + "3" * 5000,
)
TEXTS = (
    # times
    "9999-12-31T23:59:59Z", "9999-12-31T23:59:59-14:00", "0000-00-00T00:00:00Z", "2026-02-30T25:61:61Z", "00010101T000000Z",
    "0001-01-01T00:00:00+14:00", "20261124T000000Z", "2026-11-24 00:00:00:000+9999", "1601-01-01T00:00:00.0000000Z",
    "/Date(-99999999999999)/",
    # URLs, paths, proxies
    "http://[", "http://[::1", "http://a:99999", "http://h:\u0663", "http://a\0b", "http://u:p@h/?q#f", "//", "http://%00", "://@",
    "C:\\x&echo.PWNED>C:\\y", "%PATH%", "\\\\?\\C:\\", "..\\..", "C:", '"', "~", "--%", "**************x", "http=;https=", "<local>;*",
    "DIRECT; PROXY a:1;",
    # XML
    "<!DOCTYPE x [<!ENTITY a 'b'>]>", "&a;", "&#0;", "&#xD800;", "&#x110000;", "<![CDATA[", "]]>", "<?xml version='1.1'?>", "<!--",
    "<Event xmlns='http://schemas.microsoft.com/win/2004/08/events/event'>", "</Event>", "<Data Name='errorCode'>", "<Event/>",
    "#< CLIXML", '<S S="Error">',
    # lines of programs
    "\n    x    REG_DWORD    0x", "\n    x    REG_QWORD    ", "\n    x    REG_MULTI_SZ    \\0\\0a", "\n    x    REG_BINARY    0", "    ",
    "\nHKEY_LOCAL_MACHINE\\SOFTWARE", "\nHKEY_X\\", "\n    (Standard)    REG_NONE    ", "\n    x    REG_0    00", "REG_SZ", "<DIR>", "[C:\\",
    "wsus|", "wsus||||||||||", "content-length: ", "REPORT EVENT: {", "(build: 1.", "STATE : 4  RUNNING", ": 5  (0x5)",
    # records and data
    "a;b=c; d", "state=rebuilt; begun=", "|>", "true", "null", "{}",
)
# fmt: on
