"""What holds for the address of every request, whichever app answers."""

from collections.abc import Callable

from django.http import Http404, HttpRequest, HttpResponseBase

GetResponse = Callable[[HttpRequest], HttpResponseBase]


def storable_address(get_response: GetResponse) -> GetResponse:
    """Answer 404 where the address has a NUL in it: PostgreSQL keeps none, so nothing of that name can be there.

    Without it, comparing a number from the address would be an error of the database, a 500.
    """

    def check(request: HttpRequest) -> HttpResponseBase:
        if "\0" in request.path_info:
            raise Http404
        return get_response(request)

    return check
