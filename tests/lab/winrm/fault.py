"""SOAP faults of WS-Management, with the codes that clients act on (winerror names after the Windows SDK's wsmerror.h)."""

from __future__ import annotations

from dataclasses import dataclass
from xml.sax.saxutils import escape

RESOURCE_NOT_FOUND = 0x80338000
INVALID_ACTION_URI = 0x80338001
OPERATION_TIMED_OUT = 0x80338029
SCHEMA_VALIDATION_ERROR = 0x80338041
UNSUPPORTED_FEATURE = 0x80338042
UNEXPECTED_SELECTORS = 0x8033805B
QUOTA_MAX_OPERATIONS = 0x803381A6
INVALID_PARAMETER = 87
BROKEN_PIPE = 109
INTERNAL_ERROR = 1359


@dataclass
class WSManFault(Exception):
    """A request that is answered with a fault.

    ``code`` is the number in WSManFault (a Windows error or a WS-Management HRESULT, unsigned);
    ``subcode`` the qualified name inside Code; ``sender`` says whose mistake it is;
    ``wmi`` adds the MSFT_WmiError detail, where pywinrm and so Ansible look for the quota's code.
    """

    code: int
    subcode: str
    reason: str
    sender: bool = True
    wmi: bool = False

    def detail(self) -> str:
        """The inside of the SOAP Detail element."""
        text = escape(self.reason)
        found = (
            f'<f:WSManFault xmlns:f="http://schemas.microsoft.com/wbem/wsman/1/wsmanfault" Code="{self.code}" Machine="127.0.0.1">'
            f"<f:Message>{text}</f:Message></f:WSManFault>"
        )
        if self.wmi:
            found += (
                '<m:MSFT_WmiError xmlns:m="http://schemas.dmtf.org/wbem/wscim/1/cim-schema/2/MSFT_WmiError">'
                f"<m:CIMStatusCode>27</m:CIMStatusCode><m:Message>{text}</m:Message>"
                f"<m:MessageID>HRESULT 0x{self.code:08x}</m:MessageID><m:error_Category>30</m:error_Category>"
                f"<m:error_Code>{self.code}</m:error_Code><m:error_Type>HRESULT</m:error_Type></m:MSFT_WmiError>"
            )
        return found


def malformed(reason: str) -> WSManFault:
    """The message is no well-formed or no complete WS-Management request."""
    return WSManFault(SCHEMA_VALIDATION_ERROR, "w:SchemaValidationError", reason)


def unsupported(what: str) -> WSManFault:
    """Something that Windows can do and this lab does not."""
    return WSManFault(UNSUPPORTED_FEATURE, "w:UnsupportedFeature", f"The lab does not implement {what}.")


def unknown_resource(uri: str) -> WSManFault:
    return WSManFault(
        RESOURCE_NOT_FOUND, "a:DestinationUnreachable", f"No resource of this service has the URI {uri!r}."
    )


def unknown_action(uri: str) -> WSManFault:
    return WSManFault(INVALID_ACTION_URI, "a:ActionNotSupported", f"The resource has no action {uri!r}.")


def unknown_shell(shell_id: str) -> WSManFault:
    return WSManFault(
        UNEXPECTED_SELECTORS, "w:InvalidSelectors", f"The shell with ShellId {shell_id} was not found on the server."
    )


def unknown_command(command_id: str) -> WSManFault:
    return WSManFault(
        INVALID_PARAMETER, "w:InvalidParameter", f"The shell has no command with CommandId {command_id!r}."
    )


def timed_out() -> WSManFault:
    """Nothing to answer within OperationTimeout; a client asks again."""
    reason = "The WS-Management service cannot complete the operation within the time specified in OperationTimeout."
    return WSManFault(OPERATION_TIMED_OUT, "w:TimedOut", reason, sender=False)


def quota_exceeded() -> WSManFault:
    """Too many operations in this shell: Ansible answers by opening a new one."""
    reason = "The maximum number of concurrent operations for this shell has been exceeded."
    return WSManFault(QUOTA_MAX_OPERATIONS, "w:InternalError", reason, sender=False, wmi=True)


def input_closed() -> WSManFault:
    return WSManFault(BROKEN_PIPE, "w:InternalError", "The command reads no more standard input.", sender=False)


def broken_machine(error: BaseException) -> WSManFault:
    """The lab itself failed while it ran the command: never passed off as output of the machine."""
    return WSManFault(
        INTERNAL_ERROR, "w:InternalError", f"The lab failed: {type(error).__name__}: {error}", sender=False
    )
