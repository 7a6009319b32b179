"""Events as wevtutil.exe prints them."""

from __future__ import annotations

from ansible_collections.wsus.client.plugins.plugin_utils._components.service import start_failures
from ansible_collections.wsus.client.plugins.plugin_utils._components.shared import event_queries

BITS_CLIENT = "Microsoft-Windows-Bits-Client"
TIME = "2026-11-20T08:00:00.0000000Z"
WSUS = "{3DA21691-E39D-4DA6-8A4B-B43877BCB1B7}"
STORE = "{855E8A7C-ECB4-4CA3-B045-1DFA50104289}"
_IN_SYSTEM = (event_queries.CANNOT_CONNECT, event_queries.INSTALLED, event_queries.INSTALL_FAILED)


def event(
    number: int,
    data: dict[str, str],
    *,
    provider: str,
    time: str = TIME,
    binary: str = "",
    user: str = "S-1-5-18",
    record: int = 1,
) -> str:
    """One event; the provider and the number tell its channel."""
    channel = event_queries.SYSTEM_CHANNEL
    if provider == BITS_CLIENT:
        channel = event_queries.BITS_CHANNEL
    elif provider == event_queries.UPDATE_CLIENT and number not in _IN_SYSTEM:
        channel = event_queries.UPDATE_CHANNEL
    fields = "".join(f"<Data Name='{name}'>{value}</Data>" for name, value in data.items())
    raw = f"<Binary>{binary}</Binary>" if binary else ""
    return (
        "<Event xmlns='http://schemas.microsoft.com/win/2004/08/events/event'><System>"
        f"<Provider Name='{provider}'/><EventID>{number}</EventID><Level>2</Level><TimeCreated SystemTime='{time}'/>"
        f"<EventRecordID>{record}</EventRecordID><Channel>{channel}</Channel><Security UserID='{user}'/></System>"
        f"<EventData>{fields}{raw}</EventData></Event>"
    )


def scm(number: int, *params: str, service: str | None = "BITS", time: str = TIME) -> str:
    """An event of the Service Control Manager; before Windows 10 it names no service (None)."""
    data = {f"param{position + 1}": value for position, value in enumerate(params)}
    binary = (service + "\0").encode("utf-16-le").hex() if service else ""
    return event(number, data, provider=start_failures.SERVICE_CONTROL_MANAGER, time=time, binary=binary)


def job(
    code: int,
    *,
    name: str = "WU Client Download",
    url: str = "http://wsus.example.com:8530/Content/1.cab",
    number: int = 61,
    **more: str,
) -> str:
    """A failed transfer in the Bits-Client log."""
    time = more.pop("time", TIME)
    return event(
        number,
        {"name": name, "url": url, "hr": str(code), "proxy": "", **more},
        provider=BITS_CLIENT,
        time=time,
    )


def detection(code: int | None = None, *, time: str = TIME, service: str | None = WSUS, updates: str = "3") -> str:
    """A search for updates that ended well, or with a code; before Windows 10 it names no update service (None)."""
    data = {"updateCount": updates} if code is None else {"errorCode": f"0x{code:08x}"}
    number = event_queries.SCAN_SUCCEEDED if code is None else event_queries.SCAN_FAILED
    source = {"serviceGuid": service} if service else {}
    return event(number, data | source, provider=event_queries.UPDATE_CLIENT, time=time)


def failure(number: int, code: int, *, title: str = "", service: str | None = None, time: str = TIME) -> str:
    """A download, an installation or a self-update of the agent that failed."""
    data = {"errorCode": f"0x{code:08x}", "updateTitle": title, "serviceGuid": service or ""}
    return event(number, data, provider=event_queries.UPDATE_CLIENT, time=time)


def group_policy_failed(
    code: int | None = 1222, *, number: int = 1129, user: str = "S-1-5-18", time: str = TIME
) -> str:
    """An error of group policy in the System log."""
    data = {} if code is None else {"ErrorCode": str(code)}
    return event(number, data, provider=event_queries.GROUP_POLICY, time=time, user=user)
