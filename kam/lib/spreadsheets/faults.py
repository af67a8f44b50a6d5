"""The one exception of this package."""


class Unreadable(Exception):
    """The whole file can't be used. `code` names the reason for programs, `params` what a sentence about it needs."""

    def __init__(self, code: str, **params: str) -> None:
        super().__init__(code, params)
        self.code = code
        self.params = params
