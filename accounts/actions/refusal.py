"""How an action says no to a person: one sentence, in their language, that says what to do instead."""


class Refusal(Exception):
    """The action was not done, and nothing was written. `code` is for code, the text for people."""

    def __init__(self, code: str, message: str) -> None:
        super().__init__(message)
        self.code = code
        self.message = message
