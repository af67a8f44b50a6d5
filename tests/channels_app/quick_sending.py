"""Loaded by the workers of tests that kill them (celery -I): what a dead one held comes free in seconds.

The proportions stay: a lease is longer than two batches and what handing one message over takes. Any queue counts as
long, so that two workers hand over at a time.
"""

from accounts.notify import sending

sending.LEASE_SECONDS = 6
sending.BATCH_SECONDS = 1
sending.MANY = 2
