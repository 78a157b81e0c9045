"""A time-stamping authority for tests: certificates made here, answers given by `openssl ts`."""

import subprocess
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

_CONFIGURATION = """\
[tsa]
default_tsa = t
[t]
serial = ./serial
crypto_device = builtin
signer_cert = ./tsa.pem
certs = ./certs.pem
signer_key = ./tsa.key
signer_digest = sha256
default_policy = 1.2.3.4.1
digests = sha256, sha384, sha512
accuracy = secs:1
tsa_name = yes
ess_cert_id_alg = sha256
"""
_DAY = timedelta(days=1)
_PEM = serialization.Encoding.PEM


@dataclass(frozen=True)
class Authority:
    """One authority in a folder of its own: a root, and a signer below it."""

    folder: Path
    root_key: rsa.RSAPrivateKey
    signer_key: ec.EllipticCurvePrivateKey
    name: str

    @property
    def root(self) -> Path:
        """Its root certificate."""
        return self.folder / "ca.pem"

    def answer(
        self, request: bytes, *, root_first: bool = False, more: Sequence[x509.Certificate] = ()
    ) -> bytes:
        """A response to the request, with signer and root as certificates in either order, and more."""
        (self.folder / "q.tsq").write_bytes(request)
        certificates = [self.folder / "tsa.pem", self.root]
        if root_first:
            certificates.reverse()
        (self.folder / "certs.pem").write_bytes(b"".join(path.read_bytes() for path in certificates))
        with (self.folder / "certs.pem").open("ab") as file:
            file.writelines(each.public_bytes(_PEM) for each in more)
        words = ["ts", "-reply", "-config", "ts.cnf", "-queryfile", "q.tsq", "-out", "r.tsr"]
        openssl(self.folder, *words)
        return (self.folder / "r.tsr").read_bytes()

    def signer(
        self,
        purpose: x509.ObjectIdentifier = ExtendedKeyUsageOID.TIME_STAMPING,
        until: datetime | None = None,
        *,
        called: str = "TSA",
        issuer: str = "Root",
    ) -> x509.Certificate:
        """A certificate of the signer, always with the same serial number; valid for ten years or `until`."""
        end = until or datetime.now(UTC) + 3650 * _DAY
        public = self.signer_key.public_key()
        return (
            _certificate(_name(self.name, called), _name(self.name, issuer), public, 7, end)
            .add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True)
            .add_extension(_usage(signs=True), critical=True)
            .add_extension(x509.ExtendedKeyUsage([purpose]), critical=True)
            .add_extension(x509.SubjectKeyIdentifier.from_public_key(public), critical=False)
            .add_extension(
                x509.AuthorityKeyIdentifier.from_issuer_public_key(self.root_key.public_key()), critical=False
            )
            .sign(self.root_key, hashes.SHA256())
        )

    def signer_of(self, response: bytes) -> x509.Certificate:
        """The signer's certificate as it lies in a response."""
        found = x509.load_pem_x509_certificate((self.folder / "tsa.pem").read_bytes())
        assert found.public_bytes(serialization.Encoding.DER) in response
        return found

    def use(self, signer: x509.Certificate) -> None:
        """Signs with that certificate from now on."""
        (self.folder / "tsa.pem").write_bytes(signer.public_bytes(_PEM))


def openssl(folder: Path, *words: str) -> bytes:
    """What openssl prints, run in a folder."""
    return subprocess.run(["openssl", *words], cwd=folder, check=True, capture_output=True, timeout=60).stdout


def make_authority(folder: Path, name: str = "Test") -> Authority:
    """A new authority, ready to answer."""
    folder.mkdir(parents=True)
    root_key = rsa.generate_private_key(65537, 2048)
    made = Authority(folder, root_key, ec.generate_private_key(ec.SECP256R1()), name)
    (folder / "serial").write_text("01\n")
    (folder / "ts.cnf").write_text(_CONFIGURATION)
    public = root_key.public_key()
    root = (
        _certificate(_name(name, "Root"), _name(name, "Root"), public, 1, datetime.now(UTC) + 3650 * _DAY)
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .add_extension(_usage(signs=False), critical=True)
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(public), critical=False)
        .sign(root_key, hashes.SHA256())
    )
    made.root.write_bytes(root.public_bytes(_PEM))
    form, plain = serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    (folder / "tsa.key").write_bytes(made.signer_key.private_bytes(_PEM, form, plain))
    made.use(made.signer())
    return made


def _name(organisation: str, role: str) -> x509.Name:
    return x509.Name(
        [
            x509.NameAttribute(NameOID.ORGANIZATION_NAME, f"{organisation} Archive"),
            x509.NameAttribute(NameOID.COMMON_NAME, f"{organisation} {role}"),
        ]
    )


def _certificate(
    subject: x509.Name,
    issuer: x509.Name,
    public: rsa.RSAPublicKey | ec.EllipticCurvePublicKey,
    serial: int,
    until: datetime,
) -> x509.CertificateBuilder:
    builder = x509.CertificateBuilder().subject_name(subject).issuer_name(issuer).public_key(public)
    begun = datetime.now(UTC) - 3650 * _DAY
    return builder.serial_number(serial).not_valid_before(begun).not_valid_after(until)


def _usage(*, signs: bool) -> x509.KeyUsage:
    return x509.KeyUsage(
        digital_signature=signs,
        content_commitment=False,
        key_encipherment=False,
        data_encipherment=False,
        key_agreement=False,
        key_cert_sign=not signs,
        crl_sign=not signs,
        encipher_only=False,
        decipher_only=False,
    )
