import asyncio
import gzip
import json
import socket
import ssl
import zlib

import pytest
import trustme

from launchready.door.budget import BudgetSpent
from launchready.door.messages import (
    FilePart,
    FormBody,
    JsonBody,
    MultipartBody,
    RawBody,
    Request,
)
from launchready.door.permit import PermitRefused
from launchready.model.event import Noted, RequestSpent
from launchready.model.exchange import Intent
from launchready.model.settings import SecretSource


def answering(*parts):
    async def talk(writer, head):
        for part in parts:
            writer.write(part)

    return talk


def http(body=b"", *headers, status=b"200 OK"):
    lines = [b"HTTP/1.1 " + status, b"Content-Length: %d" % len(body), b"Connection: close", *headers]
    return b"\r\n".join(lines) + b"\r\n\r\n" + body


def header_of(reply, name):
    return [value for key, value in reply.json()["headers"] if key.lower() == name.lower()]


# ------------------------------------------------------------------------------------- what arrives


@pytest.mark.parametrize(
    "path",
    [
        "/a/%2e%2e/b",
        "/a/../b//c",
        "/a%2Fb",
        "/a;x=1/b",
        "/%",
        "/a?x=%27&y=a+b&&z",
        "/a?next=http://other/",
    ],
)
async def test_path_arrives_exactly_as_written(echo_url, open_door, path):
    async with open_door(echo_url) as door:
        reply = await door.send(Request(method="GET", url=path))
    assert reply.json()["raw"] == path


async def test_query_is_encoded_and_appended(echo_url, open_door):
    async with open_door(echo_url) as door:
        reply = await door.send(Request(method="GET", url="/a?x=1", query=(("q", "ä &=+%2e"), ("q", ""))))
    assert reply.json()["raw"] == "/a?x=1&q=%C3%A4%20%26%3D%2B%252e&q="


async def test_what_no_url_may_hold_is_encoded(echo_url, open_door):
    async with open_door(echo_url) as door:
        reply = await door.send(Request(method="GET", url='/a b/ü"<{id}>#fragment'))
    assert reply.json()["raw"] == "/a%20b/%C3%BC%22%3C%7Bid%7D%3E"


@pytest.mark.parametrize("method", ["PATCH", "DELETE", "OPTIONS", "PROPFIND", "PURGE"])
async def test_any_method_goes_through(echo_url, open_door, method):
    async with open_door(echo_url) as door:
        reply = await door.send(Request(method=method, url="/x"))
    assert reply.json()["method"] == method


async def test_base_path_is_prefixed_once(echo_url, open_door):
    async with open_door(f"{echo_url}/api/") as door:
        below = await door.send(Request(method="GET", url="/users"))
        already = await door.send(Request(method="GET", url="/api/users"))
        alike = await door.send(Request(method="GET", url="/apis"))
    assert [reply.json()["raw"] for reply in (below, already, alike)] == [
        "/api/users",
        "/api/users",
        "/api/apis",
    ]


async def test_bodies_of_every_kind_arrive(echo_url, open_door):
    file = FilePart(name="f", filename='a"b.txt', media_type="text/plain", content=b"\x00data")
    async with open_door(echo_url) as door:

        async def sent(body):
            reply = await door.send(Request(method="POST", url="/", body=body))
            return header_of(reply, "content-type"), reply.json()["body"]

        assert await sent(JsonBody(value={"a": [1, None]})) == (["application/json"], '{"a":[1,null]}')
        assert (await sent(FormBody(fields=(("a", "1 &"), ("a", "2")))))[1] == "a=1+%26&a=2"
        assert await sent(RawBody(media_type="text/xml", content=b"<a/>")) == (["text/xml"], "<a/>")
        kind, text = await sent(MultipartBody(fields=(("t", "x"),), files=(file,)))
        assert kind[0].startswith("multipart/form-data; boundary=")
        assert 'filename="a%22b.txt"\r\nContent-Type: text/plain\r\n\r\n\x00data\r\n' in text
        assert (await sent(None))[0] == []


