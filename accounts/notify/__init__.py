"""The one place that reaches people. A message is a row first, claimed before it is sent, and written once.

Whoever has something to say calls `tell` (or `announce`, `post`) inside the transaction that makes it true; a job then
sends what is open. Access is asked again at the moment of sending: a message about an account goes to nobody who may
not see it by then. A message that a crash makes leave twice carries the same Message-ID both times.

telling.py writes the rows, composing.py what they say when they leave, sending.py hands them over; what comes back is
read by bounces.py.
"""

from accounts.notify.composing import content
from accounts.notify.telling import NOTICE, Message, News, announce, post, send_soon, tell, tell_administrators

__all__ = ["NOTICE", "Message", "News", "announce", "content", "post", "send_soon", "tell", "tell_administrators"]
