import asyncio
import ssl

import dns.flags
import dns.message
import dns.rrset
import pytest
import trustme

from launchready.door import ownership
from launchready.door.budget import BudgetSpent
from launchready.door.messages import Request
from launchready.door.ownership import Proof, ownership_token, proven
from launchready.door.permit import Origin, Permit, PermitRefused, Safety, Unreachable
from launchready.door.resolving import Nearness, PinnedResolver, farthest, nearness, split_nameserver
from launchready.model.settings import CollectSettings, Environment, MailSettings

KEY = b"p" * 32
STAGING = {"environment": Environment.STAGING}


def permit_for(address, url="http://shop.test:8000/api", near=None, proof=None, **settings):
    """A permit whose host was resolved to `address`, without asking any name server."""
    target = Origin(scheme="http", host="shop.test", port=8000, addresses=(address,))
    return Permit(CollectSettings(url=url, **settings), target, near=near or nearness(address), proof=proof)


GET = Request(method="GET", url="/x")
POST = Request(method="POST", url="/x")


# ------------------------------------------------------------------------------------ safety classes


@pytest.mark.parametrize(
    ("address", "expected"),
    [
        ("127.0.0.1", "loopback"),
        ("127.9.9.9", "loopback"),
        ("::1", "loopback"),
        ("0.0.0.0", "loopback"),
        ("::ffff:127.0.0.1", "loopback"),
        ("10.0.0.1", "private"),
        ("172.16.0.1", "private"),
        ("172.32.0.1", "public"),
        ("192.168.1.1", "private"),
        ("100.64.0.1", "private"),
        ("fd00::1", "private"),
        ("::ffff:10.0.0.1", "private"),
        ("169.254.169.254", "public"),
        ("fe80::1%eth0", "public"),
        ("93.184.216.34", "public"),
        ("2606:2800:220:1::1", "public"),
        ("::ffff:93.184.216.34", "public"),
    ],
)
def test_nearness_of_addresses(address, expected):
    assert nearness(address) == expected


def test_one_far_address_makes_the_host_far():
    assert farthest(("127.0.0.1", "93.184.216.34")) is Nearness.PUBLIC
    assert farthest(("127.0.0.1", "10.0.0.1")) is Nearness.PRIVATE
    assert farthest(()) is Nearness.PUBLIC


@pytest.mark.parametrize(
    ("address", "settings", "proof", "safety"),
    [
        ("127.0.0.1", {}, None, Safety.ACTIVE),
        ("127.0.0.1", STAGING, None, Safety.DESTRUCTIVE),
        ("10.0.0.1", STAGING, None, Safety.PASSIVE),
        ("10.0.0.1", {"authorized_by": "  "}, None, Safety.PASSIVE),
        ("10.0.0.1", {"authorized_by": "Ada"}, None, Safety.ACTIVE),
        ("10.0.0.1", {"authorized_by": "Ada", **STAGING}, None, Safety.DESTRUCTIVE),
        ("93.184.216.34", {"authorized_by": "Ada", **STAGING}, None, Safety.PASSIVE),
        ("93.184.216.34", {}, Proof(host="shop.test", where="dns"), Safety.ACTIVE),
        ("93.184.216.34", STAGING, Proof(host="shop.test", where="dns"), Safety.DESTRUCTIVE),
    ],
)
def test_what_each_place_allows(address, settings, proof, safety):
    permit = permit_for(address, proof=proof, **settings)
    assert permit.safety is safety
    assert permit.allows(GET)
    assert permit.allows(POST) is (safety >= Safety.ACTIVE)


def test_refusals_say_what_would_help():
    with pytest.raises(PermitRefused, match="authorized_by"):
        permit_for("10.0.0.1").require(Safety.ACTIVE)
    with pytest.raises(PermitRefused, match=r"launchready prove http://shop\.test:8000"):
        permit_for("93.184.216.34").require(Safety.ACTIVE)
    with pytest.raises(PermitRefused, match=r'environment = "staging"'):
        permit_for("127.0.0.1").require(Safety.DESTRUCTIVE)


def test_proven_production_is_for_reversible_writes():
    proof = Proof(host="shop.test", where="dns")
    assert permit_for("93.184.216.34", proof=proof).reversible_only
    assert not permit_for("93.184.216.34", proof=proof, **STAGING).reversible_only
    assert not permit_for("127.0.0.1").reversible_only


@pytest.mark.parametrize(
    "request_",
    [
        Request(method="GET", url="/logout", active=True),
        Request(method="post", url="/x"),
        Request(method="PROPFIND", url="/x"),
        Request(method="GET", url="/x", headers=(("X-HTTP-Method-Override", "DELETE"),)),
        Request(method="GET", url="/x", query=(("_method", "put"),)),
    ],
)
def test_passive_places_get_nothing_that_may_change_state(request_):
    assert not permit_for("93.184.216.34").allows(request_)


async def test_without_a_target_everything_is_out_of_scope():
    permit = await Permit.open(CollectSettings())
    assert not permit.allows(Request(method="GET", url="http://127.0.0.1/"))
    assert permit.origin == ""


