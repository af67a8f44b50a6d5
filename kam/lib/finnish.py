"""Finnish alphabetical order: ... x y z å ä ö, with other accents as their base letter.

The database's own locale is not trusted (the embedded server has none), so names carry a key that sorts by bytes.
`finnish_key` in SQL and in Python give the same key; migration 0001 makes the SQL one from the letters below.
"""

LETTERS = "ABCDEFGHIJKLMNOPQRSTUVWXYZÅÄÖåäöÆØæøÁÀÂÃÉÈÊËÍÌÎÏÓÒÔÕÚÙÛÜÝŠŽÇÑáàâãéèêëíìîïóòôõúùûüýÿšžçñ"
KEYS = "abcdefghijklmnopqrstuvwxyz{|}{|}|}|}aaaaeeeeiiiioooouuuuyszcnaaaaeeeeiiiioooouuuuyyszcn"
_TABLE = str.maketrans(LETTERS, KEYS)


def finnish_key(text: str) -> str:
    """Return a key whose byte order is the Finnish order of `text`; capitals and small letters are equal."""
    return text.translate(_TABLE)
