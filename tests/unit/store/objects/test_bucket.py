"""What becomes of one request when the server is slow, away, wrong or refuses: an error of ours, in time, without a secret."""

import ipaddress
import os
import ssl
import subprocess
import sys
import time
import traceback
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from hashlib import sha256

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from cryptography.x509.oid import NameOID

from openqi.kernel.errors import DomainError, NotFoundError, StoreError
from openqi.store.objects.address import credentials, parse_address
from openqi.store.objects.beside import bucket_objects, nobody
from openqi.store.objects.bucket import CHUNK, Bucket
from s3_server import KEY, SECRET, Proxy


@contextmanager
def closing_proxy(proxy):
    yield proxy
    proxy.stop()


def opened(s3, port=None, more="", prefix=None) -> Bucket:
    address = parse_address(s3.url(prefix, port=port, more=more), {})
    return Bucket(address, credentials(address, {}))


@pytest.fixture
def bucket(s3, proxy) -> Bucket:
    return opened(s3, proxy.port, "&timeout=2")


def test_an_object_is_created_once_and_replaced_by_its_version_alone(bucket):
    assert bucket.create("a", b"one")
    assert not bucket.create("a", b"two")
    found = bucket.get("a", 10)
    assert found.content == b"one"
    assert bucket.replace("a", b"three", found.version)
    assert not bucket.replace("a", b"four", found.version)
    assert not bucket.replace("b", b"four", found.version)
    assert bucket.get("a", 10).content == b"three"
    assert bucket.get("b", 10) is None
    bucket.drop("a")
    bucket.drop("a")
    assert bucket.get("a", 10) is None


def test_the_names_below_a_folder_come_in_order(bucket):
    for name in ("x/2", "x/1", "y/3", "x/10/z"):
        bucket.create(name, b"")
    assert list(bucket.names("x")) == ["x/1", "x/10/z", "x/2"]
    assert list(bucket.names("")) == ["x/1", "x/10/z", "x/2", "y/3"]


def test_a_passing_fault_is_asked_again(bucket, proxy):
    for fault in ("503", "gone", "500"):
        count = iter(range(100))
        proxy.fault = lambda *_, count=count, fault=fault: fault if next(count) < 2 else ""
        assert bucket.create(f"a{fault}", b"x")
        assert bucket.get(f"a{fault}", 10).content == b"x"


@pytest.mark.parametrize(
    ("fault", "told"),
    [
        ("503", "503: SlowDown"),
        ("500", "500"),
        ("403", "403: it refuses the signature"),
        ("gone", "broke off"),
        ("silent", "in time"),
    ],
)
def test_a_lasting_fault_is_told_in_bounded_time_and_without_a_secret(bucket, proxy, fault, told):
    bucket.create("a", b"x")
    proxy.fault = lambda *_: fault
    for ask in (lambda: bucket.get("a", 10), lambda: bucket.create("b", b"x"), lambda: list(bucket.names(""))):
        begun = time.monotonic()
        with pytest.raises(StoreError) as caught:
            ask()
        assert time.monotonic() - begun < 15
        whole = "".join(traceback.format_exception(caught.value))
        assert told in whole
        assert "safe to ask the same again" in whole
        assert SECRET not in whole
        assert KEY not in whole
    assert not bucket.answers("a")


def test_after_silence_the_server_is_asked_with_less_patience(s3, proxy):
    bucket = opened(s3, proxy.port, "&timeout=5")
    proxy.fault = lambda *_: "silent"
    spent = []
    for _ in range(2):
        begun = time.monotonic()
        with pytest.raises(StoreError, match="in time"):
            bucket.get("a", 10)
        spent.append(time.monotonic() - begun)
    assert spent[1] < 4.5 < spent[0]


def test_a_server_that_is_away_is_told(s3):
    bucket = opened(s3, 1, "&timeout=2")
    with pytest.raises(StoreError, match="cannot be reached"):
        bucket.get("a", 10)
    assert not bucket.answers("a")


def test_a_bucket_that_is_not_there_is_no_missing_object(s3):
    address = parse_address(s3.url("p").replace("s3://station", "s3://other-bucket"), {})
    bucket = Bucket(address, credentials(address, {}))
    with pytest.raises(StoreError, match="no such bucket"):
        bucket.get("a", 10)
    with pytest.raises(StoreError, match="no such bucket"):
        bucket.create("a", b"x")


def test_an_object_that_is_too_large_to_be_the_one_is_not_read(bucket):
    bucket.put("a", b"x" * 1000)
    with pytest.raises(StoreError, match="1000 bytes"):
        bucket.get("a", 999)


