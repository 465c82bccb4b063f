from types import SimpleNamespace

import pytest

from launchready.collecting.collector import Safety
from launchready.collecting.mail_records import MailRecordsCollector, normal_name, sending_domain
from launchready.model.evidence import MailRecords
from launchready.model.outcome import Cause, Input
from launchready.model.settings import CollectSettings, MailSettings


async def collected(url="", domains=(), nameserver=""):
    collector = MailRecordsCollector()
    mail = MailSettings(domains=domains, nameserver=nameserver)
    await collector.run(SimpleNamespace(settings=CollectSettings(url=url, mail=mail), door=None))
    return collector.evidence()


async def test_every_named_domain_is_asked_for_once(name_server):
    evidence = await collected(
        domains=("good.com", "Open.com.", "news@good.com"), nameserver=f"127.0.0.1:{name_server.port}"
    )
    assert isinstance(evidence, MailRecords)
    assert [(record.domain, record.all_qualifier) for record in evidence.spf] == [
        ("good.com", "~"),
        ("open.com", "+"),
    ]
    assert evidence.gaps == ()


async def test_the_registered_domain_of_the_target_is_asked_for(name_server):
    evidence = await collected(url="https://api.eu.good.com/v1", nameserver=f"127.0.0.1:{name_server.port}")
    assert [record.domain for record in evidence.spf] == ["good.com"]


@pytest.mark.parametrize(
    "url", ["", "http://127.0.0.1:8000", "http://localhost:8000", "http://api.internal", "https://[::1]/"]
)
async def test_without_a_public_domain_the_gap_says_what_to_name(url):
    evidence = await collected(url=url)
    assert evidence.spf == ()
    (gap,) = evidence.gaps
    assert (gap.cause, gap.remedy.input) == (Cause.NEEDS_INPUT, Input.DOMAIN)
    assert "[mail]" in gap.remedy.sentence


async def test_wrong_settings_are_gaps():
    assert "no domain name" in (await collected(domains=("not a domain",))).gaps[0].reason
    assert "no name server" in (await collected(domains=("good.com",), nameserver="nowhere")).gaps[0].reason


@pytest.mark.parametrize(
    ("url", "domain"),
    [
        ("https://api.acme.co.uk", "acme.co.uk"),
        ("https://acme.com:8443/x", "acme.com"),
        ("https://shop.vercel.app", ""),
        ("https://me.github.io", ""),
        ("https://acme.test", ""),
        ("https://192.0.2.1", ""),
        ("https://[broken", ""),
        ("https://www.bücher.de", "xn--bcher-kva.de"),
    ],
)
def test_sending_domains(url, domain):
    assert sending_domain(url) == domain


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("Acme.COM.", "acme.com"),
        ("bücher.de", "xn--bcher-kva.de"),
        ("a b.com", ""),
        ("com", ""),
        ("192.0.2.1", ""),
        ("a..com", ""),
        ("", ""),
    ],
)
def test_names_are_made_one(text, name):
    assert normal_name(text) == name


def test_nothing_is_sent_to_the_target():
    assert MailRecordsCollector.safety <= Safety.PASSIVE
    assert MailRecordsCollector().cost(None).requests == 0
