"""Makes the key that telephones are woken with (VAPID_PRIVATE_KEY). Run: python -m scripts.vapid"""

import sys
from base64 import urlsafe_b64encode

from cryptography.hazmat.primitives.asymmetric import ec


def new_key() -> str:
    """Return a new private key on P-256: 32 bytes in base64url, as RFC 8292 servers keep it."""
    number = ec.generate_private_key(ec.SECP256R1()).private_numbers().private_value
    return urlsafe_b64encode(number.to_bytes(32, "big")).decode().rstrip("=")


if __name__ == "__main__":
    sys.stdout.write(f"VAPID_PRIVATE_KEY={new_key()}\n")
