"""Accounts that work only after a mail: read from Mailpit, MailHog or our own sink."""

import smtplib
import socket
from asyncio import to_thread
from contextlib import AsyncExitStack
from email.message import EmailMessage

import pytest
from aiohttp import web

from launchready.accounts.mail_sink import MailSink, SinkError
from launchready.accounts.mail_text import Mail, codes_in, links_in, parse_message, tokens_of
from launchready.model.outcome import Cause
from launchready.model.settings import MailSettings
from tests.accounts.support import STRING, Target, fields_of, header, refuse, serve

CODE = "p4rk-9f2c77ab31de"


def message(to: str, text: str, html: str = "") -> EmailMessage:
    mail = EmailMessage()
    mail["From"], mail["To"], mail["Subject"] = "noreply@example.org", to, "Welcome, please confirm"
    mail.set_content(text, cte="quoted-printable")
    if html:
        mail.add_alternative(html, subtype="html", cte="base64")
    return mail


class Gate(Target):
    """Sign-up sends `self.write(user, token)`; login works after the token came back."""

    def __init__(self, deliver, write) -> None:
        super().__init__()
        self.deliver, self.write, self.tokens = deliver, write, {}
        self.visited: list[str] = []

        async def register(request):
            user = self.register(await request.json())
            if user is None:
                return refuse(409, detail="already exists")
            user["active"] = False
            token = f"{CODE}-{len(self.users)}"
            self.tokens[token] = user
            await self.deliver(message(user["email"], *self.write(request, token)))
            return web.json_response({"message": "Check your e-mail to verify your account"}, status=201)

        async def login(request):
            sent = await request.json()
            user = self.checked(sent["email"], sent["password"])
            if user is None:
                return refuse(401, detail="wrong login")
            if not user["active"]:
                return refuse(403, detail="Please verify your e-mail address first")
            return web.json_response({"access_token": self.open_session(user["email"])})

        async def by_link(request):
            return self.confirmed(request.match_info["token"])

        async def by_body(request):
            return self.confirmed((await request.json())["token"])

        self.add("POST", "/register", register, **self.body(fields_of(email=STRING, password=STRING)))
        self.add("POST", "/login", login, **self.body(fields_of(email=STRING, password=STRING)))
        path = {"name": "token", "in": "path", "required": True, "schema": STRING}
        self.add("GET", "/verify-email/{token}", by_link, parameters=[path])
        self.add("POST", "/confirm", by_body, **self.body(fields_of(token=STRING)))
        self.me(header("Authorization", "Bearer "))

    def confirmed(self, token):
        self.visited.append(token)
        user = self.tokens.get(token)
        if user is None:
            return refuse(400, detail="invalid token")
        user["active"] = True
        return web.json_response({"status": "verified"})


def own_link(request, token):
    return (f"Welcome!\n\nhttp://{request.host}/verify-email/{token}\n",)


def front_end_link(_request, token):
    link = f"https://app.example.com/verify?token={token}&lang=en"
    return (
        "open this mail as HTML",
        f'<p><a href="{link.replace("&", "&amp;")}">Confirm</a> <a href="https://evil.example.net/x">x</a>',
    )


def lone_code(_request, token):
    return (f"Your confirmation code is: {token}",)


class Mailpit:
    """As much of Mailpit's interface as is read."""

    def __init__(self, target: Target) -> None:
        self.mails: list[EmailMessage] = []
        self.asked: list[dict[str, str]] = []
        for path, handler in (
            ("/api/v1/info", self.info),
            ("/api/v1/search", self.search),
            ("/api/v1/message/{id}", self.one),
        ):
            target.routes.append(("GET", path, handler))

    async def deliver(self, mail):
        self.mails.append(mail)

    async def info(self, _request):
        return web.json_response({"Version": "v1.20"})

    async def search(self, request):
        self.asked.append(dict(request.headers))
        wanted = request.query["query"].removeprefix("to:")
        found = [
            {"ID": f"id{number}", "To": [{"Name": "", "Address": mail["To"]}], "Subject": mail["Subject"]}
            for number, mail in enumerate(self.mails)
            if mail["To"] == wanted
        ]
        return web.json_response({"messages": found[::-1], "total": len(found)})

    async def one(self, request):
        mail = self.mails[int(request.match_info["id"].removeprefix("id"))]
        html = mail.get_body(("html",))
        text = mail.get_body(("plain",)).get_content()
        return web.json_response(
            {"ID": "x", "Subject": mail["Subject"], "Text": text, "HTML": html.get_content() if html else ""}
        )


