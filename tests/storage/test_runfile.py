import dataclasses
import os
import signal
import subprocess
import sys
import textwrap
import zipfile
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from launchready.model.evidence import Collected, Failed, ResponseCredentials
from launchready.model.exchange import Exchange, Intent
from launchready.model.outcome import Cause, Input, Remedy
from launchready.model.run import UndoEntry
from launchready.storage.errors import EvidenceDamaged, EvidenceMissing, EvidenceTooNew
from launchready.storage.frames import frame, unframe
from launchready.storage.runfile import RunWriter, mark_undone, open_for_resume, read_run, unfinished

SEEN = ResponseCredentials(responses=3, operations=("GET /me",), hits=())


def exchange(number, **changes):
    plain = Exchange(
        id=f"e{number}", principal="member_a", operation="GET /me", intent=Intent.CONTROL, method="GET",
        url="http://127.0.0.1:8000/me", status=200, offset=float(number), seconds=0.5,
    )  # fmt: skip
    return dataclasses.replace(plain, **changes)


def undo(number):
    return UndoEntry(
        id=f"u{number}", principal="member_a", method="DELETE", url="/posts/1", body="", what="a post"
    )


def ended(start):
    return dataclasses.replace(start.info, ended_at="2026-03-01T10:05:00+00:00", seconds=300.0, requests=2)


def write_all(directory, start):
    with RunWriter.start(directory, start) as writer:
        writer.exchange(exchange(1))
        writer.exchange(exchange(2, response_body="same text"))
        writer.exchange(exchange(1, request_body='{"a": 1}', response_body="same text"))
        writer.slot(Failed(kind="Surface", cause=Cause.MISSING, reason="none", remedy=REMEDY))
        writer.slot(Collected(evidence=SEEN))
        writer.undo(undo(1))
        writer.undo(undo(2))
        writer.undone("u1")
        writer.note("limits were met")
        return writer.finish(ended(start))


REMEDY = Remedy(input=Input.SPECIFICATION, sentence="Name the specification.")


def test_a_finished_run_reads_back_as_written(tmp_path, start):
    path = write_all(tmp_path, start)
    run = read_run(path)
    assert path.name == "run.lrz"
    assert run.exchanges == (
        exchange(1, request_body='{"a": 1}', response_body="same text"),
        exchange(2, response_body="same text"),
    )
    assert run.slots["ResponseCredentials"] == Collected(evidence=SEEN)
    assert isinstance(run.slots["Surface"], Failed)
    assert [(entry.id, entry.done) for entry in run.undo] == [("u1", True), ("u2", False)]
    assert run.info == dataclasses.replace(ended(start), notes=("limits were met",))
    assert (run.rules, run.collect, run.judge) == (1, start.collect, start.judge)


def test_finishing_removes_the_part_directory(tmp_path, start):
    write_all(tmp_path, start)
    assert [path.name for path in tmp_path.iterdir()] == ["run.lrz"]


def test_packing_the_same_run_gives_equal_bytes(tmp_path, start):
    one, two = write_all(tmp_path / "one", start), write_all(tmp_path / "two", start)
    os.utime(two, (0, 0))
    assert one.read_bytes() == two.read_bytes()


def test_an_equal_body_is_stored_once(tmp_path, start):
    with zipfile.ZipFile(write_all(tmp_path, start)) as archive:
        assert len([name for name in archive.namelist() if name.startswith("bodies/")]) == 2


def test_the_directory_of_a_run_can_be_named_instead_of_the_file(tmp_path, start):
    write_all(tmp_path, start)
    assert read_run(tmp_path).info.id == "run-1"


def test_an_unfinished_run_counts_as_interrupted_at_its_last_exchange(tmp_path, start):
    with RunWriter.start(tmp_path, start) as writer:
        writer.exchange(exchange(4))
    info = read_run(tmp_path).info
    assert info.interrupted
    assert (info.ended_at, info.seconds, info.requests) == ("2026-03-01T10:00:04.500000+00:00", 4.5, 1)


def test_resuming_goes_on_after_the_torn_tail(tmp_path, start):
    with RunWriter.start(tmp_path, start) as writer:
        writer.exchange(exchange(1))
    with (writer.part / "journal").open("ab") as file:
        file.write(b'999 0badbeef {"record": "exch')
    again, so_far = open_for_resume(writer.part)
    assert [one.id for one in so_far.exchanges] == ["e1"]
    with again:
        again.exchange(exchange(2))
        again.finish(ended(start))
    assert [one.id for one in read_run(tmp_path).exchanges] == ["e1", "e2"]


def test_an_unfinished_run_with_things_to_undo_is_set_aside(tmp_path, start):
    with RunWriter.start(tmp_path, start) as first:
        first.undo(undo(1))
    with RunWriter.start(tmp_path, start) as second:
        assert second.set_aside is not None
        assert read_run(second.set_aside).undo == (undo(1),)
        assert set(unfinished(tmp_path)) == {second.part, second.set_aside}
    mark_undone(second.set_aside, ["u1"])
    assert read_run(second.set_aside).undo[0].done


def test_an_unfinished_run_with_nothing_to_undo_is_replaced(tmp_path, start):
    with RunWriter.start(tmp_path, start) as first:
        first.undo(undo(1))
        first.undone("u1")
    with RunWriter.start(tmp_path, start) as second:
        assert second.set_aside is None
    assert unfinished(tmp_path) == (second.part,)


