"""WS-Management requests read from XML, and answers written to it (MS-WSMV 2.2, DSP0226)."""

from __future__ import annotations

import re
import uuid
from base64 import b64encode
from dataclasses import dataclass
from xml.etree import ElementTree
from xml.etree.ElementTree import Element
from xml.sax.saxutils import escape

from .fault import WSManFault, malformed

SOAP = "{http://www.w3.org/2003/05/soap-envelope}"
ADDRESSING = "{http://schemas.xmlsoap.org/ws/2004/08/addressing}"
WSMAN = "{http://schemas.dmtf.org/wbem/wsman/1/wsman.xsd}"
SHELL_URI = "http://schemas.microsoft.com/wbem/wsman/1/windows/shell"
SHELL = f"{{{SHELL_URI}}}"
CMD_URI = f"{SHELL_URI}/cmd"
TRANSFER_URI = "http://schemas.xmlsoap.org/ws/2004/09/transfer"
FAULT_ACTION = "http://schemas.dmtf.org/wbem/wsman/1/wsman/fault"

DEFAULT_TIMEOUT = 60.0
"""Seconds of OperationTimeout where a request names none (MaxTimeoutms of the Windows service)."""
MAX_ENVELOPE = 500 * 1024
"""Bytes of the largest message of a Windows service since 2012 (MaxEnvelopeSizekb 500)."""
MIN_ENVELOPE = 8192
"""Bytes below which no client may set MaxEnvelopeSize (DSP0226 R13.1-4)."""

_DURATION = re.compile(r"P(?:(\d+)D)?(?:T(?:(\d+)H)?(?:(\d+)M)?(?:(\d+(?:\.\d*)?)S)?)?")

_HEAD = (
    '<?xml version="1.0" encoding="UTF-8"?>'
    '<s:Envelope xml:lang="en-US" xmlns:s="http://www.w3.org/2003/05/soap-envelope"'
    ' xmlns:a="http://schemas.xmlsoap.org/ws/2004/08/addressing"'
    ' xmlns:x="http://schemas.xmlsoap.org/ws/2004/09/transfer"'
    ' xmlns:w="http://schemas.dmtf.org/wbem/wsman/1/wsman.xsd"'
    ' xmlns:p="http://schemas.microsoft.com/wbem/wsman/1/wsman.xsd"'
    f' xmlns:rsp="{SHELL_URI}"><s:Header><a:Action>'
)
_TO = "<a:To>http://schemas.xmlsoap.org/ws/2004/08/addressing/role/anonymous</a:To>"


@dataclass(frozen=True)
class Request:
    """One WS-Management message; ``body`` is the first element of the SOAP body."""

    action: str
    resource_uri: str
    message_id: str
    operation_timeout: float
    max_envelope: int
    shell_id: str
    options: dict[str, str]
    body: Element | None

    @property
    def verb(self) -> str:
        """The last part of the action's URI: Create, Command, Receive ..."""
        return self.action.rpartition("/")[2]

    def content(self, name: str) -> Element:
        """The body, which must be the shell's element ``name``; a fault otherwise."""
        if self.body is None or self.body.tag != SHELL + name:
            raise malformed(f"The body of {self.verb} must be the element {name}.")
        return self.body


def read_request(data: bytes) -> Request:
    """Read a message; raises the schema fault for anything that is not a SOAP envelope with an action."""
    if b"<!DOCTYPE" in data:
        raise malformed("A message must not have a document type declaration.")
    try:
        root = ElementTree.fromstring(data)
    except (ElementTree.ParseError, ValueError, LookupError) as error:
        raise malformed(f"The message is not well-formed XML: {error}.") from error
    header, body = root.find(f"{SOAP}Header"), root.find(f"{SOAP}Body")
    if root.tag != f"{SOAP}Envelope" or header is None or body is None:
        raise malformed("The message is not a SOAP 1.2 envelope with header and body.")
    selectors = {
        item.get("Name", ""): item.text or "" for item in header.iterfind(f"{WSMAN}SelectorSet/{WSMAN}Selector")
    }
    return Request(
        action=_text(header, f"{ADDRESSING}Action", required=True),
        resource_uri=_text(header, f"{WSMAN}ResourceURI"),
        message_id=_text(header, f"{ADDRESSING}MessageID"),
        operation_timeout=_seconds(_text(header, f"{WSMAN}OperationTimeout")),
        max_envelope=_envelope_size(_text(header, f"{WSMAN}MaxEnvelopeSize")),
        shell_id=selectors.get("ShellId", "").upper(),
        options={
            item.get("Name", "").upper(): item.text or "" for item in header.iterfind(f"{WSMAN}OptionSet/{WSMAN}Option")
        },
        body=next(iter(body), None),
    )


def _text(header: Element, tag: str, required: bool = False) -> str:
    found = (header.findtext(tag) or "").strip()
    if required and not found:
        raise malformed(f"The header {tag.rpartition('}')[2]} is missing.")
    return found


