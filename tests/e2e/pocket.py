"""A phone that can be switched off and on again: what its browser keeps lies in a folder."""

from pathlib import Path

from playwright.async_api import BrowserContext, Playwright

from tests.e2e.phone import Phone, arguments, settings_of, watched
from tests.e2e.stage import Service


class Pocket:
    """The same phone each time it is switched on."""

    def __init__(self, playwright: Playwright, chromium: str, service: Service, folder: Path) -> None:
        self.playwright, self.chromium, self.service = playwright, chromium, service
        self.folder = folder
        self.context: BrowserContext | None = None

    async def on(self, *, offline: bool = False) -> Phone:
        """Switch it on, with or without network."""
        self.context = await self.playwright.chromium.launch_persistent_context(
            str(self.folder),
            executable_path=self.chromium,
            args=arguments(),
            **settings_of(self.service, offline=offline),
        )
        return await watched(self.context)

    async def off(self) -> None:
        """Close the tab, then the browser; a page that still lived would see the network come back."""
        if self.context:
            for page in self.context.pages:
                await page.close()
            await self.context.close()
            self.context = None
