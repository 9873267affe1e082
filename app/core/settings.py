"""Settings from the environment or `.env`: `COLLEAGUE_*` or the well-known names in docs/operator.md."""

import re
from email.utils import parseaddr
from functools import cached_property
from pathlib import Path
from typing import Literal
from urllib.parse import urlsplit

from pydantic import AliasChoices, Field, field_validator, model_validator
from pydantic_settings import BaseSettings, SettingsConfigDict

LOOPBACK = {"localhost", "127.0.0.1", "::1"}


def _named(name: str) -> AliasChoices:
    return AliasChoices(f"COLLEAGUE_{name}", name)


class SettingsRefused(RuntimeError):
    """The settings are not enough to serve with; the message says what is missing."""


class Settings(BaseSettings):
    """Everything a host may decide. `is_development` follows from a loopback BASE_URL."""

    model_config = SettingsConfigDict(
        env_file=".env", extra="ignore", populate_by_name=True, hide_input_in_errors=True
    )

    port: int = Field(8000, validation_alias=_named("PORT"))
    host: str = Field("", validation_alias=_named("HOST"))
    base_url: str = Field("", validation_alias=_named("BASE_URL"))
    database_url: str = Field("", validation_alias=_named("DATABASE_URL"))
    redis_url: str = Field("", validation_alias=_named("REDIS_URL"))
    object_store_url: str = Field("", validation_alias=_named("OBJECT_STORE_URL"))
    smtp_url: str = Field("", validation_alias=_named("SMTP_URL"))
    mail_from: str = Field("Pocket Colleague <colleague@localhost>", validation_alias=_named("MAIL_FROM"))
    data_dir: Path = Field(Path("data"), validation_alias=_named("DATA_DIR"))
    web_dir: Path = Field(
        Path(__file__).resolve().parents[2] / "web" / "build", validation_alias=_named("WEB_DIR")
    )
    key_file: Path | None = Field(None, validation_alias=_named("KEY_FILE"))
    transcriber: str = Field("none", validation_alias=_named("TRANSCRIBER"))
    transcriber_model: str = Field("", validation_alias=_named("TRANSCRIBER_MODEL"))
    rate_limits: Literal["on", "off"] = Field("on", validation_alias=_named("RATE_LIMITS"))
    metrics_token: str = Field("", validation_alias=_named("METRICS_TOKEN"))
    privacy_contact: str = Field("", max_length=200, validation_alias=_named("PRIVACY_CONTACT"))
    trusted_proxies: str = Field("", validation_alias=_named("TRUSTED_PROXIES"))

    @field_validator("base_url")
    @classmethod
    def _no_slash(cls, value: str) -> str:
        return value.rstrip("/")

    @model_validator(mode="after")
    def _fill_and_check(self) -> "Settings":
        if not self.base_url:
            self.base_url = f"http://localhost:{self.port}"
        if urlsplit(self.base_url).scheme not in ("http", "https"):
            raise ValueError("BASE_URL must begin with http:// or https://")
        if not self.is_development and not self.base_url.startswith("https://"):
            raise ValueError("BASE_URL must be https:// anywhere but on this machine itself")
        if self.rate_limits == "off" and not self.is_development:
            raise ValueError("RATE_LIMITS=off is for a loopback BASE_URL only")
        if self.smtp_url:
            relay = urlsplit(self.smtp_url)
            if relay.scheme not in ("smtp", "smtps") or not relay.hostname:
                raise ValueError("SMTP_URL is written smtp://user:password@host:port (or smtps://)")
        if "@" not in parseaddr(self.mail_from)[1]:
            raise ValueError("MAIL_FROM is written Name <name@example.org>")
        if not self.database_url:
            self.database_url = f"sqlite:///{self.data_dir / 'colleague.sqlite3'}"
        # What other tools write for the same server; only this driver is here.
        self.database_url = re.sub(r"^postgres(ql)?://", "postgresql+asyncpg://", self.database_url)
        if not self.database_url.startswith(("sqlite:///", "postgresql+asyncpg://")):
            raise ValueError("DATABASE_URL begins with sqlite:/// or postgresql+asyncpg://")
        return self

    def check_mail(self) -> None:
        """Whether mail can leave. Raises SettingsRefused where nobody could sign in for want of a relay."""
        if not self.smtp_url and not self.is_development:
            raise SettingsRefused(
                "SMTP_URL is needed: people sign in by mail. Write smtp://user:password@host:port. "
                "(Without it mails are printed in the terminal, and only where BASE_URL is this machine.)"
            )

    @cached_property
    def is_development(self) -> bool:
        """A loopback BASE_URL: plain cookies, mails printed when there is no SMTP_URL."""
        return urlsplit(self.base_url).hostname in LOOPBACK

    @property
    def origin(self) -> str:
        """Scheme, host and port of BASE_URL, as a browser writes it in `Origin`."""
        parts = urlsplit(self.base_url)
        return f"{parts.scheme}://{parts.netloc}"

    @property
    def listen_host(self) -> str:
        """Where `serve` binds: loopback in development, everywhere else all addresses."""
        return self.host or ("127.0.0.1" if self.is_development else "0.0.0.0")  # noqa: S104