async def test_requests_name_us_and_the_run(echo_url, open_door):
    async with open_door(echo_url) as door:
        reply = await door.send(Request(method="GET", url="/"))
    assert header_of(reply, "user-agent")[0].startswith("launchready/")
    assert header_of(reply, "x-launchready-run") == [door.run_id]


async def test_own_headers_win_and_may_repeat(echo_url, open_door, vault):
    async with open_door(echo_url) as door:
        door.wallet_of("a").set_bearer(vault.put("token", "wallet-token-value"))
        request = Request(
            method="GET",
            url="/",
            principal="a",
            headers=(("authorization", "Bearer other"), ("X-Two", "1"), ("X-Two", "2")),
        )
        reply = await door.send(request)
    assert header_of(reply, "authorization") == ["Bearer other"]
    assert header_of(reply, "x-two") == ["1", "2"]


@pytest.mark.parametrize(
    "request_",
    [
        Request(method="GET", url="/", headers=(("X-A", "b\r\nX-Injected: 1"),)),
        Request(method="GE T", url="/"),
    ],
)
async def test_what_http_cannot_carry_is_a_failure_and_no_exception(echo_url, open_door, request_):
    async with open_door(echo_url) as door:
        reply = await door.send(request_)
    assert reply.status == 0
    assert reply.failure.startswith("cannot be sent") or "not permitted" in reply.failure


# ------------------------------------------------------------------------------------- credentials


async def test_each_principal_gets_its_own_credentials(echo_url, open_door, vault):
    async with open_door(echo_url) as door:
        door.wallet_of("a").set_bearer(vault.put("token", "token-of-a-1234"))
        door.wallet_of("b").set_query("key", vault.put("key", "key of b"))
        as_a = await door.send(Request(method="GET", url="/", principal="a"))
        as_b = await door.send(Request(method="GET", url="/?x", principal="b"))
        bare = await door.send(Request(method="GET", url="/", principal="a", bare=True))
        nobody = await door.send(Request(method="GET", url="/"))
    assert header_of(as_a, "authorization") == ["Bearer token-of-a-1234"]
    assert as_b.json()["raw"] == "/?x&key=key%20of%20b"
    assert header_of(bare, "authorization") == header_of(nobody, "authorization") == []


async def test_cookies_are_taken_in_and_kept_apart(raw_server, open_door):
    seen = []

    async def talk(writer, head):
        seen.append([line for line in head.split(b"\r\n") if line.lower().startswith(b"cookie")])
        writer.write(http(b"", b"Set-Cookie: sid=%d; Secure; HttpOnly; Path=/" % len(seen)))

    async with raw_server(talk) as url, open_door(url) as door:
        for principal in ("a", "a", "b", "anonymous", "anonymous"):
            await door.send(Request(method="GET", url="/", principal=principal))
        await door.send(Request(method="GET", url="/", principal="a", bare=True))
        await door.send(Request(method="GET", url="/", principal="a"))
    # Anonymous never becomes somebody, and a bare request neither sends nor takes
    assert seen == [[], [b"Cookie: sid=1"], [], [], [], [], [b"Cookie: sid=2"]]


async def test_references_stand_for_values_everywhere(echo_url, open_door, vault):
    secret = vault.put("token", 'va"l /ue&')
    async with open_door(echo_url) as door:
        body = JsonBody(value={"direct": secret, "inside": f"x{secret.ref}y"})
        request = Request(
            method="POST",
            url=f"/p/{secret.ref}",
            query=(("q", secret.ref),),
            headers=(("X-T", f"t {secret.ref}"),),
            body=body,
        )
        reply = await door.send(request)
        form = await door.send(Request(method="POST", url="/", body=FormBody(fields=(("a", secret.ref),))))
    assert reply.json()["raw"] == "/p/va%22l%20%2Fue%26?q=va%22l%20%2Fue%26"
    assert json.loads(reply.json()["body"]) == {"direct": 'va"l /ue&', "inside": 'xva"l /ue&y'}
    assert header_of(reply, "x-t") == ['t va"l /ue&']
    assert form.json()["body"] == "a=va%22l+%2Fue%26"


