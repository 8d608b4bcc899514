"""Where a bucket is: one URL without secrets, credentials from the environment or a file, and none of them ever told."""

from pathlib import Path

import pytest

from openqi.kernel.errors import DomainError
from openqi.store.objects.address import Credentials, credentials, parse_address

SECRET = "wJalrXUtnFEMI"


def test_a_url_names_bucket_prefix_and_how_the_server_is_asked():
    found = parse_address(
        "s3://evidence/station/one?endpoint=https://s3.example:9000&region=cn-north-1&timeout=5&ca=/etc/ca.pem", {}
    )
    assert (found.bucket, found.prefix, found.endpoint, found.region) == (
        "evidence", "station/one", "https://s3.example:9000", "cn-north-1",
    )  # fmt: skip
    assert (found.timeout, found.ca, found.credentials) == (5.0, Path("/etc/ca.pem"), None)
    assert found.where == "s3://evidence/station/one at https://s3.example:9000"


def test_the_environment_says_what_the_url_does_not():
    environ = {"AWS_ENDPOINT_URL": "https://a.example", "AWS_ENDPOINT_URL_S3": "https://b.example", "AWS_REGION": "eu-1"}
    found = parse_address("s3://evidence", environ)
    assert (found.endpoint, found.region, found.prefix) == ("https://b.example", "eu-1", "")
    assert parse_address("s3://evidence?region=x-2", environ).region == "x-2"
    assert parse_address("s3://evidence", {}).region == "us-east-1"


@pytest.mark.parametrize(
    "url",
    [
        "", "evidence", "https://evidence", "s3://", "s3://E", "s3://me:SECRET@evidence", "s3://SECRET@evidence/x",
        "s3://evidence:9000", "s3://evidence?secret=SECRET", "s3://evidence?secret_access_key=SECRET", "s3://evidence?access_key=SECRET",
        "s3://evidence?other=SECRET", "s3://evidence?region=a&region=SECRET", "s3://evidence/../SECRET", "s3://evidence/a//b",
        "s3://evidence/.hidden", "s3://evidence/a b", "s3://evidence?endpoint=http://far.example",
        "s3://evidence?endpoint=https://me:SECRET@far.example", "s3://evidence?endpoint=SECRET", "s3://evidence?timeout=0",
        "s3://evidence?timeout=SECRET", "s3://evidence?credentials=SECRET", "s3://evidence?ca=SECRET",
        "s3://evidence?region=S ECRET",
        "s3://evidence?endpoint=https://[", "s3://[", "s3://evidence#SECRET", "s3://evidence?endpoint=https://host:port",
        "s3://evidence?%zz", "s3://evidence/" + "a" * 201,
    ],
)  # fmt: skip
def test_a_url_that_is_none_or_holds_a_secret_is_refused_without_repeating_it(url):
    with pytest.raises(DomainError) as caught:
        parse_address(url.replace("SECRET", SECRET), {})
    assert SECRET not in str(caught.value)
    assert SECRET.lower() not in str(caught.value)


def test_without_tls_only_this_machine_is_asked():
    assert parse_address("s3://evidence?endpoint=http://127.0.0.1:9000", {}).endpoint == "http://127.0.0.1:9000"
    with pytest.raises(DomainError, match="TLS"):
        parse_address("s3://evidence", {"AWS_ENDPOINT_URL": "http://192.168.0.9:9000"})


def test_credentials_come_from_a_file_or_the_environment(tmp_path):
    (tmp_path / "keys").write_text(f"[other]\nx = 1\n[default]\naws_access_key_id = K\naws_secret_access_key = {SECRET}%(x)s\n")
    named = parse_address(f"s3://evidence?credentials={tmp_path / 'keys'}", {})
    found = credentials(named, {"AWS_ACCESS_KEY_ID": "other", "AWS_SECRET_ACCESS_KEY": "other"})
    assert (found.key, found.secret, found.token) == ("K", SECRET + "%(x)s", "")
    environ = {"AWS_ACCESS_KEY_ID": "E", "AWS_SECRET_ACCESS_KEY": SECRET, "AWS_SESSION_TOKEN": "T"}
    assert credentials(parse_address("s3://evidence", {}), environ) == Credentials(key="E", secret=SECRET, token="T")


@pytest.mark.parametrize(
    "text", ["", "[default]\n", f"{SECRET}\n", f"[default]\n{SECRET}", f"[default]\naws_access_key_id={SECRET}", None]
)
def test_a_credentials_file_that_is_none_is_told_without_its_text(tmp_path, text):
    if text is not None:
        (tmp_path / "keys").write_text(text)
    with pytest.raises(DomainError) as caught:
        credentials(parse_address(f"s3://evidence?credentials={tmp_path / 'keys'}", {}), {})
    assert SECRET not in str(caught.value)
    assert str(tmp_path / "keys") in str(caught.value)


def test_credentials_are_never_printed():
    assert SECRET not in repr(Credentials(key="K", secret=SECRET, token=SECRET))


def test_no_credentials_at_all_is_told_before_anything_is_asked():
    with pytest.raises(DomainError, match="AWS_ACCESS_KEY_ID"):
        credentials(parse_address("s3://evidence", {}), {})