# --------------------------------------------------------------------------------------------- scope


@pytest.mark.parametrize(
    "url",
    [
        "http://shop.test:8000/",
        "http://shop.test:8000",
        "http://SHOP.test:8000/x?y=http://other/",
        "http://shop.test.:8000/x",
    ],
)
def test_urls_of_the_target_are_in_scope(url):
    assert permit_for("127.0.0.1").allows(Request(method="GET", url=url))


@pytest.mark.parametrize(
    "url",
    [
        "https://shop.test:8000/",
        "http://shop.test:8001/",
        "http://shop.test/",
        "http://evil.test:8000/",
        "http://shop.test:8000@evil.test/",
        "http://shop.test:8000.evil.test/",
        "http://evil.test\\@shop.test:8000/",
        "http://user:pw@shop.test:8000/",
        "//evil.test/",
        "ftp://shop.test:8000/",
        "file:///etc/passwd",
        "http://shop.test:99999/",
        "http://[shop.test:8000/",
    ],
)
def test_everything_else_is_out_of_scope(url):
    permit = permit_for("127.0.0.1")
    absolute = permit.absolute(url)
    # A path is joined to the target, never to a host that it names
    assert absolute.startswith("http://shop.test:8000/api/") or not permit.allows(
        Request(method="GET", url=url)
    )


def test_out_of_scope_message_shows_no_credentials():
    with pytest.raises(PermitRefused) as refused:
        permit_for("127.0.0.1").check(GET, "http://user:pw@evil.test/?token=abc")
    assert "pw" not in str(refused.value)
    assert "abc" not in str(refused.value)


@pytest.mark.parametrize("url", ["http://u:p@127.0.0.1/", "127.0.0.1:80", "ftp://127.0.0.1", "http://"])
async def test_bad_targets_are_refused(url):
    with pytest.raises(PermitRefused, match="cannot be a target"):
        await Permit.open(CollectSettings(url=url))


async def test_unknown_host_is_unreachable(monkeypatch):
    async def nothing(host, port):
        raise OSError

    monkeypatch.setattr("launchready.door.permit.resolve", nothing)
    with pytest.raises(Unreachable, match="has no address"):
        await Permit.open(CollectSettings(url="http://nowhere.test"))


async def test_addresses_are_pinned_at_opening(monkeypatch):
    answers = iter([("127.0.0.1",), ("93.184.216.34",)])

    async def rebinding(host, port):
        return next(answers)

    monkeypatch.setattr("launchready.door.permit.resolve", rebinding)
    permit = await Permit.open(CollectSettings(url="http://rebind.test:81"))
    found = await PinnedResolver(permit.pins).resolve("rebind.test", 81)
    assert [entry["host"] for entry in found] == ["127.0.0.1"]
    assert permit.safety is Safety.ACTIVE


async def test_proxy_elsewhere_makes_a_local_name_public():
    far = await Permit.open(CollectSettings(url="http://127.0.0.1:1", proxy="http://10.0.0.1:3128"))
    here = await Permit.open(CollectSettings(url="http://127.0.0.1:1", proxy="http://127.0.0.1:3128"))
    assert (far.safety, here.safety) == (Safety.PASSIVE, Safety.ACTIVE)


# --------------------------------------------------------------------------------------- never_touch


@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("POST", "/payments/1"),
        ("POST", "/api/payments/1"),
        ("POST", "/payments/1/refund"),
        ("POST", "//payments//1"),
        ("POST", "/x/../payments/1"),
        ("POST", "/%70ayments/1"),
        ("POST", "/x/%2e%2e/payments/1"),
        ("POST", "/%2570ayments/1"),
        ("POST", "/PAYMENTS/1"),
        ("POST", "/payments;a=b/1"),
        ("DELETE", "/account"),
        ("DELETE", "/account/"),
        ("GET", "/wipe"),
        ("PUT", "/wipe"),
        ("PATCH", "/users/7/password"),
    ],
)
def test_never_touch_holds_for_every_spelling(method, path):
    patterns = ("POST /payments/*", "DELETE /account", "* /wipe", "PATCH /users/{id}/password")
    permit = permit_for("127.0.0.1", never_touch=patterns)
    with pytest.raises(PermitRefused, match="never_touch"):
        permit.check(Request(method=method, url=path), permit.absolute(path))


@pytest.mark.parametrize(
    ("method", "path"),
    [("GET", "/payments/1"), ("POST", "/payment"), ("DELETE", "/accounts"), ("POST", "/x?to=/payments/1")],
)
def test_never_touch_leaves_others_alone(method, path):
    permit = permit_for("127.0.0.1", never_touch=("POST /payments/*", "DELETE /account"))
    assert permit.allows(Request(method=method, url=path))


def test_never_touch_holds_for_an_overridden_method():
    permit = permit_for("127.0.0.1", never_touch=("DELETE /account",))
    assert not permit.allows(
        Request(method="POST", url="/account", headers=(("X-HTTP-Method-Override", "delete"),))
    )


# ----------------------------------------------------------------------------------------------- DNS