async def test_target_headers_go_to_every_request_and_join_cookies(echo_url, open_door, vault, monkeypatch):
    monkeypatch.setenv("PREVIEW", "bypass=preview-cookie-1")
    headers = (("Cookie", SecretSource(env="PREVIEW")),)
    async with open_door(echo_url, headers=headers) as door:
        door.wallet_of("a").jar.set("sid", "1")
        with_wallet = await door.send(Request(method="GET", url="/", principal="a"))
        with_own = await door.send(
            Request(method="GET", url="/", principal="a", headers=(("Cookie", "x=2"),))
        )
    assert header_of(with_wallet, "cookie") == ["bypass=preview-cookie-1; sid=1"]
    assert header_of(with_own, "cookie") == ["bypass=preview-cookie-1; x=2"]


async def test_other_declared_places_get_no_credentials(echo_url, raw_server, open_door, vault, monkeypatch):
    monkeypatch.setenv("PREVIEW", "bypass-value")
    heads = []

    async def talk(writer, head):
        heads.append(head)
        writer.write(http(b"{}", b"Set-Cookie: stolen=1"))

    async with (
        raw_server(talk) as elsewhere,
        open_door(
            echo_url, spec=f"{elsewhere}/openapi.json", headers=(("X-Preview", SecretSource(env="PREVIEW")),)
        ) as door,
    ):
        door.wallet_of("a").set_bearer(vault.put("token", "token-of-a-1234"))
        reply = await door.send(Request(method="GET", url=f"{elsewhere}/openapi.json", principal="a"))
        with pytest.raises(PermitRefused):
            await door.send(Request(method="POST", url=f"{elsewhere}/openapi.json"))
    assert reply.status == 200
    assert b"token-of-a" not in heads[0]
    assert b"bypass-value" not in heads[0]
    assert "stolen" not in door.wallet_of("a").jar.names()


# ----------------------------------------------------------------------------------- hostile answers


async def test_large_bodies_are_cut(raw_server, open_door):
    async with (
        raw_server(answering(http(b"x" * 300_000))) as url,
        open_door(url, budget={"body_bytes": 1000}) as door,
    ):
        reply = await door.send(Request(method="GET", url="/"))
    assert (reply.status, len(reply.body), reply.truncated) == (200, 1000, True)


@pytest.mark.parametrize("encoding", ["gzip", "deflate", "gzip, gzip"])
async def test_decompression_bombs_are_cut(raw_server, open_door, encoding):
    bomb = b"\0" * 50_000_000
    packed = zlib.compress(bomb) if encoding == "deflate" else gzip.compress(bomb, 9, mtime=0)
    if encoding == "gzip, gzip":
        packed = gzip.compress(packed, mtime=0)
    talk = answering(http(packed, b"Content-Encoding: " + encoding.encode()))
    async with raw_server(talk) as url, open_door(url, budget={"body_bytes": 100_000}) as door:
        reply = await door.send(Request(method="GET", url="/"))
    assert reply.status == 200
    assert reply.truncated
    assert len(reply.body) <= 100_000


@pytest.mark.parametrize(
    ("encoding", "packed"),
    [
        ("gzip", gzip.compress(b'{"a":1}', mtime=0)),
        ("deflate", zlib.compress(b'{"a":1}')),
        ("deflate", zlib.compress(b'{"a":1}')[2:-4]),
        ("identity", b'{"a":1}'),
        ("deflate, gzip", gzip.compress(zlib.compress(b'{"a":1}'), mtime=0)),
    ],
)
async def test_usual_encodings_are_undone(raw_server, open_door, encoding, packed):
    async with (
        raw_server(answering(http(packed, b"Content-Encoding: " + encoding.encode()))) as url,
        open_door(url) as door,
    ):
        reply = await door.send(Request(method="GET", url="/"))
    assert (reply.json(), reply.truncated) == ({"a": 1}, False)


