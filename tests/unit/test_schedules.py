"""Schedules: whatever a path holds arrives at the command as it was, or is refused by name."""

import plistlib
import re
import subprocess
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from archive.core.errors import ConfigurationError
from archive.core.limits.values import CRON_LINE_BYTES
from archive.core.promises import Interval, Task
from archive.core.promises.kept import RunState, judge_promise
from archive.formats.schedules import Job, crontab, launchd_files, systemd_files
from archive.formats.schedules.cron import cron_word
from archive.formats.schedules.shell import word
from archive.formats.schedules.systemd import unit_word
from tests.scheduled import as_cron_hands_it_on

ODD = "a b'c\"d\\e%f\\%g$HOME`h`;i&j~k#l!m*n=%%"
PLAIN_NAMES = st.text(st.characters(exclude_categories=("Cc", "Cs", "Zl", "Zp")), min_size=1, max_size=40)


def job(*command: str, every: Interval = Interval.DAILY, **more: str) -> Job:
    """A job at half past two; `mail`, `log` and the variable KEY as given."""
    environment = {"KEY": more["key"]} if "key" in more else {}
    return Job(
        task=Task.AUDIT,
        every=every,
        hour=2,
        minute=30,
        command=command,
        environment=environment,
        mail=more.get("mail"),
        subject="A mark",
        log=more.get("log"),
    )


def arguments_of(command: str, folder: Path) -> list[str]:
    """The arguments that a program named `spy` gets when sh runs the command."""
    spy = folder / "spy"
    spy.write_text('#!/bin/sh\nprintf "%s\\0" "$KEY" "$@"\n')
    spy.chmod(0o755)
    done = subprocess.run(
        ["/bin/sh", "-c", command], cwd=folder, capture_output=True, check=True, env={"PATH": "/usr/bin:/bin"}
    )
    return done.stdout.decode().split("\0")[:-1]


def test_a_line_of_cron_hands_every_character_to_the_command(tmp_path: Path) -> None:
    line = crontab([job("./spy", "-C", ODD, key=ODD)], title="T").splitlines()[-1]
    assert arguments_of(as_cron_hands_it_on(line), tmp_path) == [ODD, "-C", ODD]


@given(text=PLAIN_NAMES | st.text("%\\'\" $", min_size=1, max_size=12))
def test_a_word_is_read_as_it_was_by_sh_and_by_cron_before_it(text: str) -> None:
    assert unquoted(as_cron_hands_it_on(f"* * * * * {cron_word(text)}")) == text
    assert unquoted(word(text)) == text


def unquoted(shell: str) -> str:
    """The one word that sh reads: single quotes, and a backslash outside of them."""
    read, rest = "", shell
    while rest:
        if rest[0] == "'":
            inner, _, rest = rest[1:].partition("'")
            read += inner
        elif rest[0] == "\\":
            read, rest = read + rest[1], rest[2:]
        else:
            read, rest = read + rest[0], rest[1:]
    return read


@pytest.mark.parametrize(
    ("every", "fields"),
    [
        (Interval.DAILY, "30 2 * * *"),
        (Interval.WEEKLY, "30 2 * * 0"),
        (Interval.MONTHLY, "30 2 1 * *"),
    ],
)
def test_the_five_fields_of_cron_say_when(every: Interval, fields: str) -> None:
    assert crontab([job("/bin/a", every=every)], title="T").splitlines()[-1] == f"{fields} /bin/a"


def test_a_title_cannot_begin_a_line_of_its_own() -> None:
    text = crontab([job("/bin/a")], title="T\n* * * * * rm -rf /\r")
    assert [line for line in text.splitlines() if not line.startswith("#")] == ["30 2 * * * /bin/a"]


def test_a_line_longer_than_cron_reads_is_refused() -> None:
    with pytest.raises(ConfigurationError, match=str(CRON_LINE_BYTES)):
        crontab([job("/bin/a", "x" * CRON_LINE_BYTES)], title="T")


@pytest.mark.parametrize("text", ["a\nb", "a\rb", "a\0b", "a\x1bb", "a\x85b", "a\u2028b", "a\udcffb"])
@pytest.mark.parametrize("place", ["command", "key", "log"])
def test_what_no_scheduler_can_carry_is_refused(text: str, place: str) -> None:
    texts = {"command": "/bin/a", "key": "k", "log": "l", place: text}
    with pytest.raises(ConfigurationError, match="scheduler"):
        job("/bin/b", texts["command"], key=texts["key"], log=texts["log"])


@pytest.mark.parametrize("address", ["-oQ/tmp", "a b@c", "a@b;rm", "a@b\nc", "", "a@b@c", "$(id)@c"])
def test_what_is_no_plain_address_is_refused(address: str) -> None:
    with pytest.raises(ConfigurationError, match="address"):
        job("/bin/a", mail=address)