def test_dns_queries_are_counted_and_bounded():
    permit = permit_for("127.0.0.1", mail=MailSettings(nameserver="127.0.0.1:5353"))
    for _ in range(500):
        permit.count_dns("example.com")
    with pytest.raises(BudgetSpent, match="DNS"):
        permit.count_dns("example.com")
    assert permit.nameserver == ("127.0.0.1", 5353)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("1.2.3.4", ("1.2.3.4", 53)),
        ("1.2.3.4:5", ("1.2.3.4", 5)),
        ("[::1]:54", ("::1", 54)),
        ("::1", ("::1", 53)),
    ],
)
def test_name_server_settings_are_read(text, expected):
    assert split_nameserver(text) == expected


# ----------------------------------------------------------------------------------------- ownership


def test_token_is_stable_and_tells_hosts_and_keys_apart():
    token = ownership_token(KEY, "Shop.Example.com.")
    assert token == ownership_token(KEY, "shop.example.com")
    assert token != ownership_token(KEY, "other.example.com")
    assert token != ownership_token(b"q" * 32, "shop.example.com")


class Zone(asyncio.DatagramProtocol):
    """A name server that knows TXT records by name."""

    def __init__(self, records):
        self.records = records

    def connection_made(self, transport):
        self.transport = transport

    def datagram_received(self, data, address):
        query = dns.message.from_wire(data)
        answer = dns.message.make_response(query)
        answer.flags |= dns.flags.AA
        name = query.question[0].name
        text = self.records.get(str(name))
        if text:
            answer.answer.append(dns.rrset.from_text(name, 60, "IN", "TXT", f'"{text}"'))
        self.transport.sendto(answer.to_wire(), address)


@pytest.fixture
async def zone():
    records = {}
    transport, _ = await asyncio.get_running_loop().create_datagram_endpoint(
        lambda: Zone(records), local_addr=("127.0.0.1", 0)
    )
    yield records, f"127.0.0.1:{transport.get_extra_info('sockname')[1]}"
    transport.close()


@pytest.fixture
def unreachable_file(monkeypatch):
    async def nothing(*_):
        return []

    monkeypatch.setattr(ownership, "_file", nothing)


async def test_txt_record_proves(zone, unreachable_file):
    records, nameserver = zone
    assert await proven(KEY, "shop.test", nameserver=nameserver) is None
    records["_launchready.shop.test."] = ownership_token(KEY, "other.test")
    assert await proven(KEY, "shop.test", nameserver=nameserver) is None
    records["_launchready.shop.test."] = ownership_token(KEY, "shop.test")
    proof = await proven(KEY, "shop.test", nameserver=nameserver)
    assert proof == Proof(host="shop.test", where="TXT _launchready.shop.test")


@pytest.fixture
def tls(tmp_path):
    authority = trustme.CA()
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    authority.issue_cert("shop.test").configure_cert(context)
    authority.cert_pem.write_to_path(tmp_path / "ca.pem")
    return context, str(tmp_path / "ca.pem")


@pytest.mark.parametrize(
    ("status", "content", "works"),
    [
        (b"200 OK", "{token}\n", True),
        (b"200 OK", "# ours\n{token}\n", True),
        (b"200 OK", "x{token}", False),
        (b"200 OK", "", False),
        (b"404 Not Found", "{token}", False),
        (b"302 Found", "{token}", False),
    ],
)
async def test_file_proves_only_as_a_plain_answer_over_tls(raw_server, tls, zone, status, content, works):
    context, ca = tls
    body = content.replace("{token}", ownership_token(KEY, "shop.test")).encode()

    async def talk(writer, head):
        assert head.startswith(b"GET /.well-known/launchready.txt ")
        head = b"HTTP/1.1 " + status + b"\r\nLocation: /elsewhere\r\nConnection: close\r\n"
        writer.write(head + b"Content-Length: %d\r\n\r\n" % len(body) + body)

    async with raw_server(talk, ssl=context) as url:
        port = int(url.rpartition(":")[2])
        found = await proven(KEY, "shop.test", addresses=("127.0.0.1",), port=port, ca=ca, nameserver=zone[1])
        untrusted = await proven(KEY, "shop.test", addresses=("127.0.0.1",), port=port, nameserver=zone[1])
    assert (found is not None) is works
    assert untrusted is None


async def test_public_target_is_active_once_proven(zone, unreachable_file, monkeypatch):
    async def public(host, port):
        return ("93.184.216.34",)

    monkeypatch.setattr("launchready.door.permit.resolve", public)
    records, nameserver = zone
    settings = CollectSettings(url="https://shop.test", mail=MailSettings(nameserver=nameserver))
    assert (await Permit.open(settings, KEY)).safety is Safety.PASSIVE
    records["_launchready.shop.test."] = ownership_token(KEY, "shop.test")
    assert (await Permit.open(settings)).safety is Safety.PASSIVE
    proven_permit = await Permit.open(settings, KEY)
    assert proven_permit.safety is Safety.ACTIVE
    assert records["_launchready.shop.test."] == proven_permit.token(KEY)
