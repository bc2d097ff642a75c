import azure.functions as func
import pytest

from rooms.auth.url import describe, path_and_query, route_url


def request(url: str, **headers: str) -> func.HttpRequest:
    return func.HttpRequest(
        "GET",
        url,
        headers={name.replace("_", "-"): value for name, value in headers.items()},
        body=b"",
    )


@pytest.mark.parametrize(
    ("url", "found"),
    [
        ("https://h:1:1/a%2Fb?x=http://y/z", "/a%2Fb?x=http://y/z"),
        ("https://h", "/"),
        ("https://h?x=1", "/?x=1"),
        ("/a?b", "/a?b"),
    ],
)
def test_path_and_query_are_cut_from_the_url_unchanged(url: str, found: str) -> None:
    assert path_and_query(url) == found


@pytest.mark.parametrize(
    "host", ["localhost:7071", "[::1]:7071", "rooms.example.net", "[", "h:1:1"]
)
def test_the_url_of_a_route_has_the_scheme_and_host_of_the_request(host: str) -> None:
    assert (
        route_url(request(f"https://{host}/rooms?api-version=1", host=host), False)
        == f"https://{host}/rooms"
    )


def test_a_forwarded_host_counts_only_if_trusted() -> None:
    forwarded = request(
        "https://inner/rooms", host="inner", x_forwarded_host="rooms.example.net, inner"
    )
    assert route_url(forwarded, True) == "https://rooms.example.net/rooms"
    assert route_url(forwarded, False) == "https://inner/rooms"
    assert route_url(request("https://inner/rooms", host="inner"), True) == "https://inner/rooms"


@pytest.mark.parametrize(
    ("proto", "scheme"),
    [
        ("https", "https"),
        ("HTTPS, http", "https"),
        (" http ,https", "http"),
        ("", "ftp"),
        ("wss", "ftp"),
        (",https", "ftp"),
        ("https://evil.example/", "ftp"),
    ],
)
def test_a_forwarded_scheme_counts_if_it_is_one_of_http(proto: str, scheme: str) -> None:
    forwarded = request("ftp://inner:81/rooms?a=b", host="inner:81", x_forwarded_proto=proto)
    assert route_url(forwarded, True) == f"{scheme}://inner:81/rooms"


def test_a_forwarded_scheme_counts_only_if_trusted() -> None:
    forwarded = request("http://inner/rooms", host="inner", x_forwarded_proto="https")
    assert route_url(forwarded, False) == "http://inner/rooms"


def test_a_scheme_and_a_host_are_forwarded_together() -> None:
    forwarded = request(
        "http://inner/rooms", x_forwarded_host="rooms.example.net", x_forwarded_proto="https"
    )
    assert route_url(forwarded, True) == "https://rooms.example.net/rooms"


@pytest.mark.parametrize("person", ["8:acs:one_two", "8%3Aacs%3Aone_two", "PA_one"])
def test_a_path_in_the_log_has_no_person(person: str) -> None:
    url = f"https://h/rooms/1/call/participants/{person}/mute?a=b"
    assert describe(request(url)) == "GET /rooms/1/call/participants/*/mute"
