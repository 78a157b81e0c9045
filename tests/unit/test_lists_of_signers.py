"""Lists of allowed signers as people keep them: lines for other uses, several for one key, old ones."""

import shutil
import subprocess
from pathlib import Path

import pytest

from archive.services.evidence.signature_verdict import SignatureOutcome
from archive.services.evidence.signers import Signers

pytestmark = pytest.mark.skipif(shutil.which("ssh-keygen") is None, reason="ssh-keygen is not installed")

TEXT = b"I read it all.\n"
GIT = 'ana@work.example namespaces="git" {key}'
OLD = 'ana@old.example valid-before="20200101" {key}'
PLAIN = "ana@example.org {key}"
STRANGER = "ben@example.org ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIAABAgMEBQYHCAkKCwwNDg8QERITFBUWFxgZGhscHR4f"


class Signed:
    """A text that a key for SSH signed."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        text, key = folder / "text", folder / "key"
        text.write_bytes(TEXT)
        make = ["ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-C", "", "-f", str(key)]
        subprocess.run(make, check=True, timeout=60)
        sign = ["ssh-keygen", "-q", "-Y", "sign", "-f", str(key), "-n", "archive-statement", str(text)]
        subprocess.run(sign, check=True, capture_output=True, timeout=60)
        self.signature = (folder / "text.sig").read_bytes()
        self.public = (folder / "key.pub").read_text().strip()

    def judged(self, *lists: tuple[str, ...], text: bytes = TEXT) -> tuple[SignatureOutcome, str]:
        """What is said of the signature, and who made it, by lists of these lines."""
        paths = []
        for number, lines in enumerate(lists):
            path = self._folder / f"list-{number}"
            path.write_text("".join(f"{line}\n" for line in lines).replace("{key}", self.public))
            paths.append(path)
        verdict = Signers.read(paths).judge(text, self.signature)
        return verdict.outcome, verdict.by


@pytest.fixture(scope="module")
def signed(tmp_path_factory: pytest.TempPathFactory) -> Signed:
    return Signed(tmp_path_factory.mktemp("signers"))


@pytest.mark.parametrize(
    "lists",
    [
        ((GIT, PLAIN),),
        ((OLD, PLAIN),),
        ((PLAIN, GIT),),
        ((GIT, OLD, STRANGER, PLAIN),),
        ((GIT,), (PLAIN,)),
        ((OLD,), (STRANGER,), (PLAIN,)),
    ],
)
def test_one_line_that_lets_the_key_sign_statements_is_enough(
    signed: Signed, lists: tuple[tuple[str, ...], ...]
) -> None:
    assert signed.judged(*lists) == (SignatureOutcome.VALID, "ana@example.org")


@pytest.mark.parametrize("lines", [(GIT,), (OLD,), (GIT, OLD), (STRANGER, GIT), (STRANGER,)])
def test_a_key_that_no_line_lets_sign_statements_is_not_trusted_and_its_signature_not_altered(
    signed: Signed, lines: tuple[str, ...]
) -> None:
    assert signed.judged(lines)[0] is SignatureOutcome.UNTRUSTED


@pytest.mark.parametrize("lists", [((PLAIN,),), ((GIT,),), ((GIT, PLAIN),), ((STRANGER,), (GIT,), (PLAIN,))])
def test_a_signature_over_another_text_is_none_whatever_the_lines_say(
    signed: Signed, lists: tuple[tuple[str, ...], ...]
) -> None:
    assert signed.judged(*lists, text=b"I read nothing.\n")[0] is SignatureOutcome.INVALID


def test_a_key_certified_by_an_authority_of_the_list_is_known_by_it(signed: Signed, tmp_path: Path) -> None:
    def keygen(*words: str) -> None:
        subprocess.run(["ssh-keygen", "-q", *words], check=True, capture_output=True, timeout=60)

    text, key, authority = (tmp_path / name for name in ("text", "key", "authority"))
    text.write_bytes(TEXT)
    for each in (key, authority):
        keygen("-t", "ed25519", "-N", "", "-C", "", "-f", str(each))
    keygen("-s", str(authority), "-I", "ana", "-n", "ana@example.org", str(key) + ".pub")
    keygen("-Y", "sign", "-f", str(key) + "-cert.pub", "-n", "archive-statement", str(text))
    allowed = tmp_path / "list"
    line = f"*@example.org cert-authority {(tmp_path / 'authority.pub').read_text()}"
    allowed.write_text(GIT.replace("{key}", signed.public) + "\n" + line)
    verdict = Signers.read([allowed]).judge(TEXT, (tmp_path / "text.sig").read_bytes())
    assert verdict.outcome is SignatureOutcome.VALID, verdict
