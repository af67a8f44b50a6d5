"""Signing in: who may activate a login, who loses it, and the second step that administrators must take.

Built on django-allauth. `rules` thinks, `logins` writes, the rest are the thin edges that allauth asks for.
"""