@pytest.mark.parametrize("encoding", [b"br", b"gzip", b"gzip, gzip, gzip, gzip"])
async def test_what_cannot_be_decoded_is_never_taken_for_whole(raw_server, open_door, encoding):
    async with (
        raw_server(answering(http(b"nonsense", b"Content-Encoding: " + encoding))) as url,
        open_door(url) as door,
    ):
        reply = await door.send(Request(method="GET", url="/"))
    assert reply.truncated


async def test_slow_drip_ends_in_a_plain_failure(raw_server, open_door):
    async def talk(writer, head):
        writer.write(b"HTTP/1.1 200 OK\r\nContent-Length: 1000\r\n\r\n")
        for _ in range(100):
            writer.write(b"x")
            await writer.drain()
            await asyncio.sleep(0.05)

    async with raw_server(talk) as url, open_door(url, budget={"timeout": 0.3}) as door:
        reply = await door.send(Request(method="GET", url="/"))
    assert (reply.status, reply.failure) == (0, "timed out after 0.3 s")
    assert reply.seconds < 1


async def test_event_streams_are_read_for_a_while(raw_server, open_door, monkeypatch):
    monkeypatch.setattr("launchready.door.http._STREAM_SECONDS", 0.2)

    async def talk(writer, head):
        writer.write(b"HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\n\r\ndata: 1\n\n")
        await writer.drain()
        await asyncio.sleep(2)

    async with raw_server(talk) as url, open_door(url) as door:
        reply = await door.send(Request(method="GET", url="/"))
    assert (reply.status, reply.body, reply.truncated) == (200, b"data: 1\n\n", True)


@pytest.mark.parametrize(
    ("said", "failure"),
    [
        (b"", "connection closed without an answer"),
        (b"220 mail ESMTP\r\n", "not HTTP"),
        (
            b"HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nshort",
            "connection closed before the answer was complete",
        ),
        (b"HTTP/1.1 200 OK\r\nX-Long: " + b"x" * 100_000 + b"\r\n\r\n", "not HTTP"),
        (b"HTTP/1.1 200 OK\r\n" + b"A: b\r\n" * 5000 + b"\r\n", "not HTTP"),
    ],
)
async def test_broken_answers_are_named_plainly(raw_server, open_door, said, failure):
    async with raw_server(answering(said)) as url, open_door(url) as door:
        reply = await door.send(Request(method="POST", url="/"))
    assert reply.status == 0
    assert reply.failure.startswith(failure)
    assert reply.body == b""


async def test_nobody_listening_is_connection_refused(echo_url, open_door, unused_port):
    async with open_door(f"http://127.0.0.1:{unused_port}") as door:
        reply = await door.send(Request(method="GET", url="/"))
    assert (reply.status, reply.failure) == (0, "connection refused")


@pytest.fixture
def unused_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


async def test_untrusted_certificate_is_named_and_ca_file_mends_it(raw_server, open_door, tmp_path):
    authority = trustme.CA()
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    authority.issue_cert("127.0.0.1").configure_cert(context)
    authority.cert_pem.write_to_path(tmp_path / "ca.pem")
    async with raw_server(answering(http(b"{}")), ssl=context) as url, open_door(url) as door:
        refused = await door.send(Request(method="GET", url="/"))
        async with open_door(url, ca=str(tmp_path / "ca.pem")) as knowing:
            trusted = await knowing.send(Request(method="GET", url="/"))
    assert refused.failure.startswith("TLS: certificate not accepted")
    assert trusted.status == 200


async def test_header_bytes_never_break_the_record(raw_server, open_door):
    talk = answering(http(b"\xff\xfe{", b"X-Odd: \xe9\xff", b"Set-Cookie: =x; ;", b"Location: http://[bad"))
    async with raw_server(talk) as url, open_door(url) as door:
        reply = await door.send_following(Request(method="GET", url="/", principal="a"))
        cited = door.cite(reply.exchange)
    assert cited is not None
    str(cited).encode()


