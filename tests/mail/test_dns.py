import asyncio

import dns.resolver
import pytest

from launchready.door import dns as door_dns
from launchready.door.dns import Dns, NameserverError, NoAnswer, NoRecords, NoSuchName, Records


@pytest.fixture
def resolver(name_server):
    return Dns(f"127.0.0.1:{name_server.port}", queries=20, seconds=0.6)


async def test_answers_are_told_apart(resolver):
    assert await resolver.query("strict.com", "TXT") == Records(
        values=("v=spf1 ip4:192.0.2.1 -all",), canonical="strict.com"
    )
    assert await resolver.query("gone.com", "TXT") == NoSuchName(canonical="gone.com")
    assert await resolver.query("bare.com", "TXT") == NoRecords()
    assert isinstance(await resolver.query("servfail.com", "TXT"), NoAnswer)
    assert isinstance(await resolver.query("silent.com", "TXT"), NoAnswer)


async def test_a_dangling_alias_shows_where_it_ended(resolver, name_server):
    name_server.zone["dangling.com"] = {"CNAME": ["shop.gone.com."]}
    assert await resolver.query("dangling.com", "A") == NoSuchName(canonical="shop.gone.com")


async def test_strings_of_a_record_are_joined(resolver, name_server):
    text = "v=spf1 " + "x" * 600
    name_server.zone["split.com"] = {"TXT": [text]}
    assert (await resolver.query("split.com", "TXT")).values == (text,)


async def test_a_truncated_answer_is_asked_for_again_over_tcp(resolver, name_server):
    name_server.truncate.add("strict.com")
    assert isinstance(await resolver.query("strict.com", "TXT"), Records)
    assert [transport for _, _, transport in name_server.questions] == ["udp", "tcp"]


async def test_equal_questions_are_asked_once(resolver, name_server):
    await asyncio.gather(
        *(resolver.query(name, "txt") for name in ("strict.com", "STRICT.com.", "strict.com"))
    )
    assert len(name_server.questions) == 1
    assert resolver.asked == {"TXT": 1}


async def test_questions_are_bounded(resolver, name_server):
    results = [await resolver.query(f"n{number}.com", "A") for number in range(25)]
    assert [isinstance(result, NoAnswer) for result in results] == [False] * 20 + [True] * 5
    assert len(name_server.questions) == 20


async def test_names_that_cannot_be_asked_for_are_answered(resolver, name_server):
    for name in ("a..com", "x" * 64 + ".com", "ü" * 70 + ".com", "a" * 300):
        assert isinstance(await resolver.query(name, "TXT"), NoAnswer)
    assert name_server.questions == []


async def test_nobody_listening_is_no_answer():
    assert isinstance(await Dns("127.0.0.1:1", seconds=0.4).query("strict.com", "TXT"), NoAnswer)


async def test_giving_up_one_question_leaves_the_next_free(resolver, name_server):
    task = asyncio.ensure_future(resolver.query("silent.com", "TXT"))
    await asyncio.sleep(0.05)
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    name_server.zone["silent.com"] = {"TXT": ["here"]}
    assert (await resolver.query("silent.com", "TXT")).values == ("here",)


async def test_a_machine_without_name_server_is_no_answer(monkeypatch):
    def none(*_, **__):
        raise dns.resolver.NoResolverConfiguration

    monkeypatch.setattr(door_dns, "dns_resolver", none)
    assert isinstance(await Dns().query("strict.com", "TXT"), NoAnswer)


@pytest.mark.parametrize("text", ["dns.example.com", "127.0.0.1:x", "1.2.3"])
def test_a_wrong_name_server_setting_says_what_to_write(text):
    with pytest.raises(NameserverError, match=r"127\.0\.0\.1:53"):
        Dns(text)
