"""What stops a run: one sentence that says which layer, which field, what was expected and what to do."""

from __future__ import annotations

from redline.core.catalogue import text


class InputError(Exception):
    """The input cannot be used as it is. `str(error)` is a sentence for the user in the language asked for."""

    def __init__(self, text_id: str, language: str, **words: object) -> None:
        super().__init__(text(text_id, language, **words))
        self.text_id = text_id