class MailHog:
    """As much of MailHog's interface as is read."""

    def __init__(self, target: Target) -> None:
        self.mails: list[EmailMessage] = []
        for path in ("/api/v2/messages", "/api/v2/search"):
            target.routes.append(("GET", path, self.messages))

    async def deliver(self, mail):
        self.mails.append(mail)

    async def messages(self, _request):
        items = [
            {
                "ID": f"{number}@hog",
                "Raw": {"From": "a@example.org", "To": [mail["To"]], "Data": mail.as_string()},
            }
            for number, mail in enumerate(self.mails)
        ]
        return web.json_response({"total": len(items), "items": items[::-1]})


@pytest.fixture
def gate_with(run):
    async def start(kind, write, **options):
        stack = options.pop("stack")
        home = Target()
        box = kind(home)
        url = await serve(stack, home)
        target = Gate(box.deliver, write)
        return box, await run(target, mail=MailSettings(catcher=url), mail_seconds=0.5)

    return start


@pytest.fixture
async def stack():
    async with AsyncExitStack() as opened:
        yield opened


@pytest.mark.parametrize("kind", [Mailpit, MailHog])
@pytest.mark.parametrize("write", [own_link, front_end_link, lone_code])
async def test_a_mail_is_read_and_the_account_confirmed(gate_with, stack, kind, write):
    if write is lone_code:
        write = lambda _request, token: (f"Your confirmation code is {token.upper().replace('-', '')}",)  # noqa: E731
    box, stage = await gate_with(kind, write, stack=stack)
    if write not in (own_link, front_end_link):
        tokens = stage.target.tokens
        original = stage.target.confirmed

        def short(code):
            plain = {token.upper().replace("-", ""): token for token in tokens}
            return original(plain.get(code, code))

        stage.target.confirmed = short
        stage.target.write = lambda _request, token: (f"Your confirmation code is {_six(tokens, token)}",)
        stage.target.confirmed = lambda code: original(
            next((t for t in tokens if _six(tokens, t) == code), code)
        )
    evidence = await stage.crew.assemble()
    assert [account.confirmed for account in evidence.accounts] == [True, True], evidence.gaps
    assert len(box.mails) == 2
    assert all(item.url.startswith((stage.url, stage.crew.settings.mail.catcher)) for item in stage.exchanges)


def _six(tokens, token):
    return f"{482000 + sorted(tokens).index(token)}"


async def test_the_catcher_gets_no_credential_of_the_target(gate_with, stack):
    box, stage = await gate_with(Mailpit, own_link, stack=stack)
    await stage.crew.assemble()
    await stage.crew.spare("one more mail")
    assert box.asked
    assert [headers for headers in box.asked if "Authorization" in headers or "Cookie" in headers] == []


async def test_without_a_catcher_the_gap_says_what_to_do(run):
    async def nowhere(_mail):
        return None

    evidence = await (await run(Gate(nowhere, own_link))).crew.assemble()
    gap = evidence.gaps[0]
    assert gap.cause is Cause.NEEDS_INPUT
    assert "mail must be confirmed" in gap.reason
    assert "Mailpit" in gap.remedy.sentence


async def test_with_a_catcher_to_which_nothing_comes_the_gap_says_so(gate_with, stack):
    box, stage = await gate_with(Mailpit, own_link, stack=stack)

    async def lost(_mail):
        return None

    stage.target.deliver = lost
    evidence = await stage.crew.assemble()
    assert "no usable mail came to Mailpit" in evidence.gaps[0].reason
    assert box.mails == []


async def test_our_own_sink_takes_the_mail_and_the_account_is_confirmed(run):
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]

    async def deliver(mail):
        def hand_over():
            with smtplib.SMTP("127.0.0.1", port, timeout=5) as client:
                client.send_message(mail)

        await to_thread(hand_over)

    stage = await run(
        Gate(deliver, front_end_link), mail=MailSettings(sink=f"127.0.0.1:{port}"), mail_seconds=0.5
    )
    evidence = await stage.crew.assemble()
    assert [account.confirmed for account in evidence.accounts] == [True, True], evidence.gaps
    await stage.crew.close()
    with pytest.raises(OSError, match=r"refused|Connect"):
        await deliver(message("nobody@example.com", "x"))


