"""What an outcome is about: a tagged union, each with a key that is stable over runs."""

from dataclasses import dataclass
from typing import TypeAlias


@dataclass(frozen=True, slots=True, kw_only=True)
class OperationSubject:
    """An operation as seen by a principal; `object` is the object type, empty if none is concerned."""

    method: str
    path: str
    principal: str = ""
    object: str = ""
    kind: str = "operation"

    @property
    def key(self) -> str:
        """Identity over runs."""
        return f"operation {self.method} {self.path} {self.principal} {self.object}"


@dataclass(frozen=True, slots=True, kw_only=True)
class FileSubject:
    """A place in the repository; `where` tells tree, history, bundle …; `mark` is a keyed value fingerprint."""

    path: str
    line: int = 0
    commit: str = ""
    where: str = "tree"
    mark: str = ""
    kind: str = "file"

    @property
    def key(self) -> str:
        """Identity over runs: the line is left out when a mark identifies the value, for lines move."""
        place = self.mark or str(self.line)
        return f"file {self.where} {self.path} {place} {self.commit}"


@dataclass(frozen=True, slots=True, kw_only=True)
class HostSubject:
    """A host, with port and path where they matter."""

    host: str
    port: int = 0
    path: str = ""
    kind: str = "host"

    @property
    def key(self) -> str:
        """Identity over runs."""
        return f"host {self.host} {self.port} {self.path}"


@dataclass(frozen=True, slots=True, kw_only=True)
class DnsSubject:
    """A DNS record set."""

    name: str
    record: str
    kind: str = "dns"

    @property
    def key(self) -> str:
        """Identity over runs."""
        return f"dns {self.name} {self.record}"


@dataclass(frozen=True, slots=True, kw_only=True)
class AlertSubject:
    """An alert rule or monitor."""

    name: str
    kind: str = "alert"

    @property
    def key(self) -> str:
        """Identity over runs."""
        return f"alert {self.name}"


@dataclass(frozen=True, slots=True, kw_only=True)
class ProcessSubject:
    """A way of working: a deployment, a rollback, a session lifecycle."""

    name: str
    kind: str = "process"

    @property
    def key(self) -> str:
        """Identity over runs."""
        return f"process {self.name}"


@dataclass(frozen=True, slots=True, kw_only=True)
class PersonSubject:
    """Something that a person states, e.g. MFA on an account."""

    name: str
    kind: str = "person"

    @property
    def key(self) -> str:
        """Identity over runs."""
        return f"person {self.name}"


Subject: TypeAlias = (
    OperationSubject | FileSubject | HostSubject | DnsSubject | AlertSubject | ProcessSubject | PersonSubject
)
