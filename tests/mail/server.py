"""A DNS server in this process, UDP and TCP on a free port of the loopback, for a made-up world."""

import asyncio
import socket
import struct

import dns.flags
import dns.message
import dns.name
import dns.rcode
import dns.rdata
import dns.rdataclass
import dns.rdatatype
import dns.rrset

SERVFAIL, SILENT, TRUNCATED = object(), object(), object()


class NameServer:
    """`zone` maps a name to {type: [values]}, or to SERVFAIL or SILENT; others do not exist."""

    def __init__(self, zone):
        self.zone = {name.lower(): entry for name, entry in zone.items()}
        self.questions = []
        self.truncate = set()
        self.port = 0

    async def __aenter__(self):
        loop = asyncio.get_running_loop()
        self._tcp = await asyncio.start_server(self._stream, "127.0.0.1", 0)
        self.port = self._tcp.sockets[0].getsockname()[1]
        sock = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        sock.bind(("127.0.0.1", self.port))
        server = self

        class Datagrams(asyncio.DatagramProtocol):
            def connection_made(self, transport):
                self.transport = transport

            def datagram_received(self, data, address):
                answer = server.answer(data, "udp")
                if answer is not None:
                    self.transport.sendto(answer, address)

        self._udp, _ = await loop.create_datagram_endpoint(Datagrams, sock=sock)
        return self

    async def __aexit__(self, *_):
        self._udp.close()
        self._tcp.close()
        await self._tcp.wait_closed()
        await asyncio.sleep(0)

    async def _stream(self, reader, writer):
        try:
            size = struct.unpack("!H", await reader.readexactly(2))[0]
            answer = self.answer(await reader.readexactly(size), "tcp")
            if answer is not None:
                writer.write(struct.pack("!H", len(answer)) + answer)
                await writer.drain()
        except asyncio.IncompleteReadError:
            pass
        finally:
            writer.close()
            await writer.wait_closed()

    def answer(self, data, transport):
        query = dns.message.from_wire(data)
        question = query.question[0]
        name = question.name.to_text(omit_final_dot=True).lower()
        kind = dns.rdatatype.to_text(question.rdtype)
        self.questions.append((name, kind, transport))
        response = dns.message.make_response(query)
        response.flags |= dns.flags.RA
        entry = self._fill(response, name, kind)
        if entry is SILENT:
            return None
        if transport == "udp" and name in self.truncate:
            response.answer.clear()
            response.flags |= dns.flags.TC
        return response.to_wire(max_size=65535)

    def _fill(self, response, name, kind):
        entry = self.zone.get(name)
        if entry is SERVFAIL:
            response.set_rcode(dns.rcode.SERVFAIL)
        elif entry is None:
            response.set_rcode(dns.rcode.NXDOMAIN)
        elif isinstance(entry, dict):
            if "CNAME" in entry and kind != "CNAME":
                response.answer.append(_rrset(name, "CNAME", entry["CNAME"]))
                return self._fill(response, entry["CNAME"][0].rstrip("."), kind)
            if entry.get(kind):
                response.answer.append(_rrset(name, kind, entry[kind]))
        return entry


def _rrset(name, kind, values):
    owner = dns.name.from_text(name)
    items = [
        dns.rdata.from_text(
            dns.rdataclass.IN, dns.rdatatype.from_text(kind), _quoted(value) if kind == "TXT" else value
        )
        for value in values
    ]
    return dns.rrset.from_rdata_list(owner, 60, items)


def _quoted(text):
    """A TXT value in strings of at most 255 bytes (RFC 1035, 3.3)."""
    parts = [text[start : start + 255] for start in range(0, max(len(text), 1), 255)]
    return " ".join('"' + part.replace("\\", "\\\\").replace('"', '\\"') + '"' for part in parts)