# ----------------------------------------------------------------------------------------- redirects


async def test_no_redirect_is_followed_unless_asked(raw_server, open_door):
    async with (
        raw_server(answering(http(b"", b"Location: /next", status=b"302 Found"))) as url,
        open_door(url) as door,
    ):
        assert (await door.send(Request(method="GET", url="/"))).status == 302
        assert door.spending.requests == 1


async def test_redirects_are_followed_within_the_target_only(raw_server, open_door, echo_url):
    async def talk(writer, head):
        place = b"/two" if head.startswith(b"POST /one") else echo_url.encode() + b"/steal"
        writer.write(http(b"", b"Location: " + place, status=b"302 Found"))

    async with raw_server(talk) as url, open_door(url) as door:
        reply = await door.send_following(
            Request(method="POST", url="/one", body=JsonBody(value={"a": 1}), principal="a")
        )
    assert reply.status == 302
    assert (reply.request.method, reply.url) == ("GET", f"{url}/two")
    assert reply.request.body is None
    assert door.spending.requests == 2


async def test_redirect_loops_end(raw_server, open_door):
    async with (
        raw_server(answering(http(b"", b"Location: /", status=b"307 Temporary Redirect"))) as url,
        open_door(url) as door,
    ):
        reply = await door.send_following(Request(method="PUT", url="/"), hops=3)
    assert reply.request.method == "PUT"
    assert door.spending.requests == 4


@pytest.mark.parametrize(
    "place", [b"http://[bad", b"javascript:alert(1)", b"//evil.test/", b"\\\\evil.test", b""]
)
async def test_odd_redirects_are_not_followed(raw_server, open_door, place):
    talk = answering(http(b"", b"Location: " + place, status=b"302 Found"))
    async with raw_server(talk) as url, open_door(url) as door:
        reply = await door.send_following(Request(method="GET", url="/"))
    assert reply.status == 302
    assert reply.url.startswith(url)


async def test_switching_protocols_ends_soon(raw_server, open_door):
    said = b"HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n\r\n\x81\x00"
    async with raw_server(answering(said)) as url, open_door(url) as door:
        reply = await door.send(Request(method="GET", url="/ws", headers=(("Upgrade", "websocket"),)))
    assert reply.status in {0, 101}
    assert reply.seconds < 2


async def test_localhost_works_whichever_family_listens(echo_url, open_door):
    async with open_door(echo_url.replace("127.0.0.1", "localhost")) as door:
        reply = await door.send(Request(method="GET", url="/a/http://other/"))
    assert reply.json()["raw"] == "/a/http://other/"


async def test_pauses_are_told(raw_server, open_door):
    events = []
    said = http(b"", b"Retry-After: 1", status=b"429 Too Many Requests")
    async with raw_server(answering(said)) as url, open_door(url, emit=events.append) as door:
        await asyncio.gather(*(door.send(Request(method="GET", url="/")) for _ in range(3)))
    assert [event.text for event in events if isinstance(event, Noted)] == [
        "The target answered 429: waiting 1 s, then 500000 a second"
    ]


async def test_redirect_does_not_reach_what_must_not_be_touched(raw_server, open_door):
    async with (
        raw_server(answering(http(b"", b"Location: /payments/1", status=b"307 T"))) as url,
        open_door(url, never_touch=("POST /payments/*",)) as door,
    ):
        with pytest.raises(PermitRefused):
            await door.send_following(Request(method="POST", url="/"))


# --------------------------------------------------------------------------------- record and budget


