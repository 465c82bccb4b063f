"""What DNS says about SPF for a domain: the tree of records, counted as a receiver would (RFC 7208).

checkdmarc judges the syntax of each record; walking is ours: it gives up at the first limit, takes a name
server that failed for a record that is missing, and looks up `exp` past the resolver that it was given.
"""

import ipaddress
import re
from dataclasses import dataclass, field

import dns.resolver
from checkdmarc.spf import (  # type: ignore[import-untyped]
    SPFError,
    SPFSyntaxError,
    parse_spf_record,
)

from launchready.door.dns import Dns, NoAnswer, NoRecords, NoSuchName, Records
from launchready.model.evidence import SpfRecord

_TERM = re.compile(r"([+\-~?]?)([a-z][a-z0-9_.\-]*)(?:([:/=])(.*))?", re.IGNORECASE)
_MOST_MX = 10  # RFC 7208 section 4.6.4
_MOST_LOOKUPS = 60  # where walking stops: six times what a receiver does
_NARROWEST_OPEN = {4: 8, 6: 16}  # a range this wide is no list of servers
_LONGEST_RECORD = 4000
_WARN_LOOKUPS = 8


@dataclass(frozen=True, slots=True)
class _Term:
    qualifier: str
    name: str
    value: str

    @property
    def target(self) -> str:
        """The domain of a/mx/include/…, without prefix lengths, lower case; empty for the record's own."""
        return self.value.partition("/")[0].rstrip(".").lower()


@dataclass(slots=True)
class _Walk:
    """What was counted so far. Limits are not errors here: the counts say them."""

    lookups: int = 0
    voids: int = 0
    errors: list[str] = field(default_factory=list)
    warnings: list[str] = field(default_factory=list)
    problems: list[str] = field(default_factory=list)


async def spf_of(dns: Dns, domain: str) -> SpfRecord:
    """SPF of one domain.

    `errors` are permanent errors and openings that the counts do not tell (syntax, loops, an include without
    record, a range that holds everybody); `all_qualifier` is that at the end of redirects: "+", "-", "~",
    "?", empty when nothing ends the record. With a `problem` the counts are lower bounds.
    """
    walk = _Walk()
    found = await _records_at(dns, domain, walk)
    ending = ""
    if len(found) == 1:
        ending = await _follow(dns, domain, found[0], (domain,), walk)
        if walk.lookups >= _WARN_LOOKUPS:
            walk.warnings.append(f"{walk.lookups} of the 10 DNS look-ups that a receiver makes are used")
    return SpfRecord(
        domain=domain,
        records=tuple(record[:_LONGEST_RECORD] for record in found),
        lookups=walk.lookups,
        voids=walk.voids,
        all_qualifier=ending,
        errors=tuple(dict.fromkeys(walk.errors)),
        warnings=tuple(dict.fromkeys(walk.warnings)),
        problem="; ".join(dict.fromkeys(walk.problems)),
    )


async def _records_at(dns: Dns, domain: str, walk: _Walk, *, counted: bool = False) -> tuple[str, ...]:
    """SPF records of a name (section 4.5); a void look-up when `counted` and there is no TXT at all."""
    match await dns.query(domain, "TXT"):
        case Records(values=values):
            found = tuple(value for value in values if re.match(r"v=spf1(?: |$)", value, re.IGNORECASE))
            for value in values:
                if value not in found and re.match(r"\s*[\"']?v\s*=\s*spf", value, re.IGNORECASE):
                    walk.warnings.append(f"a TXT record of {domain} looks like SPF and is none: {value[:80]}")
            return found
        case NoSuchName() | NoRecords():
            walk.voids += counted
        case NoAnswer(reason=reason):
            walk.problems.append(f"{domain}: {reason}")
    return ()


async def _follow(dns: Dns, domain: str, record: str, trail: tuple[str, ...], walk: _Walk) -> str:
    """Walk one record; returns the qualifier that ends it."""
    errors = syntax_errors(record, domain)
    if errors:
        walk.errors.extend(errors)
        return ""
    terms = _terms(record)
    redirects = [term for term in terms if term.name == "redirect"]
    if len(redirects) > 1:
        walk.errors.append(f"{domain} has two redirect modifiers (RFC 7208 section 6)")
    ending = next((term.qualifier for term in terms if term.name == "all"), "")
    for term in terms:
        if term.name == "all" or walk.lookups > _MOST_LOOKUPS:
            break  # what comes after "all" is never looked at (section 5.1)
        await _mechanism(dns, domain, term, trail, walk)
    if ending or not redirects:
        return ending
    return await _redirect(dns, domain, redirects[0], trail, walk)


def syntax_errors(record: str, domain: str) -> tuple[str, ...]:
    """What is wrong with the text of one record, by checkdmarc, which reads all of it before it asks DNS."""
    # exp= would be looked up past the resolver and decides nothing (section 6.2),
    # and checkdmarc knows the version in lower case only, against section 12
    terms = [term for term in record.split()[1:] if not term.lower().startswith("exp=")]
    plain = " ".join(["v=spf1", *terms])
    try:
        parse_spf_record(plain, domain, resolver=_Refusing(configure=False))
    except SPFSyntaxError as error:
        return (str(error).replace("\n", " ")[:300],)
    except (_Asked, SPFError):
        return ()  # loops and limits are counted by the walk
    return ()


