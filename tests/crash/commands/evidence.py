"""Evidence handed out and brought in: checkpoints, proofs, packs, statements, witnesses, time-stamps."""

from dataclasses import replace
from pathlib import Path

from tests.authority import make_authority
from tests.crash.commands.changes import reference
from tests.crash.outputs import Output, Whole, ends_with, is_json, is_page, is_same_as, is_zip
from tests.crash.scenarios import Scenario
from tests.crash.scenes import Scene

WITNESS = "hill.example/w"


def output(scene: Scene, made: str, arguments: tuple[str, ...], whole: Whole | None = None) -> Output:
    """A command that makes a file; the clean run's bytes, unless something else tells that it is whole."""
    trial = Output(scene=scene, arguments=arguments, made=made, whole=whole or is_json)
    if whole is None:
        clean = scene.copy(scene.folder.with_name(f"clean-{made}"))
        (ended,) = clean.run(trial.command(clean))
        assert ended.code == 0, ended
        return replace(trial, whole=is_same_as((clean.folder / made).read_bytes()))
    return trial


def checkpoint(scene: Scene) -> Output:
    """The checkpoint handed out."""
    return output(scene, "out.checkpoint", ("ledger", "checkpoint", "--out", "{}/out.checkpoint"))


def proof(scene: Scene) -> Output:
    """The proof of a document handed out."""
    return output(scene, "out.proof", ("ledger", "prove", reference(1), "--out", "{}/out.proof"))


def pack(scene: Scene) -> Output:
    """The evidence packed for an auditor elsewhere."""
    return output(scene, "out.zip", ("ledger", "pack", "--out", "{}/out.zip"), is_zip)


def statement(scene: Scene) -> Output:
    """A text for an auditor to sign."""
    arguments = ("ledger", "statement", "--says", "I read it all.", "--out", "{}/out.txt")
    return output(scene, "out.txt", arguments, ends_with(b"I read it all."))


def receipt(scene: Scene) -> Output:
    """A receipt for a donor."""
    return output(scene, "out.html", ("receipt", reference(1), "--to", "{}/out.html"), is_page)


def report(scene: Scene) -> Output:
    """A year on a page."""
    return output(scene, "out.html", ("report", "--to", "{}/out.html"), is_page)


def assessment(scene: Scene) -> Output:
    """The NDSA Levels on a page."""
    return output(scene, "out.html", ("assess", "ndsa", "--to", "{}/out.html"), is_page)


def audit_page(scene: Scene) -> Output:
    """An audit that is not recorded, on a page."""
    return output(scene, "out.html", ("audit", "--read-only", "--report", "{}/out.html"), is_page)


def document_page(scene: Scene) -> Output:
    """A document on a page."""
    return output(scene, "out.html", ("show", reference(1), "--report", "{}/out.html"), is_page)


def catalog_export(scene: Scene) -> Output:
    """The catalog manifest in a file."""
    return output(scene, "out.json", ("catalog", "export", "--to", "{}/out.json"))


def table(scene: Scene) -> Output:
    """What is held in a table."""
    return replace(output(scene, "out.csv", ("list", "--table", "{}/out.csv")), partial=True)


def coverage_table(scene: Scene) -> Output:
    """What was checked when in a table."""
    return output(scene, "coverage.csv", ("coverage", "--table", "{}/coverage.csv"))


def witness_key(scene: Scene) -> Output:
    """The key of a witness."""
    arguments = ("ledger", "witness-key", WITNESS, "--out", "{}/witness.key")
    return output(scene, "witness.key", arguments, _is_key_of_a_witness)


def _is_key_of_a_witness(path: Path) -> bool:
    content = path.read_bytes()
    return WITNESS.encode() in content and content.endswith(b"\n")


def opened(scene: Scene) -> Output:
    """A read-only copy of a document under its own name."""

    def whole(folder: Path) -> bool:
        files = [path for path in folder.rglob("*") if path.is_file() and path.suffix != ".tmp"]
        return [path.read_bytes() for path in files] in ([], [b"held from the first day\n"])

    return output(scene, "opened", ("open", reference(1), "--to", "{}/opened"), whole)


