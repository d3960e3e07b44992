"""What if other things mattered: change the weights of a ranking, see the order move, keep them by name."""

from __future__ import annotations

from typing import ClassVar

from rich.text import Text
from textual import on, work
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Horizontal, Vertical
from textual.widgets import Input, Static

from matching.policy import DEFAULT_POLICY, Policy
from matching.types import Bundle
from store.errors import DuijieError
from store.services import matchmaking, profiles
from store.services.profiles import Profile
from tui import render
from tui.gateway import Gateway
from tui.i18n import _, mark
from tui.messages import sentence
from tui.safe import fit, pad, plain, titled
from tui.screens.base import BaseDialog, caught_up
from tui.widgets.line_input import LineInput
from tui.words import CRITERIA

_CRITERIA = tuple(DEFAULT_POLICY.weights)
_MOST = 100
_SHOWN = 9


class WeightsDialog(BaseDialog[Policy]):
    """Answers with the policy to rank with, or with nothing when left."""

    CSS_PATH = "weights.tcss"
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("down,j", "move(1)", mark("down"), show=False, id="weights.down"),
        Binding("up,k", "move(-1)", mark("up"), show=False, id="weights.up"),
        Binding("right,l", "change(1)", mark("More"), show=False, id="weights.more"),
        Binding("left,h", "change(-1)", mark("Less"), show=False, id="weights.less"),
        Binding("pageup", "change(10)", mark("Much more"), show=False, id="weights.much_more"),
        Binding("pagedown", "change(-10)", mark("Much less"), show=False, id="weights.much_less"),
        Binding("0,r", "reset", mark("Built-in weights"), show=False, id="weights.reset"),
        Binding("p", "next_profile", mark("Next profile"), show=False, id="weights.profile"),
        Binding("s", "save", mark("Keep by name"), show=False, id="weights.save"),
        Binding("enter", "apply", mark("Rank with these"), priority=True, id="weights.apply"),
    ]

    def __init__(self, gateway: Gateway, need: str, policy: Policy) -> None:
        super().__init__()
        self._gateway = gateway
        self._need = need
        self._points = {c: round(100 * policy.weights[c]) for c in _CRITERIA}
        self._version = policy.version
        self._at = 0
        self._before: tuple[str, ...] = ()
        self._bundles: tuple[Bundle, ...] = ()
        self._profiles: tuple[Profile, ...] = ()

    def compose(self) -> ComposeResult:
        """Weights on the left, the order on the right, a name to keep them under below."""
        with Vertical(id="weights-panel"):
            with Horizontal():
                yield Static(id="weights")
                yield Static(id="order")
            yield LineInput(id="profile-name", max_length=40, compact=True, disabled=True)
            yield Static(id="told")

    def on_mount(self) -> None:
        """The order as it is, then the profiles there are."""
        self.query_one("#weights-panel").border_title = titled(_("Weights: what if"))
        self._load()

    @work(exclusive=True, group="list")
    async def _load(self) -> None:
        try:
            self._profiles = await self._gateway.read(profiles.profiles, by=self._gateway.by)
        except DuijieError as error:
            self._tell(sentence(error))
        self._draw()
        await self._rank()
        self._before = tuple(bundle.course.id for bundle in self._bundles)
        self._draw()
        self._tell(_("←→ weigh · 0 built in · p profiles · s keep · Enter rank · Esc leave"))

    def _policy(self) -> Policy:
        return profiles.policy_of(
            {c.value: float(p) for c, p in self._points.items()}, self._version
        )

    async def _rank(self) -> None:
        try:
            found = await self._gateway.read(
                matchmaking.rank_bundles,
                self._need,
                by=self._gateway.by,
                today=self._gateway.today,
                top=_SHOWN,
                policy=self._policy(),
            )
        except DuijieError as error:
            self._tell(sentence(error))
            return
        self._bundles = found.ranking.bundles
        self._draw()

    @work(exclusive=True, group="rank")
    async def _rank_again(self) -> None:
        await self._rank()

    def action_move(self, step: int) -> None:
        """Another criterion."""
        self._at = (self._at + step) % len(_CRITERIA)
        self._draw()

    def action_change(self, step: int) -> None:
        """More or less weight for the criterion under the cursor."""
        chosen = _CRITERIA[self._at]
        changed = min(_MOST, max(0, self._points[chosen] + step))
        if changed == 0 and sum(self._points.values()) == self._points[chosen]:
            return
        self._points[chosen] = changed
        self._take(profiles.WHAT_IF)

    def action_reset(self) -> None:
        """The built-in weights."""
        self._points = {c: round(100 * w) for c, w in DEFAULT_POLICY.weights.items()}
        self._take(DEFAULT_POLICY.version)

    def action_next_profile(self) -> None:
        """The centre's profiles in turn."""
        if not self._profiles:
            self._tell(_("No profile is kept yet: s keeps these weights."))
            return
        names = [profile.name for profile in self._profiles]
        here = self._version.rpartition(" v")[0].partition("/")[2]
        at = (names.index(here) + 1) % len(names) if here in names else 0
        chosen = self._profiles[at]
        self._points = {c: round(100 * chosen.weights.get(c, 0.0)) for c in _CRITERIA}
        self._take(f"{chosen.owner}/{chosen.name} v{chosen.version}")

    def _take(self, name: str) -> None:
        self._version = name
        self._draw()
        self._rank_again()

    def action_save(self) -> None:
        """Ask for a name to keep these weights under."""
        field = self.query_one("#profile-name", Input)
        field.disabled = False
        self.set_focus(field)
        self._tell(_("A name for these weights, Enter keeps them for the centre."))

    async def action_apply(self) -> None:
        """Rank with these weights; in the name field, keep them under it."""
        field = self.query_one("#profile-name", Input)
        await caught_up(field)
        if self.focused is field:
            self._save(field.value)
        elif self._version == DEFAULT_POLICY.version:
            self.dismiss(DEFAULT_POLICY)
        else:
            self.dismiss(self._policy())

    @on(Input.Submitted)
    def _named(self, event: Input.Submitted) -> None:
        self._save(event.value)

    @work(exclusive=True, group="save")
    async def _save(self, name: str) -> None:
        weights = {c.value: float(p) for c, p in self._points.items()}
        try:
            kept = await self._gateway.write(profiles.save, name, weights, by=self._gateway.by)
            self._profiles = await self._gateway.read(profiles.profiles, by=self._gateway.by)
        except DuijieError as error:
            self._tell(sentence(error))
            return
        field = self.query_one("#profile-name", Input)
        self.set_focus(None)
        field.disabled = True
        self._version = f"{kept.owner}/{kept.name} v{kept.version}"
        self._draw()
        self._tell(
            _("Kept: {name}, version {version}.").format(name=kept.name, version=kept.version)
        )

    def _draw(self) -> None:
        for panel in self.query("#weights").results(Static):
            panel.update(self._weights_text())
            self.query_one("#order", Static).update(self._order_text())

    def _weights_text(self) -> Text:
        text = plain(self._version + "\n", "dim")
        total = sum(self._points.values()) or 1
        for at, criterion in enumerate(_CRITERIA):
            points = self._points[criterion]
            share = 100 * points / total
            bar = render.bar(min(1.0, share / 50), 10)
            line = f"{pad(_(CRITERIA[criterion]), 12)} {bar} {share:4.0f}%"
            sign = "▸" if at == self._at else " "
            text.append_text(plain(f"{sign}{line}\n", "reverse" if at == self._at else ""))
        return text

    def _order_text(self) -> Text:
        width = max(20, self.query_one("#order", Static).size.width)
        text = plain(_("Order, and where it was") + "\n", "dim")
        for at, bundle in enumerate(self._bundles, 1):
            moved = self._moved(bundle, at)
            line = f"{moved} {at} {100 * bundle.score:3.0f} {bundle.course.title}"
            text.append_text(plain(fit(line, width) + "\n", "bold" if moved.strip() else ""))
        return text

    def _moved(self, bundle: Bundle, at: int) -> str:
        """`▲2`, `▼1`, `new` or nothing."""
        if not self._before:
            return "  "
        if bundle.course.id not in self._before:
            return "▲ "
        step = self._before.index(bundle.course.id) + 1 - at
        return f"▲{step}" if step > 0 else f"▼{-step}" if step < 0 else "  "

    def _tell(self, words: str) -> None:
        for told in self.query("#told").results(Static):
            told.update(plain(words))