async def test_a_sink_listens_on_loopback_only():
    for address in ("0.0.0.0:1025", "mail.example.com:25", "127.0.0.1", ""):
        with pytest.raises(SinkError, match="loopback"):
            MailSink.at(address)


async def test_a_port_that_is_taken_is_named():
    first = MailSink()
    await first.start()
    try:
        with pytest.raises(SinkError, match=str(first.port)):
            await MailSink(port=first.port).start()
    finally:
        await first.close()


def test_quoted_printable_and_base64_are_undone():
    link = "https://app.example.com/confirm?token=" + "a1" * 40
    raw = message("a@example.com", f"visit {link}", f'<a href="{link}">x</a>').as_bytes()
    mail = parse_message("1", ("a@example.com",), raw)
    assert links_in(mail) == (link,)


@pytest.mark.parametrize(
    ("link", "token"),
    [
        ("https://x.example.com/#/verify?code=abc123def", "abc123def"),
        ("https://x.example.com/activate/MTIz/c1a2b3-99ff00", "c1a2b3-99ff00"),
        ("https://x.example.com/verify/9f8e7d6c5b4a", "9f8e7d6c5b4a"),
    ],
)
def test_the_token_of_a_link_wherever_it_stands(link, token):
    assert tokens_of(link)[0] == token


def test_leaving_links_are_not_followed():
    mail = Mail(
        id="1",
        to=(),
        subject="",
        text="https://x.example.com/unsubscribe/a1b2c3d4 https://x.example.com/verify/a1b2c3d4",
    )
    assert links_in(mail) == ("https://x.example.com/verify/a1b2c3d4",)


def test_the_code_beside_the_word_code_comes_first():
    mail = Mail(id="1", to=(), subject="Order 20261124", text="Since 2019. Your code: 834 221.\nCall 5550100")
    assert codes_in(mail)[0] == "834221"


class Open(Gate):
    """Login works before the address is verified; what needs that says so."""

    def __init__(self, deliver, write) -> None:
        super().__init__(deliver, write)
        self.again: list[str] = []

        async def login(request):
            sent = await request.json()
            user = self.checked(sent["email"], sent["password"])
            return web.json_response({"token": self.open_session(user["email"])}) if user else refuse(401)

        async def me(request):
            user = self.holder(header("Authorization", "Bearer ")(request))
            if user is None:
                return refuse(401)
            return web.json_response({"email": user["email"], "email_verified": user["active"]})

        async def resend(request):
            user = self.holder(header("Authorization", "Bearer ")(request))
            self.again.append(user["email"])
            token = next(token for token, holder in self.tokens.items() if holder is user)
            await self.deliver(message(user["email"], *self.write(request, token)))
            return web.Response(status=204)

        self.routes = [route for route in self.routes if route[1] not in {"/login", "/me"}]
        self.routes += [("POST", "/login", login), ("GET", "/me", me)]
        self.add("POST", "/verify-email/resend", resend)


async def start_open(run, stack):
    home = Target()
    box = Mailpit(home)
    url = await serve(stack, home)
    target = Open(box.deliver, own_link)
    return target, url, await run(target, mail=MailSettings(catcher=url), mail_seconds=0.5)


async def test_an_account_that_works_unverified_is_verified_all_the_same(run, stack):
    target, _, stage = await start_open(run, stack)
    evidence = await stage.crew.assemble()
    assert [account.confirmed for account in evidence.accounts] == [True, True]
    assert [user["active"] for user in target.users.values()] == [True, True]
    assert not stage.crew.person("member_a").unverified
    assert target.again == []


async def test_an_account_left_unverified_by_an_earlier_run_gets_another_mail(run, stack):
    target, url, stage = await start_open(run, stack)
    await stage.crew.assemble()
    for user in target.users.values():
        user["active"] = False
    second = await run(target, url=stage.url, mail=MailSettings(catcher=url), mail_seconds=0.5)
    await second.crew.assemble()
    assert [user["active"] for user in target.users.values()] == [True, True]
    assert len(target.again) == 2


async def test_without_a_mailbox_an_unverified_address_is_noted(run):
    async def nowhere(_mail):
        return None

    stage = await run(Open(nowhere, own_link))
    evidence = await stage.crew.assemble()
    assert [account.confirmed for account in evidence.accounts] == [True, True]
    assert stage.crew.person("member_a").unverified
    assert any("not verified" in note for note in evidence.notes)
