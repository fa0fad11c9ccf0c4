"""Progress and cancelling, for any long work, without knowing who watches."""

from __future__ import annotations


class Cancelled(Exception):
    """The user asked to stop. The work ends without a result."""


class Progress:
    """A stretch of work from 0 to 1. The base class is silent; a watcher overrides the three hooks."""

    def __init__(self) -> None:
        self._done = 0.0

    def report(self, fraction: float) -> None:
        """Hook: show that `fraction` (0–1) of the whole is done."""

    def say(self, text: str) -> None:
        """Hook: write a line into the log."""

    def cancelled(self) -> bool:
        """Hook: has the user asked to stop?"""
        return False

    def announce(self, text: str) -> None:
        """Hook: name the step that begins."""
        self.say(text)

    def update(self, fraction: float) -> None:
        """Move to `fraction` (0–1) of this stretch. Raises Cancelled where the user asked to stop."""
        if self.cancelled():
            raise Cancelled
        self._done = max(self._done, min(fraction, 1.0))
        self.report(min(max(fraction, 0.0), 1.0))

    def tell(self, text: str) -> None:
        """A line in the log."""
        self.say(text)

    def step(self, text: str = "", share: float = 1.0) -> Progress:
        """The next `share` (0–1) of this stretch behind what is done, as a stretch of its own, named `text`."""
        start = self._done
        self._done = min(1.0, start + share)
        self.update(start)
        if text:
            self.announce(text)
        return _Step(self, start, self._done - start)


class _Step(Progress):
    def __init__(self, whole: Progress, start: float, span: float) -> None:
        super().__init__()
        self._whole, self._start, self._span = whole, start, span

    def report(self, fraction: float) -> None:
        self._whole.report(self._start + self._span * fraction)

    def say(self, text: str) -> None:
        self._whole.say(text)

    def announce(self, text: str) -> None:
        self._whole.announce(text)

    def cancelled(self) -> bool:
        return self._whole.cancelled()