class _Asked(Exception):  # noqa: N818 - the sign that the text was read to its end
    """The parser got as far as asking DNS."""


class _Refusing(dns.resolver.Resolver):
    """Answers nothing: checkdmarc keeps what it is told in a cache of the whole process."""

    def resolve(self, *_: object, **__: object) -> dns.resolver.Answer:
        raise _Asked


def _terms(record: str) -> list[_Term]:
    terms = []
    for text in record.split()[1:]:
        match = _TERM.fullmatch(text)
        if match:
            qualifier, name, sign, value = match.groups()
            value = f"/{value}" if sign == "/" else value or ""
            terms.append(_Term(qualifier=qualifier or "+", name=name.lower(), value=value))
    return terms


async def _mechanism(dns: Dns, domain: str, term: _Term, trail: tuple[str, ...], walk: _Walk) -> None:
    match term.name:
        case "include":
            await _include(dns, domain, term, trail, walk)
        case "a" | "exists":
            walk.lookups += 1
            await _addresses(dns, domain, term, walk)
        case "mx":
            walk.lookups += 1
            await _exchanges(dns, domain, term, walk)
        case "ptr":
            walk.lookups += 1
            walk.warnings.append(f"{domain} uses ptr, which receivers skip (RFC 7208 section 5.5)")
        case "ip4" | "ip6":
            _range(domain, term, walk)


async def _include(dns: Dns, domain: str, term: _Term, trail: tuple[str, ...], walk: _Walk) -> None:
    walk.lookups += 1
    target = term.target
    if "%" in target:
        walk.warnings.append(f"include:{target} depends on the message; what it includes is not counted")
        return
    if target in trail:
        walk.errors.append(f"a loop of includes: {' → '.join((*trail, target))}")
        return
    record = await _only_record(dns, target, f"include:{target} in {domain}", walk)
    if record:
        ending = await _follow(dns, target, record, (*trail, target), walk)
        if ending == "+" and term.qualifier == "+":
            walk.errors.append(f"include:{target} ends in +all: everybody may send as {trail[0]}")


async def _redirect(dns: Dns, domain: str, term: _Term, trail: tuple[str, ...], walk: _Walk) -> str:
    walk.lookups += 1
    target = term.target
    if "%" in target:
        walk.problems.append(f"redirect={target} depends on the message and cannot be followed beforehand")
        return ""
    if target in trail:
        walk.errors.append(f"a loop of redirects: {' → '.join((*trail, target))}")
        return ""
    record = await _only_record(dns, target, f"redirect={target} in {domain}", walk)
    return await _follow(dns, target, record, (*trail, target), walk) if record else ""


async def _only_record(dns: Dns, target: str, what: str, walk: _Walk) -> str:
    """The one record of an include's or redirect's target; all else is a permanent error (5.2, 6.1)."""
    known_problems = len(walk.problems)
    found = await _records_at(dns, target, walk, counted=True)
    if len(found) == 1:
        return found[0]
    if found:
        walk.errors.append(f"{what} has {len(found)} SPF records")
    elif len(walk.problems) == known_problems:
        walk.errors.append(f"{what} has no SPF record")
    return ""


async def _addresses(dns: Dns, domain: str, term: _Term, walk: _Walk) -> None:
    target = term.target or domain
    if "%" in target:
        return
    for kind in ("A", "AAAA") if term.name == "a" else ("A",):
        result = await dns.query(target, kind)
        if isinstance(result, Records):
            return
        if isinstance(result, NoAnswer):
            walk.problems.append(f"{target}: {result.reason}")
            return
    walk.voids += 1
    walk.warnings.append(f"{term.name}:{target} in {domain} has no address")


async def _exchanges(dns: Dns, domain: str, term: _Term, walk: _Walk) -> None:
    target = term.target or domain
    if "%" in target:
        return
    match await dns.query(target, "MX"):
        case Records(values=values):
            if len(values) > _MOST_MX:
                count = len(values)
                walk.errors.append(f"mx:{target} in {domain} has {count} mail servers, more than 10")
        case NoSuchName() | NoRecords():
            walk.voids += 1
            walk.warnings.append(f"mx:{target} in {domain} has no mail server")
        case NoAnswer(reason=reason):
            walk.problems.append(f"{target}: {reason}")


def _range(domain: str, term: _Term, walk: _Walk) -> None:
    if term.qualifier != "+":
        return
    network = ipaddress.ip_network(term.value, strict=False)
    if network.prefixlen == 0:
        walk.errors.append(f"{term.name}:{term.value} in {domain} holds every address: everybody may send")
    elif network.prefixlen < _NARROWEST_OPEN[network.version]:
        walk.warnings.append(f"{term.name}:{term.value} in {domain} is a very wide range")
