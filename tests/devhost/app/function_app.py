"""One function for each thing that the tests of devhost look at."""

import asyncio
import json
import os
import time
from pathlib import Path

import azure.functions as func

app = func.FunctionApp(http_auth_level=func.AuthLevel.ANONYMOUS)

received: list[str] = []
ticks: list[str] = []
barrier = asyncio.Barrier(2)


def _seen(req: func.HttpRequest) -> str:
    return json.dumps(
        {
            "method": req.method,
            "url": req.url,
            "headers": dict(req.headers),
            "params": dict(req.params),
            "route": dict(req.route_params),
            "body": req.get_body().decode("latin-1"),
        }
    )


@app.route("echo/{a}/{b}", methods=["GET", "POST", "DELETE"])
async def echo(req: func.HttpRequest) -> func.HttpResponse:
    return func.HttpResponse(_seen(req), mimetype="application/json")


@app.route("any/method")
def any_method(req: func.HttpRequest) -> str:
    return str(req.method)


@app.route("listed", methods=["HEAD", "OPTIONS"])
async def listed(req: func.HttpRequest) -> func.HttpResponse:
    return func.HttpResponse(headers={"X-Method": req.method})


@app.route("participants:add/{id}:now", methods=["POST"])
async def colons(req: func.HttpRequest) -> str:
    return str(req.route_params["id"])


@app.route("order/fixed", methods=["GET"])
async def zeta(req: func.HttpRequest) -> str:
    return "zeta"


@app.route("order/{anything}", methods=["GET"])
async def Alpha(req: func.HttpRequest) -> str:  # noqa: N802 - order ignores case
    return "Alpha"


@app.route("clash/{id}", methods=["GET", "PUT"])
async def clash_a(req: func.HttpRequest) -> str:
    return "clash_a"


@app.route("clash/{id}", methods=["PUT", "PATCH"])
async def clash_b(req: func.HttpRequest) -> str:
    return "clash_b"


@app.route("clash/{id}", methods=["DELETE"])
async def clash_not_method(req: func.HttpRequest) -> str:
    return "clash_not_method"


@app.route("clash/{other}", methods=["PUT", "POST"])
async def clash_not_text(req: func.HttpRequest) -> str:
    return "clash_not_text"


@app.route("administration", methods=["GET"])
async def reserved(req: func.HttpRequest) -> str:
    return "reserved"


@app.route("fails", methods=["GET"])
async def fails(req: func.HttpRequest) -> str:
    raise ValueError("as the test wants")


@app.route("no-content", methods=["GET"])
async def no_content(req: func.HttpRequest) -> func.HttpResponse:
    return func.HttpResponse(status_code=204, headers={"Content-Type": ""})


@app.route("typed/{how}", methods=["GET"])
async def typed(req: func.HttpRequest) -> func.HttpResponse:
    match req.route_params["how"]:
        case "not":
            return func.HttpResponse("x", headers={"Content-Type": ""})
        case "sized":
            return func.HttpResponse("sized", headers={"Content-Length": "5", "X-One": "1"})
        case "unprintable":
            return func.HttpResponse("x", headers={"X-Name": "caf\u00e9"})
        case _:
            return func.HttpResponse("x")


@app.route("cookies", methods=["GET"])
async def cookies(req: func.HttpRequest) -> func.HttpResponse:
    response = func.HttpResponse("x")
    response.headers.add("Set-Cookie", "a=1")
    response.headers.add("Set-Cookie", "b=2")
    return response


@app.route("settings", methods=["GET"])
async def settings(req: func.HttpRequest) -> str:
    return json.dumps({name: os.environ.get(name) for name in req.params["names"].split(",")})


@app.route("waits", methods=["GET"])
def waits(req: func.HttpRequest) -> str:
    Path(req.params["started"]).touch()
    while not Path(req.params["until"]).exists():
        time.sleep(0.01)
    return "waited"


@app.route("received", methods=["GET", "DELETE"])
async def what_was_received(req: func.HttpRequest) -> str:
    answer = json.dumps({"received": received, "ticks": ticks})
    if req.method == "DELETE":
        received.clear()
    return answer


@app.event_grid_trigger("event")
async def Receive(event: str) -> None:  # noqa: N802 - its name is matched exactly
    data = json.loads(event).get("data")
    if data == "fail":
        raise ValueError("as the test wants")
    if data == "together":
        async with asyncio.timeout(10):
            await barrier.wait()
    received.append(event)


@app.event_grid_trigger("event")
async def receive_typed(event: func.EventGridEvent) -> None:
    received.append(f"{event.id} {event.event_type} {event.get_json()}")


@app.timer_trigger("timer", schedule="%EACH_SECOND%")
async def each_second(timer: func.TimerRequest) -> None:
    ticks.append("each_second")


@app.timer_trigger("timer", schedule="0 0 1 1 *")
async def yearly(timer: func.TimerRequest) -> None:
    ticks.append(f"yearly {timer.past_due} {sorted(timer.schedule_status)}")  # type: ignore[attr-defined] # not in the base class
