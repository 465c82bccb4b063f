import asyncio
import socket

import checkdmarc.spf
import checkdmarc.utils
import dns.nameserver
import dns.resolver
import pytest

from launchready.collecting.spf import spf_of, syntax_errors
from launchready.door.dns import Dns
from tests.mail.world import WORLD


@pytest.fixture
def spf(name_server):
    async def ask(domain):
        return await spf_of(Dns(f"127.0.0.1:{name_server.port}", seconds=0.6), domain)

    return ask


@pytest.mark.parametrize(
    ("domain", "lookups", "ending"),
    [
        ("good.com", 2, "~"),
        ("strict.com", 0, "-"),
        ("shout.com", 0, "-"),
        ("exp.com", 0, "-"),
        ("long.com", 0, "-"),
        ("alias.com", 0, "-"),
        ("redirect.com", 1, "-"),
        ("redirect2.com", 2, "-"),
        ("redirectignored.com", 0, "~"),
        ("afterall.com", 0, "-"),
        ("onlyv6.com", 1, "-"),
        ("ten.com", 10, "-"),
        ("nullmx.com", 2, "-"),
    ],
)
async def test_a_sound_record_has_no_errors(spf, domain, lookups, ending):
    record = await spf(domain)
    assert (record.lookups, record.all_qualifier, record.voids) == (lookups, ending, 0)
    assert (len(record.records), record.errors, record.problem) == (1, (), "")


async def test_a_sound_record_has_no_warnings(spf):
    assert (await spf("good.com")).warnings == ()


@pytest.mark.parametrize(
    ("domain", "count"),
    [("two.com", 2), ("none.com", 0), ("bare.com", 0), ("gone.com", 0), ("lookalike.com", 0)],
)
async def test_records_are_counted_not_guessed(spf, domain, count):
    record = await spf(domain)
    assert len(record.records) == count
    assert record.problem == ""


async def test_records_that_only_look_like_spf_are_named(spf):
    record = await spf("lookalike.com")
    assert len(record.warnings) == 3


@pytest.mark.parametrize(
    ("domain", "ending"),
    [
        ("open.com", "+"),
        ("alsoopen.com", "+"),
        ("neutral.com", "?"),
        ("missing.com", ""),
        ("redirectopen.com", "+"),
    ],
)
async def test_what_ends_the_record_is_told_apart(spf, domain, ending):
    assert (await spf(domain)).all_qualifier == ending


@pytest.mark.parametrize(("domain", "lookups"), [("eleven.com", 11), ("nested.com", 13), ("eight.com", 8)])
async def test_lookups_are_counted_past_the_limit(spf, domain, lookups):
    record = await spf(domain)
    assert record.lookups == lookups
    assert any("look-ups" in warning for warning in record.warnings)


@pytest.mark.parametrize(
    ("domain", "voids"), [("twovoids.com", 2), ("threevoids.com", 3), ("includegone.com", 1)]
)
async def test_void_lookups_are_counted(spf, domain, voids):
    assert (await spf(domain)).voids == voids


@pytest.mark.parametrize(
    ("domain", "words"),
    [
        ("loop.com", "loop of includes"),
        ("self.com", "loop of includes"),
        ("redirectloop.com", "loop of redirects"),
        ("includenone.com", "no SPF record"),
        ("includegone.com", "no SPF record"),
        ("redirectnone.com", "no SPF record"),
        ("includetwo.com", "2 SPF records"),
        ("includeopen.com", "everybody may send"),
        ("includebroken.com", "ipv4"),
        ("everything.com", "everybody may send"),
        ("everything6.com", "everybody may send"),
        ("badmacro.com", "macro"),
        ("syntax.com", "ipv4"),
        ("glued.com", "whitespace"),
        ("badip.com", "300.1.1.1"),
        ("manymx.com", "more than 10"),
        ("tworedirects.com", "two redirect"),
    ],
)
async def test_permanent_errors_and_openings_are_named(spf, domain, words):
    record = await spf(domain)
    assert any(words in error for error in record.errors), record
    assert record.problem == ""


@pytest.mark.parametrize(
    ("domain", "words"),
    [("ptr.com", "ptr"), ("wide.com", "very wide"), ("macro.com", "depends on the message")],
)
async def test_doubtful_records_are_warned_about(spf, domain, words):
    record = await spf(domain)
    assert any(words in warning for warning in record.warnings)
    assert record.errors == ()


async def test_macros_count_without_being_asked(spf, name_server):
    assert (await spf("macro.com")).lookups == 2
    assert all("%" not in name for name, _, _ in name_server.questions)


@pytest.mark.parametrize("domain", ["servfail.com", "silent.com", "includefail.com", "redirectmacro.com"])
async def test_what_is_not_known_is_a_problem_not_a_missing_record(spf, domain):
    record = await spf(domain)
    assert record.problem
    assert record.errors == ()


async def test_a_bomb_of_includes_is_given_up(spf, name_server):
    record = await spf("bomb.com")
    assert 10 < record.lookups < 80
    assert len(name_server.questions) < 80


async def test_a_second_audit_asks_anew(spf, name_server):
    assert (await spf("strict.com")).all_qualifier == "-"
    name_server.zone["strict.com"] = {"TXT": ["v=spf1 +all"]}
    assert (await spf("strict.com")).all_qualifier == "+"


def test_syntax_is_judged_without_any_question(monkeypatch):
    def refuse(*_, **__):
        raise AssertionError("a socket was opened")

    monkeypatch.setattr(socket, "socket", refuse)
    for entry in WORLD.values():
        for value in entry.get("TXT", []) if isinstance(entry, dict) else []:
            syntax_errors(value, "example.com")
    assert syntax_errors("v=spf1 include:a.com ip4:1.2.3 -all", "example.com")
    assert not syntax_errors("v=spf1 include:a.com exp=b.com -all", "example.com")
    assert not checkdmarc.utils.DNS_CACHE.keys()


ORACLE = [
    "good.com",
    "strict.com",
    "redirect2.com",
    "ten.com",
    "twovoids.com",
    "onlyv6.com",
    "eight.com",
    "neutral.com",
    "macro.com",
]


@pytest.mark.parametrize("domain", ORACLE)
async def test_counts_are_those_of_checkdmarc_where_it_counts(spf, name_server, domain):
    def oracle():
        checkdmarc.utils.DNS_CACHE.clear()
        resolver = dns.resolver.Resolver(configure=False)
        resolver.nameservers = [dns.nameserver.Do53Nameserver("127.0.0.1", name_server.port)]
        resolver.lifetime = 2
        try:
            return checkdmarc.spf.check_spf(domain, resolver=resolver)
        finally:
            checkdmarc.utils.DNS_CACHE.clear()

    mine, theirs = await spf(domain), await asyncio.to_thread(oracle)
    assert (mine.lookups, mine.voids) == (theirs["dns_lookups"], theirs["void_dns_lookups"])
    assert theirs["valid"] is (not mine.errors)