@pytest.mark.parametrize("size", [1000, CHUNK + 1000])
@pytest.mark.parametrize("fault", ["wrong", "short", "shorter"])
def test_a_content_that_comes_wrong_or_cut_is_never_returned(s3, proxy, fault, size):
    content = os.urandom(size)
    url = s3.url(port=proxy.port, more="&timeout=5")
    objects = bucket_objects(url, nobody)
    objects.prepare("log.example")
    name = objects.put_blob(content)
    proxy.fault = lambda method, path, _: fault if method == "GET" and "/blobs/" in path else ""
    with pytest.raises(StoreError):
        objects.blob(name)
    with pytest.raises(StoreError):
        assert objects.blob_parts(name) is not None
        for _ in objects.blob_parts(name):
            pass
    proxy.fault = lambda *_: ""
    assert objects.blob(name) == content


def test_a_damaged_content_is_told_and_mended_by_putting_it_again(s3):
    for content in (b"short", os.urandom(CHUNK + 5)):
        prefix = s3.prefix()
        objects = bucket_objects(s3.url(prefix), nobody)
        objects.prepare("log.example")
        name = objects.put_blob(content)
        s3.put(f"{prefix}/blobs/{name[:2]}/{name}", b"other")
        with pytest.raises(StoreError, match="put the content again"):
            objects.blob(name)
        assert objects.put_blob(content) == name
        assert objects.blob(name) == content
        objects.erase_blob(name)
        with pytest.raises(NotFoundError):
            objects.blob(name)


def test_a_content_in_parts_is_kept_and_read_in_parts(s3):
    objects = bucket_objects(s3.url(), nobody)
    objects.prepare("log.example")
    for parts in ([], [b"a"], [b"x" * 1000] * 3, [os.urandom(1 << 20)] * 20):
        content = b"".join(parts)
        name = sha256(content).hexdigest()
        objects.take_blob(name, iter(parts))
        assert objects.blob(name) == content
        assert max(map(len, objects.blob_parts(name)), default=0) <= CHUNK


def certified(folder) -> ssl.SSLContext:
    """The context of a server on this machine, signed by an authority of its own whose certificate is in `ca.pem`."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "127.0.0.1")])
    begun = datetime(2026, 1, 1, tzinfo=UTC)
    made = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(1)
        .not_valid_before(begun)
        .not_valid_after(begun + timedelta(days=36_500))
        .add_extension(x509.SubjectAlternativeName([x509.IPAddress(ipaddress.ip_address("127.0.0.1"))]), critical=False)
        .sign(key, hashes.SHA256())
    )
    (folder / "ca.pem").write_bytes(made.public_bytes(Encoding.PEM))
    secret = key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    (folder / "both.pem").write_bytes(secret + made.public_bytes(Encoding.PEM))
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(folder / "both.pem")
    return context


def test_a_server_is_believed_by_a_certificate_that_was_named_and_no_other(s3, tmp_path):
    with closing_proxy(Proxy(s3, tls=certified(tmp_path))) as proxy:
        url = s3.url(port=proxy.port).replace("http://", "https://")
        bucket_objects(f"{url}&ca={tmp_path / 'ca.pem'}", nobody).prepare("log.example")
        with pytest.raises(StoreError, match="cannot be reached"):
            bucket_objects(f"{url}&timeout=2", nobody).prepare("log.example")
    with pytest.raises(DomainError, match=r"other\.pem cannot be read"):
        bucket_objects(f"{url}&ca={tmp_path / 'other.pem'}", nobody)


def test_without_its_driver_it_is_told_how_to_get_it(s3, monkeypatch):
    monkeypatch.setitem(sys.modules, "obstore.store", None)
    with pytest.raises(DomainError, match=r"pip install 'openqi\[s3\]'"):
        opened(s3)


PEAK = """
import os, resource, sys
from hashlib import sha256
from openqi.store.objects.beside import bucket_objects, nobody
objects = bucket_objects(sys.argv[1], nobody)
objects.prepare("log.example")
objects.put_blob(b"x" * 1000)
def parts():
    for _ in range(200):
        yield b"y" * (1 << 20)
digest = sha256()
for part in parts():
    digest.update(part)
before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
objects.take_blob(digest.hexdigest(), parts())
assert sum(map(len, objects.blob_parts(digest.hexdigest()))) == 200 << 20
print((resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before) >> 10)
"""


@pytest.mark.skipif(sys.platform != "linux", reason="memory is measured as Linux tells it")
def test_a_large_content_comes_and_goes_in_memory_that_does_not_grow_with_it(s3):
    done = subprocess.run([sys.executable, "-c", PEAK, s3.url()], capture_output=True, text=True, timeout=300)
    assert done.returncode == 0, done.stderr
    assert int(done.stdout) < 100, "MiB for 200 MiB"
