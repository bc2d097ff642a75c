"""Which function answers, and with which parameters."""

import pytest

from devhost.routing import Match, Route, Router
from testkit.devhost import Devhost, running_devhost
from tests.devhost.apps import written_app


@pytest.mark.parametrize(
    ("path", "a", "b"),
    [
        ("/echo/1/2", "1", "2"),
        ("/ECHO/one/Two/", "one", "Two"),
        ("/echo/8%3Aacs%3Ax/2", "8:acs:x", "2"),
        ("/echo/a%2Fb/a%252Fb", "a%2Fb", "a%2Fb"),
        ("/echo/%C3%A9/%F0%9F%98%80", "é", "😀"),
        ("/echo/%FF/%C3x", "%FF", "%C3x"),
        ("/echo/%zz/%", "%zz", "%"),
        ("/echo/a+b/%2B", "a+b", "+"),
        ("/x/../echo/./1/%2e%2e/3/2", "3", "2"),
        ("/../echo/1/2", "1", "2"),
        ("/echo/1/2/x/..", "1", "2"),
    ],
)
def test_a_path_is_decoded_once_and_matched_ignoring_case_and_one_slash(
    devhost: Devhost, path: str, a: str, b: str
) -> None:
    assert devhost.get(path).json()["route"] == {"a": a, "b": b}


@pytest.mark.parametrize(
    "path",
    ["/echo//2", "//echo/1/2", "/echo/1/2//", "/echo/1", "/echo/1/2/3", "/echo/1%2F2", "/nothing"],
)
def test_what_fits_no_route_is_an_empty_404(devhost: Devhost, path: str) -> None:
    reply = devhost.get(path)
    assert (reply.status, reply.body, reply.headers["content-length"]) == (404, b"", "0")


def test_a_nul_in_the_path_is_400(devhost: Devhost) -> None:
    assert devhost.get("/echo/%00/2").status == 400


def test_a_known_path_with_another_method_is_404(devhost: Devhost) -> None:
    assert devhost.request("PUT", "/echo/1/2").status == 404


@pytest.mark.parametrize(("method", "status"), [("HEAD", 404), ("OPTIONS", 404)])
def test_head_and_options_are_404_where_a_function_does_not_list_them(
    devhost: Devhost, method: str, status: int
) -> None:
    assert devhost.request(method, "/echo/1/2").status == status


@pytest.mark.parametrize("method", ["HEAD", "OPTIONS"])
def test_head_and_options_reach_a_function_that_lists_them(devhost: Devhost, method: str) -> None:
    reply = devhost.request(method, "/listed")
    assert (reply.status, reply.headers["x-method"]) == (200, method)


def test_a_function_that_lists_no_methods_takes_all(devhost: Devhost) -> None:
    assert devhost.request("PATCH", "/any/method").body == b"PATCH"


def test_colons_are_literals(devhost: Devhost) -> None:
    assert devhost.request("POST", "/participants:add/7:now").body == b"7"


def test_the_first_function_by_name_wins(devhost: Devhost) -> None:
    assert devhost.get("/order/fixed").body == b"Alpha"


def test_of_two_functions_that_clash_the_second_is_not_loaded(devhost: Devhost) -> None:
    assert devhost.request("PUT", "/clash/1").body == b"clash_a"
    assert devhost.request("PATCH", "/clash/1").status == 404
    assert (
        "Function clash_b is not loaded: clash_a has its route 'clash/{id}' with the same method."
        in devhost.printed()
    )


def test_other_methods_or_another_text_are_no_clash(devhost: Devhost) -> None:
    assert devhost.request("DELETE", "/clash/1").body == b"clash_not_method"
    assert devhost.request("POST", "/clash/1").body == b"clash_not_text"


def test_a_reserved_route_is_not_loaded(devhost: Devhost) -> None:
    assert devhost.get("/administration").status == 404
    assert (
        "Function reserved is not loaded: its route 'administration' begins with a reserved word"
        in devhost.printed()
    )


def test_the_root_is_the_hosts_page(devhost: Devhost) -> None:
    reply = devhost.get("/")
    assert (reply.status, reply.headers["content-type"]) == (200, "text/html; charset=utf-8")


def test_a_route_at_the_root_is_the_root_only() -> None:
    router = Router("", [Route("root", "", frozenset({"GET"}))])
    assert router.find("GET", "/") == Match("root", {})
    assert [router.find("GET", path) for path in ("//", "/root")] == [None, None]


def test_without_host_json_routes_are_under_api_and_the_page_can_be_disabled(
    tmp_path_factory: pytest.TempPathFactory,
) -> None:
    folder = tmp_path_factory.mktemp("defaults")
    source = "@app.route()\ndef hello(req: func.HttpRequest) -> str:\n    return 'hello'"
    app = written_app(folder / "app", source, {"AzureWebJobsDisableHomepage": "true"})
    with running_devhost(app, folder) as devhost:
        assert devhost.get("/api/hello").body == b"hello"
        assert devhost.get("/hello").status == 404
        assert devhost.get("/").status == 204