def schedules(scene: Scene) -> Output:
    """Units for a scheduler in a new folder."""

    def whole(folder: Path) -> bool:
        files = [path for path in folder.rglob("*") if path.is_file() and path.suffix != ".tmp"]
        return all(path.read_bytes().endswith(b"\n") for path in files)

    arguments = ("schedule", "--as", "systemd", "--every", "copy=never", "--to", "{}/units")
    return output(scene, "units", arguments, whole)


def _with_witness(scene: Scene, folder: Path) -> tuple[Scene, str]:
    """A scene in which a witness has a key and a checkpoint to cosign, and the archive's key."""
    scene = scene.copy(folder)
    at = str(scene.folder)
    scene.made(
        ["ledger", "witness-key", WITNESS, "--out", f"{at}/witness.key"],
        ["ledger", "checkpoint", "--since", "0", "--out", f"{at}/note"],
    )
    (shown,) = scene.run(["key", "show"])
    return scene, str(shown.report["key"])


def cosignature(scene: Scene, folder: Path) -> Output:
    """A witness that cosigns, and remembers what it saw."""
    scene, key = _with_witness(scene, folder / "witness")
    arguments = ("ledger", "witness", "{}/note", "--key", "{}/witness.key", "--state", "{}/state.json")
    return Output(
        scene=scene,
        arguments=(*arguments, "--log-key", key, "--out", "{}/out.cosigned"),
        made="out.cosigned",
        whole=_is_cosigned,
        beside=frozenset({"state.json", "state.json.lock"}),
    )


def _is_cosigned(path: Path) -> bool:
    content = path.read_text()
    return content.endswith("\n") and f"— {WITNESS} " in content.split("\n")[-2]


def keeping(scene: Scene, folder: Path) -> Scenario:
    """What a witness signed is kept with the evidence."""
    scene, key = _with_witness(scene, folder / "cosigned")
    at = str(scene.folder)
    words = ["ledger", "witness", f"{at}/note", "--key", f"{at}/witness.key", "--state", f"{at}/state.json"]
    scene.made([*words, "--log-key", key])

    def shown(scene: Scene) -> bool:
        return any(
            f"— {WITNESS} " in path.read_text()
            for path in (scene.root / "ledger").rglob("*")
            if path.is_file() and "tile" not in path.parts
        )

    return Scenario(scene=scene, arguments=("ledger", "keep", "{}/note.cosigned"), shown=shown)


def time_stamp(scene: Scene, folder: Path) -> Scenario:
    """An authority's answer is kept with the evidence."""
    scene = scene.copy(folder / "stamped")
    request = scene.folder / "today.tsq"
    scene.made(["ledger", "timestamp", "--request-out", str(request)])
    authority = make_authority(folder / "authority")
    (scene.folder / "today.tsr").write_bytes(authority.answer(request.read_bytes()))
    (scene.folder / "root.pem").write_bytes(authority.root.read_bytes())

    def shown(scene: Scene) -> bool:
        answer = (scene.folder / "today.tsr").read_bytes()
        return any(path.read_bytes() == answer for path in scene.root.glob("ledger/timestamps/*/*"))

    arguments = ("ledger", "timestamp", "--response", "{}/today.tsr", "--request", "{}/today.tsq")
    return Scenario(
        scene=scene, arguments=(*arguments, "--tsa-root", "{}/root.pem"), shown=shown, done=frozenset({6})
    )


def request(scene: Scene) -> Output:
    """A request for a time-stamp, to be carried."""
    return output(scene, "out.tsq", ("ledger", "timestamp", "--request-out", "{}/out.tsq"), _is_der)


def _is_der(path: Path) -> bool:
    content = path.read_bytes()
    return len(content) > 2 and content[0] == 0x30 and len(content) == content[1] + 2  # X.690 §8.1.3.4
