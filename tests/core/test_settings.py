"""Every setting: a wrong one stops the start with its name and a mend."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from core import settings
from core.settings import HERE, Settings, SettingsError

LONG = "k" * 40


@pytest.fixture(autouse=True)
def no_settings_of_this_machine(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    for name in [name for name in os.environ if name.startswith("WOODSHED_")]:
        monkeypatch.delenv(name)
    monkeypatch.setenv("WOODSHED_DATA", str(tmp_path))


@pytest.mark.parametrize(
    ("name", "value", "said"),
    [
        ("PORT", "0", "1"),
        ("PORT", "65536", "65535"),
        ("PORT", "web", "integer"),
        ("SYNCHRONOUS", "OFF", "'FULL' or 'NORMAL'"),
        ("REGISTRATION", "closed", "'invitation' or 'open'"),
        ("ZONE", "Mars/Olympus", "use a name like Europe/London"),
        ("DATABASE_URL", "mysql://here/db", "use postgresql://"),
        ("DATABASE_URL", "postgres", "use postgresql://"),
        ("BASE_URL", "woodshed.example", "give a whole address"),
        ("BASE_URL", "ftp://woodshed.example", "give a whole address"),
        ("SECRET_KEY", "short", "at least 32 characters"),
        ("UPLOAD_MB", "0", "1"),
        ("UPLOAD_MINUTES", "1000", "600"),
        ("INVITATIONS_A_DAY", "-1", "1"),
        ("SIGN_IN_DAYS", "soon", "integer"),
        ("SIGN_IN_IDLE_DAYS", "0", "1"),
        ("TRUSTED_PROXIES", "9", "5"),
        ("THREADS", "0", "1"),
        ("SMTP_URL", "mail.example", "smtp://USER:PASSWORD@HOST:587"),
        ("SMTP_URL", "smtp://mail.example:none", "smtp://USER:PASSWORD@HOST:587"),
        ("SMTP_URL", "https://mail.example", "smtp://USER:PASSWORD@HOST:587"),
        ("SMTP_URL", "smtp://ada:pa/ss@mail.example", "smtp://USER:PASSWORD@HOST:587"),
        ("SMTP_URL", "smtp://mail.example:587/box", "nothing may follow the port"),
        ("SMTP_URL", "smtp://ada@mail.example", "names a user, but no password"),
        ("MAIL_FROM", "Woodshed", "write one address"),
        ("MAIL_FROM", "a@school.example, b@school.example", "write one address"),
        ("MAIL_FROM", "Woodshed\r\nBcc: <eve@example.com>", "write one address"),
    ],
)
def test_a_wrong_value_stops_with_its_name(monkeypatch: pytest.MonkeyPatch, name: str, value: str, said: str) -> None:
    monkeypatch.setenv(f"WOODSHED_{name}", value)

    with pytest.raises(SettingsError) as fault:
        settings.load()

    assert f"WOODSHED_{name}" in str(fault.value)
    assert said in str(fault.value)
    assert len(str(fault.value).splitlines()) == 1


def test_mail_needs_a_sender(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("WOODSHED_SMTP_URL", "smtp://ada:secret@mail.example")

    with pytest.raises(SettingsError, match=r"WOODSHED_MAIL_FROM.*mail needs a sender") as fault:
        settings.load()

    assert "secret" not in str(fault.value)


@pytest.mark.parametrize(
    ("url", "port"), [("smtp://mail.example", 587), ("smtps://mail.example", 465), ("smtp://mail.example:2525", 2525)]
)
def test_a_mail_server_has_the_usual_port_until_another_is_named(url: str, port: int) -> None:
    found = Settings(smtp_url=url, mail_from="Woodshed <woodshed@school.example>")

    assert (found.mails, found.smtp_port) == (True, port)


def test_a_password_of_the_mail_server_never_stands_in_a_message(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("WOODSHED_SMTP_URL", "smtp://ada:geheim@mail.example:587/box")

    with pytest.raises(SettingsError) as fault:
        settings.load()

    assert "geheim" not in str(fault.value)


def test_several_wrong_values_are_all_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("WOODSHED_PORT", "0")
    monkeypatch.setenv("WOODSHED_ZONE", "Nowhere")

    with pytest.raises(SettingsError) as fault:
        settings.load()

    assert "WOODSHED_PORT" in str(fault.value) and "WOODSHED_ZONE" in str(fault.value)


def test_the_environment_wins_over_the_file(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    (tmp_path / "settings.toml").write_text('port = 8100\nregistration = "open"\n')
    monkeypatch.setenv("WOODSHED_PORT", "8200")

    found = settings.load()

    assert (found.port, found.registration, found.data) == (8200, "open", tmp_path)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("prot = 8100\n", "sets 'prot', which is no setting"),
        ("port = \n", "cannot be read"),
        ("port = 8100\nport = 8200\n", "cannot be read"),
        ('port = "web"\n', "WOODSHED_PORT"),
    ],
)
def test_a_file_that_does_not_fit_stops_with_its_name(tmp_path: Path, text: str, said: str) -> None:
    (tmp_path / "settings.toml").write_text(text)

    with pytest.raises(SettingsError, match=r"Correct its name|Mend it|is wrong") as fault:
        settings.load()

    assert said in str(fault.value)


def test_a_file_that_is_no_text_stops_with_its_name(tmp_path: Path) -> None:
    (tmp_path / "settings.toml").write_bytes(b"\xff\xfe\x00")

    with pytest.raises(SettingsError, match=r"settings\.toml cannot be read"):
        settings.load()


def test_a_secret_never_stands_in_a_message(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("WOODSHED_SECRET_KEY", "hunter2")

    with pytest.raises(SettingsError) as fault:
        settings.load()

    assert "hunter2" not in str(fault.value)


def test_a_password_of_the_database_never_stands_in_a_message(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("WOODSHED_DATABASE_URL", "mysql://ada:hunter2@here/woodshed")

    with pytest.raises(SettingsError) as fault:
        settings.load()

    assert "hunter2" not in str(fault.value)


@pytest.mark.parametrize(
    ("url", "used"),
    [
        ("postgresql://here/db", "postgresql+psycopg://here/db"),
        ("postgres://here/db", "postgresql+psycopg://here/db"),
        ("postgresql+psycopg://here/db", "postgresql+psycopg://here/db"),
    ],
)
def test_every_spelling_of_postgresql_is_taken(url: str, used: str) -> None:
    assert Settings(database_url=url, secret_key=LONG).database == used


def test_without_a_database_url_it_is_sqlite_in_the_data_folder(tmp_path: Path) -> None:
    found = settings.load()

    assert found.is_sqlite and found.database == f"sqlite:///{tmp_path / 'woodshed.db'}"


@pytest.mark.parametrize(
    ("given", "url", "is_https"),
    [
        ({}, "http://127.0.0.1:8000", False),
        ({"host": "::1", "port": 8100}, "http://[::1]:8100", False),
        ({"base_url": "https://woodshed.example/"}, "https://woodshed.example", True),
    ],
)
def test_the_address_of_the_site(given: dict[str, object], url: str, is_https: bool) -> None:
    found = Settings(secret_key=LONG, **given)

    assert (found.url, found.is_https) == (url, is_https)


def test_every_setting_says_what_it_is_for() -> None:
    assert [name for name, field in Settings.model_fields.items() if not (field.description or "").endswith(".")] == []


def test_the_command_stops_with_the_sentence_and_exit_1(tmp_path: Path) -> None:
    surroundings = os.environ | {"WOODSHED_PORT": "web", "WOODSHED_DATA": str(tmp_path / "data")}

    done = subprocess.run([sys.executable, str(HERE / "app.py")], env=surroundings, capture_output=True, text=True)

    assert done.returncode == 1
    assert done.stderr.startswith("The setting WOODSHED_PORT is wrong ('web'):")
    assert "Traceback" not in done.stderr
    assert not (tmp_path / "data").exists()