def _seconds(duration: str) -> float:
    if not duration:
        return DEFAULT_TIMEOUT
    match = _DURATION.fullmatch(duration)
    if not match or not any(match.groups()):
        raise malformed(f"OperationTimeout {duration!r} is not a duration.")
    days, hours, minutes, seconds = (float(part or 0) for part in match.groups())
    return ((days * 24 + hours) * 60 + minutes) * 60 + seconds


def _envelope_size(text: str) -> int:
    if not text:
        return MAX_ENVELOPE
    if not text.isdecimal() or int(text) < MIN_ENVELOPE:
        raise malformed(f"MaxEnvelopeSize {text!r} is not a number of bytes from {MIN_ENVELOPE} up.")
    return min(int(text), MAX_ENVELOPE)


def _envelope(action: str, relates_to: str, body: str) -> bytes:
    related = f"<a:RelatesTo>{escape(relates_to)}</a:RelatesTo>" if relates_to else ""
    message_id = str(uuid.uuid4()).upper()
    return (
        f"{_HEAD}{action}</a:Action><a:MessageID>uuid:{message_id}</a:MessageID>{_TO}{related}</s:Header>"
        f"<s:Body>{body}</s:Body></s:Envelope>"
    ).encode()


def fault(problem: WSManFault, relates_to: str = "") -> bytes:
    """The SOAP fault that tells of ``problem``."""
    return _envelope(
        FAULT_ACTION,
        relates_to,
        f"<s:Fault><s:Code><s:Value>s:{'Sender' if problem.sender else 'Receiver'}</s:Value>"
        f"<s:Subcode><s:Value>{problem.subcode}</s:Value></s:Subcode></s:Code>"
        f'<s:Reason><s:Text xml:lang="en-US">{escape(problem.reason)}</s:Text></s:Reason>'
        f"<s:Detail>{problem.detail()}</s:Detail></s:Fault>",
    )


def created(request: Request, shell_id: str, resource: str = CMD_URI) -> bytes:
    """Answer to Create of a shell of that resource."""
    return _envelope(
        f"{TRANSFER_URI}/CreateResponse",
        request.message_id,
        "<x:ResourceCreated><a:Address>http://127.0.0.1/wsman</a:Address><a:ReferenceParameters>"
        f"<w:ResourceURI>{resource}</w:ResourceURI>"
        f'<w:SelectorSet><w:Selector Name="ShellId">{shell_id}</w:Selector></w:SelectorSet>'
        "</a:ReferenceParameters></x:ResourceCreated>"
        f"<rsp:Shell><rsp:ShellId>{shell_id}</rsp:ShellId><rsp:ResourceUri>{resource}</rsp:ResourceUri>"
        "<rsp:InputStreams>stdin</rsp:InputStreams><rsp:OutputStreams>stdout stderr</rsp:OutputStreams></rsp:Shell>",
    )


def started(request: Request, command_id: str) -> bytes:
    """Answer to Command."""
    body = f"<rsp:CommandResponse><rsp:CommandId>{command_id}</rsp:CommandId></rsp:CommandResponse>"
    return _envelope(f"{SHELL_URI}/CommandResponse", request.message_id, body)


def acknowledged(request: Request) -> bytes:
    """Answer to Send, Signal and Delete."""
    if request.verb == "Delete":
        return _envelope(f"{TRANSFER_URI}/DeleteResponse", request.message_id, "")
    return _envelope(f"{SHELL_URI}/{request.verb}Response", request.message_id, f"<rsp:{request.verb}Response/>")


def received(request: Request, command_id: str, chunks: dict[str, bytes], exit_code: int | None) -> bytes:
    """Answer to Receive: a piece of each stream, and Done with the exit code unless it is None (more will come)."""
    streams = "".join(
        f'<rsp:Stream Name="{name}" CommandId="{command_id}">{b64encode(data).decode()}</rsp:Stream>'
        for name, data in chunks.items()
        if data
    )
    if exit_code is None:
        state = f'<rsp:CommandState CommandId="{command_id}" State="{SHELL_URI}/CommandState/Running"/>'
    else:
        streams += "".join(f'<rsp:Stream Name="{name}" CommandId="{command_id}" End="true"/>' for name in chunks)
        state = (
            f'<rsp:CommandState CommandId="{command_id}" State="{SHELL_URI}/CommandState/Done">'
            f"<rsp:ExitCode>{exit_code}</rsp:ExitCode></rsp:CommandState>"
        )
    body = f"<rsp:ReceiveResponse>{streams}{state}</rsp:ReceiveResponse>"
    return _envelope(f"{SHELL_URI}/ReceiveResponse", request.message_id, body)


def room_for_output(max_envelope: int) -> int:
    """Bytes of raw output that fit one answer: Base64 makes four of three, the rest of the envelope stays below 2 KB."""
    return (max_envelope - 2048) // 4 * 3
