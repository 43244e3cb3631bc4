"""The app in examples/caller calls an API by name; name server and API are on loopback."""

from pathlib import Path

import pytest

from tests.examples.caller.api_server import SLOW_SECONDS, Behavior
from tests.examples.caller.caller import TIMEOUT_SECONDS, Caller, failed_start

TRACE = "105445aa7843bc8bf206b12000100000"


def test_the_home_page_shows_the_answer_of_the_api(caller: Caller) -> None:
    answer = caller.get("/")
    assert (answer.status, answer.kind, answer.body) == (200, "text/x-api", "the API is healthy\n")


def test_a_healthy_path_has_three_successful_hops(caller: Caller) -> None:
    answer = caller.get("/health")
    assert answer.status == 200
    assert answer.json["failed"] is None
    assert [(hop["hop"], hop["ok"]) for hop in answer.json["hops"]] == [
        ("name", True),
        ("connection", True),
        ("answer", True),
    ]
    assert answer.hops["name"] == "127.0.0.1"
    assert answer.hops["answer"] == "HTTP status 200"


def test_healthz_is_an_alias_of_health(caller: Caller) -> None:
    caller.api("failing")
    usual = caller.get("/healthz")
    assert (usual.status, usual.hops) == (503, caller.get("/health").hops)


def test_each_hop_reports_its_duration(caller: Caller) -> None:
    answer = caller.get("/health")
    taken = [hop["milliseconds"] for hop in answer.json["hops"]]
    assert all(milliseconds > 0 for milliseconds in taken)
    assert sum(taken) <= answer.seconds * 1000


def test_a_name_that_does_not_exist_fails_the_hop_name(caller: Caller) -> None:
    caller.name("absent")
    answer = caller.get("/health")
    assert (answer.status, answer.json["failed"]) == (503, "name")
    assert answer.hops == {"name": "name not found"}
    caller.name("found")
    assert caller.get("/health").status == 200


def test_a_name_server_that_does_not_answer_fails_the_hop_name(caller: Caller) -> None:
    caller.name("silent")
    answer = caller.get("/health")
    assert answer.hops == {"name": "timeout"}
    assert TIMEOUT_SECONDS <= answer.seconds < 4 * TIMEOUT_SECONDS


def test_an_address_without_a_route_fails_the_hop_connection(caller: Caller) -> None:
    caller.name("unrouted")
    answer = caller.get("/health")
    assert (answer.status, answer.json["failed"]) == (503, "connection")
    assert answer.hops == {"name": "255.255.255.255", "connection": "no route"}


def test_a_closed_port_fails_the_hop_connection(caller: Caller) -> None:
    caller.api("closed")
    answer = caller.get("/health")
    assert (answer.status, answer.json["failed"]) == (503, "connection")
    assert answer.hops == {"name": "127.0.0.1", "connection": "refused"}
    caller.api("healthy")
    assert caller.get("/health").status == 200


def test_dropped_packets_fail_the_hop_connection(caller: Caller) -> None:
    caller.api("dropping")
    answer = caller.get("/health")
    assert (answer.status, answer.json["failed"]) == (503, "connection")
    assert answer.hops == {"name": "127.0.0.1", "connection": "timeout"}
    (_, connection) = answer.json["hops"]
    assert 1 <= connection["milliseconds"] / 1000 / TIMEOUT_SECONDS < 4


def test_a_slow_api_fails_the_hop_answer(caller: Caller) -> None:
    caller.api("slow")
    answer = caller.get("/health")
    assert (answer.status, answer.json["failed"]) == (503, "answer")
    assert answer.hops["answer"] == "timeout"
    assert TIMEOUT_SECONDS <= answer.seconds < SLOW_SECONDS
    caller.api("healthy")
    assert caller.get("/health").status == 200


def test_an_error_of_the_api_fails_the_hop_answer(caller: Caller) -> None:
    caller.api("failing")
    answer = caller.get("/health")
    assert (answer.status, answer.json["failed"]) == (503, "answer")
    assert answer.hops["answer"] == "HTTP status 500"
    caller.api("healthy")
    assert caller.get("/health").status == 200


def test_the_health_check_does_not_retry(caller: Caller) -> None:
    caller.api("starting", "healthy")
    assert caller.get("/health").hops["answer"] == "HTTP status 503"
    assert len(caller.requests) == 1


def test_a_transient_failure_is_retried_once(caller: Caller) -> None:
    caller.api("starting", "healthy")
    answer = caller.get("/")
    assert (answer.status, len(caller.requests)) == (200, 2)


def test_the_retry_is_delayed(caller: Caller) -> None:
    caller.api("starting", "healthy")
    assert caller.get("/").seconds >= 0.1


def test_there_is_only_one_retry(caller: Caller) -> None:
    caller.api("starting")
    answer = caller.get("/")
    assert (answer.status, len(caller.requests)) == (503, 2)


def test_an_error_of_the_api_is_shown_and_not_retried(caller: Caller) -> None:
    caller.api("failing")
    answer = caller.get("/")
    assert (answer.status, answer.body, len(caller.requests)) == (500, "the API is failing\n", 1)


@pytest.mark.parametrize(
    ("behavior", "status"), [("closed", 502), ("slow", 504), ("dropping", 504)]
)
def test_without_an_answer_the_app_returns_a_gateway_error(
    caller: Caller, behavior: Behavior, status: int
) -> None:
    caller.api(behavior)
    answer = caller.get("/")
    assert answer.status == status
    assert "/health" in answer.body


def test_calls_share_connections(caller: Caller) -> None:
    for _ in range(8):
        caller.get("/")
    assert len(caller.requests) == 8
    # One connection per worker process.
    assert len({request["peer"] for request in caller.requests}) <= 2


def test_trace_headers_are_passed_on_to_the_api(caller: Caller) -> None:
    headers = {"X-Cloud-Trace-Context": f"{TRACE}/1;o=1", "traceparent": f"00-{TRACE}-01-01"}
    caller.get("/", headers)
    (request,) = caller.requests
    assert request.items() >= headers.items()


def test_a_failure_is_logged_with_the_trace_of_its_request(caller: Caller) -> None:
    caller.api("closed")
    caller.get("/health", {"X-Cloud-Trace-Context": f"{TRACE}/1;o=1"})
    entry = caller.entries[-1]
    assert entry["severity"] == "ERROR"
    assert entry["message"] == "The call to the API fails at hop connection"
    assert entry["logging.googleapis.com/trace"] == f"projects/my-project-id/traces/{TRACE}"


def test_a_retry_is_logged_as_a_warning(caller: Caller) -> None:
    caller.api("starting", "healthy")
    caller.get("/")
    entry = caller.entries[-1]
    assert entry["severity"] == "WARNING"
    assert "HTTP status 503" in entry["message"]


def test_invalid_settings_prevent_the_start_and_are_logged_together(tmp_path: Path) -> None:
    entry = failed_start(tmp_path, {"API_URL": "x", "API_TIMEOUT_SECONDS": "y"})[-1]
    assert entry["severity"] == "CRITICAL"
    assert "API_URL is 'x': it must be" in entry["message"]
    assert "API_TIMEOUT_SECONDS is 'y': it must be" in entry["message"]
