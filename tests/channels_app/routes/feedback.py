"""Who gets in at the addresses of feedback."""

from tests.matrix import SEE_PANKKI, Route, pankki

ROUTES: dict[str, Route] = {
    "feedback": Route(SEE_PANKKI, pankki),
    "write_to_director": Route(SEE_PANKKI, pankki),
}
