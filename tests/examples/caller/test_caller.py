"""examples/caller against a real name server and a real API, both on loopback."""

from pathlib import Path

import pytest

from tests.examples.caller.api_server import SLOW_SECONDS, Mood
from tests.examples.caller.caller import TIMEOUT_SECONDS, Caller, refusal

TRACE = "105445aa7843bc8bf206b12000100000"


def test_the_first_page_shows_the_apis_answer(caller: Caller) -> None:
    answer = caller.get("/")
    assert (answer.status, answer.kind, answer.body) == (200, "text/x-api", "the API is healthy\n")


def test_a_healthy_way_has_three_good_hops(caller: Caller) -> None:
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


def test_the_usual_name_shows_the_same(caller: Caller) -> None:
    caller.api("failing")
    usual = caller.get("/healthz")
    assert (usual.status, usual.hops) == (503, caller.get("/health").hops)


def test_each_hop_tells_how_long_it_took(caller: Caller) -> None:
    answer = caller.get("/health")
    taken = [hop["milliseconds"] for hop in answer.json["hops"]]
    assert all(one > 0 for one in taken)
    assert sum(taken) <= answer.seconds * 1000


def test_a_name_that_nobody_knows(caller: Caller) -> None:
    caller.name("absent")
    answer = caller.get("/health")
    assert (answer.status, answer.json["failed"]) == (503, "name")
    assert answer.hops == {"name": "name not found"}
    caller.name("found")
    assert caller.get("/health").status == 200


def test_a_name_server_that_says_nothing(caller: Caller) -> None:
    caller.name("silent")
    answer = caller.get("/health")
    assert answer.hops == {"name": "timeout"}
    assert TIMEOUT_SECONDS <= answer.seconds < 4 * TIMEOUT_SECONDS


def test_an_address_without_a_route(caller: Caller) -> None:
    caller.name("unrouted")
    answer = caller.get("/health")
    assert (answer.status, answer.json["failed"]) == (503, "connection")
    assert answer.hops == {"name": "255.255.255.255", "connection": "no route"}


def test_a_port_that_nobody_listens_on(caller: Caller) -> None:
    caller.api("closed")
    answer = caller.get("/health")
    assert (answer.status, answer.json["failed"]) == (503, "connection")
    assert answer.hops == {"name": "127.0.0.1", "connection": "refused"}
    caller.api("healthy")
    assert caller.get("/health").status == 200


def test_packets_that_are_dropped(caller: Caller) -> None:
    caller.api("deaf")
    answer = caller.get("/health")
    assert (answer.status, answer.json["failed"]) == (503, "connection")
    assert answer.hops == {"name": "127.0.0.1", "connection": "timeout"}
    (_, connection) = answer.json["hops"]
    assert 1 <= connection["milliseconds"] / 1000 / TIMEOUT_SECONDS < 4


def test_an_api_that_is_slow(caller: Caller) -> None:
    caller.api("slow")
    answer = caller.get("/health")
    assert (answer.status, answer.json["failed"]) == (503, "answer")
    assert answer.hops["answer"] == "timeout"
    assert TIMEOUT_SECONDS <= answer.seconds < SLOW_SECONDS
    caller.api("healthy")
    assert caller.get("/health").status == 200


def test_an_api_that_fails(caller: Caller) -> None:
    caller.api("failing")
    answer = caller.get("/health")
    assert (answer.status, answer.json["failed"]) == (503, "answer")
    assert answer.hops["answer"] == "HTTP status 500"
    caller.api("healthy")
    assert caller.get("/health").status == 200


def test_the_probe_does_not_try_twice(caller: Caller) -> None:
    caller.api("starting", "healthy")
    assert caller.get("/health").hops["answer"] == "HTTP status 503"
    assert len(caller.seen) == 1


def test_a_call_that_failed_in_passing_is_tried_once_more(caller: Caller) -> None:
    caller.api("starting", "healthy")
    answer = caller.get("/")
    assert (answer.status, len(caller.seen)) == (200, 2)


def test_the_second_try_waits_a_moment(caller: Caller) -> None:
    caller.api("starting", "healthy")
    assert caller.get("/").seconds >= 0.1


def test_there_is_no_third_try(caller: Caller) -> None:
    caller.api("starting")
    answer = caller.get("/")
    assert (answer.status, len(caller.seen)) == (503, 2)


def test_an_error_of_the_api_itself_is_shown_and_not_tried_again(caller: Caller) -> None:
    caller.api("failing")
    answer = caller.get("/")
    assert (answer.status, answer.body, len(caller.seen)) == (500, "the API is failing\n", 1)


@pytest.mark.parametrize(("mood", "status"), [("closed", 502), ("slow", 504), ("deaf", 504)])
def test_no_answer_is_the_gateways_error(caller: Caller, mood: Mood, status: int) -> None:
    caller.api(mood)
    answer = caller.get("/")
    assert answer.status == status
    assert "/health" in answer.body


def test_calls_share_connections(caller: Caller) -> None:
    for _ in range(8):
        caller.get("/")
    assert len(caller.seen) == 8
    # One a worker process.
    assert len({request["peer"] for request in caller.seen}) <= 2


def test_the_trace_goes_on_to_the_api(caller: Caller) -> None:
    headers = {"X-Cloud-Trace-Context": f"{TRACE}/1;o=1", "traceparent": f"00-{TRACE}-01-01"}
    caller.get("/", headers)
    (request,) = caller.seen
    assert request.items() >= headers.items()


def test_a_failure_is_logged_under_its_request(caller: Caller) -> None:
    caller.api("closed")
    caller.get("/health", {"X-Cloud-Trace-Context": f"{TRACE}/1;o=1"})
    entry = caller.entries[-1]
    assert entry["severity"] == "ERROR"
    assert entry["message"] == "The call to the API fails at hop connection"
    assert entry["logging.googleapis.com/trace"] == f"projects/my-project-id/traces/{TRACE}"


def test_a_second_try_is_logged_as_a_warning(caller: Caller) -> None:
    caller.api("starting", "healthy")
    caller.get("/")
    entry = caller.entries[-1]
    assert entry["severity"] == "WARNING"
    assert "HTTP status 503" in entry["message"]


def test_bad_settings_end_the_start_and_are_told_together(tmp_path: Path) -> None:
    entry = refusal(tmp_path, {"API_URL": "x", "API_TIMEOUT_SECONDS": "y"})[-1]
    assert entry["severity"] == "CRITICAL"
    assert "API_URL is 'x': it must be" in entry["message"]
    assert "API_TIMEOUT_SECONDS is 'y': it must be" in entry["message"]
