"""Names and records for the mail tests; made up, below suffixes that exist."""

from tests.mail.server import SERVFAIL, SILENT


def txt(*values):
    return {"TXT": list(values)}


MX = {"MX": ["10 mx.good.com."]}


def including(names):
    return txt("v=spf1 " + " ".join(f"include:{name}.com" for name in names) + " -all")


def address(*values):
    return {"A": list(values)}


WORLD = {
    "good.com": txt("v=spf1 include:_spf.esp.com ip4:192.0.2.0/24 mx ~all", "site-verification=1") | MX,
    "_spf.esp.com": txt("v=spf1 ip4:198.51.100.0/24 -all"),
    "strict.com": txt("v=spf1 ip4:192.0.2.1 -all"),
    "shout.com": txt("V=SPF1 IP4:192.0.2.1 -ALL"),
    "two.com": txt("v=spf1 -all", "v=spf1 include:_spf.esp.com -all"),
    "none.com": txt("site-verification=1"),
    "bare.com": address("192.0.2.1"),
    "open.com": txt("v=spf1 +all"),
    "alsoopen.com": txt("v=spf1 all"),
    "neutral.com": txt("v=spf1 ip4:192.0.2.1 ?all"),
    "missing.com": txt("v=spf1 ip4:192.0.2.1"),
    "redirect.com": txt("v=spf1 redirect=strict.com"),
    "redirect2.com": txt("v=spf1 redirect=redirect.com"),
    "redirectopen.com": txt("v=spf1 redirect=open.com"),
    "redirectnone.com": txt("v=spf1 redirect=nothing.com"),
    "redirectloop.com": txt("v=spf1 redirect=redirectloop2.com"),
    "redirectloop2.com": txt("v=spf1 redirect=redirectloop.com"),
    "redirectignored.com": txt("v=spf1 redirect=open.com ~all"),
    "redirectmacro.com": txt("v=spf1 redirect=%{d}._spf.esp.com"),
    "tworedirects.com": txt("v=spf1 redirect=strict.com redirect=good.com"),
    "loop.com": txt("v=spf1 include:loop2.com -all"),
    "loop2.com": txt("v=spf1 include:loop.com -all"),
    "self.com": txt("v=spf1 include:self.com -all"),
    "includenone.com": txt("v=spf1 include:bare.com -all"),
    "includegone.com": txt("v=spf1 include:gone.com -all"),
    "includetwo.com": txt("v=spf1 include:two.com -all"),
    "includeopen.com": txt("v=spf1 include:open.com -all"),
    "includebroken.com": txt("v=spf1 include:syntax.com -all"),
    "includefail.com": txt("v=spf1 include:servfail.com -all"),
    "everything.com": txt("v=spf1 ip4:0.0.0.0/0 -all"),
    "everything6.com": txt("v=spf1 ip6:::/0 -all"),
    "wide.com": txt("v=spf1 ip4:10.0.0.0/7 -all"),
    "ptr.com": txt("v=spf1 ptr -all"),
    "macro.com": txt("v=spf1 exists:%{i}._spf.%{d2} include:%{d}.esp.com -all"),
    "badmacro.com": txt("v=spf1 exists:%{q}.esp.com -all"),
    "syntax.com": txt("v=spf1 ipv4:192.0.2.1 -all"),
    "glued.com": txt("v=spf1 ip4:192.0.2.1~all"),
    "badip.com": txt("v=spf1 ip4:300.1.1.1 -all"),
    "lookalike.com": txt("v=spf1-all", " v=spf1 -all", "v=spf10 -all"),
    "exp.com": txt("v=spf1 ip4:192.0.2.1 -all exp=why.exp.com"),
    "long.com": txt("v=spf1 " + " ".join(f"ip4:192.0.2.{number}" for number in range(60)) + " -all"),
    "alias.com": {"CNAME": ["strict.com."]},
    "afterall.com": txt("v=spf1 ip4:192.0.2.1 -all include:gone.com"),
    "nullmx.com": txt("v=spf1 a mx -all") | MX | address("192.0.2.1"),
    "manymx.com": txt("v=spf1 mx -all") | {"MX": [f"10 mx{number}.good.com." for number in range(11)]},
    "servfail.com": SERVFAIL,
    "silent.com": SILENT,
    # ten look-ups are allowed, eleven are not; nested ones count
    "ten.com": including(f"i{number}" for number in range(10)),
    "eleven.com": including(f"i{number}" for number in range(11)),
    "eight.com": including(f"i{number}" for number in range(8)),
    "nested.com": txt("v=spf1 include:inner.com include:inner2.com -all"),
    "inner.com": including(f"i{number}" for number in range(5)),
    "inner2.com": including(f"i{number}" for number in range(6)),
    "bomb.com": including(f"b{number}" for number in range(9)),
    # two void look-ups are allowed, three are not
    "twovoids.com": txt("v=spf1 a:gone1.com mx:gone2.com -all"),
    "threevoids.com": txt("v=spf1 a:gone1.com mx:gone2.com exists:gone3.com -all"),
    "onlyv6.com": txt("v=spf1 a:six.com -all"),
    "six.com": {"AAAA": ["2001:db8::1"]},
}
WORLD |= {f"i{number}.com": txt("v=spf1 ip4:198.51.100.1 -all") for number in range(11)}
# nine includes that each include nine others, and back
WORLD |= {f"b{number}.com": including(f"bomb{inner}" for inner in range(9)) for number in range(9)}
WORLD |= {f"bomb{number}.com": including(f"b{inner}" for inner in range(9)) for number in range(9)}
