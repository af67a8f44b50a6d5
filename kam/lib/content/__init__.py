"""What an uploaded file is, told by its content alone: never by its name, nor by what a browser said of it."""

from kam.lib.content.kinds import ACCEPT, CONTENT_TYPES, Found, Kind, Unwelcome, in_words
from kam.lib.content.names import mended_name
from kam.lib.content.recognise import recognise

__all__ = ["ACCEPT", "CONTENT_TYPES", "Found", "Kind", "Unwelcome", "in_words", "mended_name", "recognise"]
