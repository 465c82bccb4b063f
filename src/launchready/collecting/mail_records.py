"""Mail records of the sending domains (MAIL-01): DNS only, nothing is sent to the target."""

import ipaddress
from urllib.parse import urlsplit

from publicsuffixlist import PublicSuffixList

from launchready.collecting.collector import Collector, Cost, Safety
from launchready.collecting.context import Context
from launchready.collecting.spf import spf_of
from launchready.door.dns import Dns, NameserverError
from launchready.model.evidence import Evidence, Gap, MailRecords, SpfRecord
from launchready.model.outcome import Cause, Input, Remedy

_NAME_THEM = Remedy(
    input=Input.DOMAIN,
    sentence='Name the domain that sends your mail: [mail] domains = ["…"] in launchready.toml.',
)
_LONGEST_NAME = 253


class MailRecordsCollector(Collector):
    """SPF of every sending domain: those that are named, else the registered domain of the target's host."""

    produces = MailRecords
    safety = Safety.PASSIVE
    title = "Mail records"

    def __init__(self) -> None:
        super().__init__()
        self._spf: list[SpfRecord] = []

    def cost(self, context: Context) -> Cost:  # noqa: ARG002 - the contract's
        """Nothing at the target."""
        return Cost()

    async def run(self, context: Context) -> None:
        """Ask for each domain in turn; the memory of answers lives as long as this run."""
        settings = context.settings
        domains = self._domains(settings.mail.domains, settings.url)
        if not domains:
            return
        try:
            resolver = Dns(settings.mail.nameserver)
        except NameserverError as error:
            self.gaps.append(_gap("the name server", str(error)))
            return
        for domain in domains:
            self._spf.append(await spf_of(resolver, domain))

    def _domains(self, named: tuple[str, ...], url: str) -> list[str]:
        if named:
            domains = []
            for name in named:
                domain = normal_name(name)
                if domain:
                    domains.append(domain)
                else:
                    self.gaps.append(_gap(name, f"{name!r} is no domain name"))
            return list(dict.fromkeys(domains))
        found = sending_domain(url)
        if not found:
            self.gaps.append(_gap("the sending domain", "the target's host tells no domain that sends mail"))
        return [found] if found else []

    def evidence(self) -> Evidence:
        """What was gathered so far."""
        return MailRecords(spf=tuple(self._spf), gaps=tuple(self.gaps))

    def summary(self) -> str:
        """Which domains were asked for."""
        return ", ".join(record.domain for record in self._spf)


def normal_name(text: str) -> str:
    """A domain name in lower case and ASCII, of an address what follows @; empty if it is none."""
    name = text.strip().rpartition("@")[2].rstrip(".").lower()
    try:
        name = name.encode("idna").decode()
        ipaddress.ip_address(name)
    except UnicodeError:
        return ""
    except ValueError:
        labels = name.split(".")
        fine = all(label.replace("-", "").replace("_", "").isalnum() for label in labels)
        return name if len(labels) > 1 and len(name) <= _LONGEST_NAME and fine else ""
    return ""


def sending_domain(url: str) -> str:
    """The registered domain of a URL's host; empty for addresses, local names and hosts of a platform.

    A host under a platform's suffix (`shop.platform.app`) sends no mail of its own, and the platform's is not
    ours.
    """
    try:
        host = normal_name(urlsplit(url).hostname or "")
    except ValueError:
        return ""
    if not host:
        return ""
    registered = PublicSuffixList(accept_unknown=False).privatesuffix(host)
    by_registry = PublicSuffixList(accept_unknown=False, only_icann=True).privatesuffix(host)
    return str(registered) if registered and registered == by_registry else ""


def _gap(what: str, reason: str) -> Gap:
    return Gap(what=what, cause=Cause.NEEDS_INPUT, reason=reason, remedy=_NAME_THEM)