async def test_exchanges_are_recorded_lightly_and_cited_in_full(echo_url, open_door, vault):
    records, replies = [], []
    async with open_door(echo_url, recorder=records.append) as door:
        door.taps.append(replies.append)
        token = vault.put("token", "abcdef-token-0123")
        door.wallet_of("a").set_bearer(token)
        request = Request(
            method="POST",
            url="/x",
            principal="a",
            operation="POST /x",
            body=JsonBody(value={"password": "hunter2!"}),
        )
        await door.send(request)
        cited = door.cite("x1")
        assert door.cite("x1") is cited
        assert door.cite("x99") is None
    light, full = records
    assert (light.id, light.status, light.operation, light.request_headers) == ("x1", 200, "POST /x", ())
    assert light.response_body == light.request_body == ""
    assert full is cited
    assert ("Authorization", f"Bearer {{{{token:{token.mark()}}}}}") in full.request_headers
    assert "hunter2" not in str(full)
    assert "abcdef-token" not in str(full)
    assert full.request_body == f'{{"password":"{{{{password:{vault.mark("hunter2!")}}}}}"}}'
    assert [reply.exchange for reply in replies] == ["x1"]


async def test_cited_bodies_are_bounded_and_shaped_on_request(raw_server, open_door):
    body = json.dumps({"name": "Eve Smith", "note": "lrabcdefghijklmnx", "n": 5, "long": "y" * 9000}).encode()
    async with raw_server(answering(http(body))) as url, open_door(url) as door:
        await door.send(Request(method="GET", url="/"))
        await door.send(Request(method="GET", url="/"))
        whole = door.cite("x1")
        shaped = door.cite("x2", shapes=True, keep=("lrabcdefghijklmnx",))
    assert whole is not None
    assert len(whole.response_body) < 4100
    assert shaped is not None
    assert "Eve" not in shaped.response_body
    assert "lrabcdefghijklmnx" in shaped.response_body


async def test_old_exchanges_lose_their_bodies_but_not_their_record(echo_url, open_door):
    async with open_door(echo_url) as door:
        door._shelf._most_bytes = 5000
        for _ in range(10):
            await door.send(Request(method="GET", url="/"))
        old = door.cite("x1")
    assert old is not None
    assert (old.status, old.response_body) == (200, "")


async def test_failures_are_recorded_too(open_door, unused_port):
    records, events = [], []
    async with open_door(
        f"http://127.0.0.1:{unused_port}", recorder=records.append, emit=events.append
    ) as door:
        await door.send(Request(method="GET", url="/"))
    assert (records[0].status, records[0].failure) == (0, "connection refused")
    assert events == [RequestSpent(spent=1, budget=4000)]


async def test_spent_request_budget_stops_but_cleaning_up_goes_on(echo_url, open_door):
    async with open_door(echo_url, budget={"requests": 2}) as door:
        for _ in range(2):
            await door.send(Request(method="GET", url="/"))
        with pytest.raises(BudgetSpent) as spent:
            await door.send(Request(method="GET", url="/"))
        clean = await door.send(Request(method="DELETE", url="/x", intent=Intent.CLEAN_UP))
    assert spent.value.what == "requests"
    assert clean.status == 200


async def test_refused_requests_cost_nothing(echo_url, open_door):
    async with open_door(echo_url) as door:
        with pytest.raises(PermitRefused):
            await door.send(Request(method="GET", url="http://127.0.0.2:1/"))
    assert door.spending.requests == 0


async def test_concurrency_is_bounded_and_cancelling_frees_the_slot(raw_server, open_door):
    now, most = 0, 0

    async def talk(writer, head):
        nonlocal now, most
        now += 1
        most = max(most, now)
        await asyncio.sleep(0.05)
        now -= 1
        writer.write(http(b"{}"))

    async with raw_server(talk) as url, open_door(url, budget={"concurrency": 2}) as door:
        await asyncio.gather(*(door.send(Request(method="GET", url="/")) for _ in range(8)))
        most_at_once = most
        stuck = [asyncio.create_task(door.send(Request(method="GET", url="/"))) for _ in range(4)]
        await asyncio.sleep(0.01)
        for task in stuck:
            task.cancel()
        await asyncio.gather(*stuck, return_exceptions=True)
        reply = await door.send(Request(method="GET", url="/"))
    assert most_at_once == 2
    assert reply.status == 200