def test_nothing_is_mailed_where_the_command_fails(tmp_path: Path) -> None:
    mail = tmp_path / "mail"
    mail.write_text('#!/bin/sh\ncat > letter; echo "$@" >> letter\n')
    mail.chmod(0o755)
    for command, letter in (("false", None), ("printf '\\%s' '50\\%'", "50%\n-s A mark a@b\n")):
        line = crontab([job("/bin/a", mail="a@b")], title="T").splitlines()[-1].replace("/bin/a", command)
        subprocess.run(
            ["/bin/sh", "-c", as_cron_hands_it_on(line)],
            cwd=tmp_path,
            env={"PATH": f"{tmp_path}:/usr/bin:/bin"},
            check=False,
        )
        written = tmp_path / "letter"
        assert (written.read_text() if written.exists() else None) == letter


def test_a_log_takes_what_is_said_on_both_streams(tmp_path: Path) -> None:
    line = crontab([job("ls", "/nowhere-at-all", log=str(tmp_path / "l o%g"))], title="T").splitlines()[-1]
    subprocess.run(["/bin/sh", "-c", as_cron_hands_it_on(line)], check=False)
    assert "nowhere-at-all" in (tmp_path / "l o%g").read_text()


def split_unit_line(line: str) -> list[str]:
    """The words of a line of a unit: double quotes, backslashes, doubled percent signs."""
    words = re.findall(r'"((?:[^"\\]|\\.)*)"', line)
    return [re.sub(r"\\(.)", r"\1", each).replace("%%", "%") for each in words]


@given(text=PLAIN_NAMES | st.text("%\\'\" $", min_size=1, max_size=12))
def test_a_word_of_a_unit_is_read_as_it_was(text: str) -> None:
    assert split_unit_line(unit_word(text)) == [text]
    assert not re.search(r"(?<!%)%(?:%%)*(?!%)", unit_word(text))


def test_systemd_leaves_dollars_alone_and_says_when(tmp_path: Path) -> None:
    service, timer = systemd_files([job("/bin/true", ODD, key=ODD)], title="T", name="n")
    started = next(line for line in service.text.splitlines() if line.startswith("ExecStart="))
    assert split_unit_line(started) == [":/bin/true", ODD]
    assert f"Environment={unit_word('KEY=' + ODD)}" in service.text.splitlines()
    assert "OnCalendar=*-*-* 02:30:00" in timer.text.splitlines()


@pytest.mark.tool("systemd-analyze")
def test_systemd_accepts_every_unit(tmp_path: Path) -> None:
    jobs = [job("/bin/true", ODD, key=ODD, every=every) for every in Interval]
    mailed = job("/bin/true", ODD, mail="a@b.example", log=f"{tmp_path}/{ODD.replace('/', '')}")
    paths = []
    for number, each in enumerate((*jobs, mailed)):
        for file in systemd_files([each], title='100% "x" \\', name=f"n{number}"):
            path = tmp_path / file.name
            path.write_text(file.text)
            paths.append(str(path))
    done = subprocess.run(["systemd-analyze", "verify", *paths], capture_output=True, text=True, check=False)
    ours = [
        line for line in done.stderr.splitlines() if str(tmp_path) in line or re.search(r"\bn[0-9]-", line)
    ]
    assert (done.returncode, ours) == (0, [])


def test_launchd_is_handed_every_character() -> None:
    (file,) = launchd_files([job("/bin/a", ODD, "<&>", key=ODD, every=Interval.WEEKLY)], name="n", logs="/l")
    document = plistlib.loads(file.text.encode())
    assert document["ProgramArguments"] == ["/bin/a", ODD, "<&>"]
    assert document["EnvironmentVariables"] == {"KEY": ODD}
    assert document["StartCalendarInterval"] == {"Hour": 2, "Minute": 30, "Weekday": 0}
    assert (document["Label"], document["StandardOutPath"]) == ("n.audit", "/l/n.audit.log")


def at(day: int) -> str:
    """A time in November 2026."""
    return f"2026-11-{day:02d}T02:30:00.000Z"


@pytest.mark.parametrize(
    ("last", "traced", "state", "days"),
    [
        (at(30), True, RunState.KEPT, 0),
        (at(28), True, RunState.KEPT, 2),
        (at(27), True, RunState.LATE, 3),
        ("2027-01-01T00:00:00.000Z", True, RunState.KEPT, 0),
        (None, True, RunState.NEVER, None),
        (None, False, RunState.UNTRACED, None),
        ("2026-13-41T00:00:00.000Z", True, RunState.NEVER, None),
        (at(1), False, RunState.UNTRACED, 29),
    ],
)
def test_a_promised_run_is_late_once_its_grace_has_passed(
    last: str | None, traced: bool, state: RunState, days: int | None
) -> None:
    run = judge_promise(Task.AUDIT, Interval.DAILY, last=last, now=at(30), evidence="e", traced=traced)
    assert (run.state, run.days) == (state, days)


def test_a_late_run_is_told_in_one_sentence() -> None:
    run = judge_promise(Task.AUDIT, Interval.DAILY, last=at(21), now=at(30), evidence="e")
    assert run.sentence == "audit: last 9 days ago, promised every day"