def test_an_unreadable_unfinished_run_is_never_deleted(tmp_path, start):
    part = tmp_path / "run.lrz.part"
    part.mkdir()
    (part / "journal").write_bytes(frame(b'{"what": 1}'))
    with RunWriter.start(tmp_path, start) as writer:
        assert writer.set_aside is not None
        assert (writer.set_aside / "journal").is_file()


def test_entries_of_a_finished_run_can_be_marked_undone(tmp_path, start):
    path = write_all(tmp_path, start)
    mark_undone(path, ["u2", "unheard of"])
    assert all(entry.done for entry in read_run(path).undo)


def test_two_audits_in_one_directory_do_not_mix(tmp_path, start):
    first = RunWriter.start(tmp_path, start)
    other = dataclasses.replace(start, info=dataclasses.replace(start.info, id="run-2"))
    second = RunWriter.start(tmp_path, other)
    with pytest.raises(EvidenceDamaged, match="--out"):
        first.finish(ended(start))
    second.close()


def test_a_missing_file_is_told_apart_from_a_damaged_one(tmp_path):
    with pytest.raises(EvidenceMissing, match="--out"):
        read_run(tmp_path / "nowhere")
    (tmp_path / "run.lrz").write_bytes(b"no zip")
    with pytest.raises(EvidenceDamaged, match=r"run\.lrz"):
        read_run(tmp_path)


def test_every_changed_byte_of_a_packed_file_is_noticed_or_harmless(tmp_path, start):
    path = write_all(tmp_path, start)
    good, expected = path.read_bytes(), read_run(path)
    for place in range(0, len(good), 7):
        path.write_bytes(good[:place] + bytes([good[place] ^ 0xFF]) + good[place + 1 :])
        try:
            run = read_run(path)
        except (EvidenceDamaged, EvidenceTooNew):
            continue
        assert run == expected


def test_a_newer_format_is_refused(tmp_path, start):
    path = write_all(tmp_path, start)
    with zipfile.ZipFile(path) as archive:
        entries = {name: archive.read(name) for name in archive.namelist()}
    entries["header.json"] = entries["header.json"].replace(b'"format":1', b'"format":2')
    with zipfile.ZipFile(path, "w") as archive:
        for name, data in entries.items():
            archive.writestr(name, data)
    with pytest.raises(EvidenceTooNew, match="Update launchready"):
        read_run(path)


payloads = st.lists(st.binary(max_size=40), max_size=8)


@given(payloads=payloads, cut=st.integers(min_value=0))
def test_a_cut_anywhere_loses_only_the_tail(payloads, cut):
    data = b"".join(map(frame, payloads))
    cut %= len(data) + 1
    whole, end = unframe(data[:cut])
    assert whole == payloads[: len(whole)]
    assert cut - end < len(frame(payloads[len(whole)])) if len(whole) < len(payloads) else end == cut


@given(payloads=st.lists(st.binary(min_size=1, max_size=20), min_size=3, max_size=6), data=st.data())
def test_a_change_in_the_middle_is_no_torn_tail(payloads, data):
    frames = [frame(payload) for payload in payloads]
    broken = bytearray(frames[0])
    broken[data.draw(st.integers(min_value=0, max_value=len(broken) - 1))] ^= 0x80
    with pytest.raises(EvidenceDamaged, match="middle"):
        unframe(bytes(broken) + b"".join(frames[1:]))


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(share=st.floats(min_value=0, max_value=1))
def test_a_run_cut_at_any_byte_keeps_its_undo_entries_up_to_there(tmp_path, start, share):
    with RunWriter.start(tmp_path, start) as writer:
        sizes = [(writer.part / "journal").stat().st_size]
        for number in range(5):
            writer.undo(undo(number))
            sizes.append((writer.part / "journal").stat().st_size)
    journal = writer.part / "journal"
    cut = sizes[0] + int(share * (sizes[-1] - sizes[0]))
    os.truncate(journal, cut)
    kept = read_run(writer.part).undo
    assert [entry.id for entry in kept] == [
        f"u{number}" for number in range(sum(s <= cut for s in sizes) - 1)
    ]
    for part in unfinished(tmp_path):
        (part / "journal").unlink()


@pytest.mark.skipif(not hasattr(signal, "SIGKILL"), reason="there is no kill -9 on Windows")
def test_what_was_written_survives_kill_9(tmp_path):
    script = textwrap.dedent("""
        import os, signal, sys
        from pathlib import Path
        from launchready.model.report import RunInfo
        from launchready.model.run import UndoEntry
        from launchready.model.settings import CollectSettings, JudgeSettings
        from launchready.storage.content import RunStart
        from launchready.storage.runfile import RunWriter
        info = RunInfo(id="r", started_at="2026-03-01T10:00:00+00:00", ended_at="", seconds=0.0, requests=0,
                       profile="quick", target="http://127.0.0.1")
        start = RunStart(info=info, tool="0", rules=1, collect=CollectSettings(), judge=JudgeSettings())
        writer = RunWriter.start(Path(sys.argv[1]), start)
        writer.undo(UndoEntry(id="u", principal="p", method="DELETE", url="/x", body="", what="x"))
        writer.note("last words")
        os.kill(os.getpid(), signal.SIGKILL)
    """)
    source = Path(sys.modules["launchready"].__file__).parents[1]
    ended = subprocess.run(
        [sys.executable, "-c", script, str(tmp_path)],
        env={**os.environ, "PYTHONPATH": str(source)}, check=False,
    )  # fmt: skip
    assert ended.returncode == -signal.SIGKILL
    run = read_run(tmp_path)
    assert [entry.id for entry in run.undo] == ["u"]
    assert run.info.notes == ("last words",)
