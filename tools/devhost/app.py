"""Loads a function app with Microsoft's worker library, and invokes its functions."""

import contextlib
import importlib
import json
import logging
import sys
import time
import traceback
import uuid
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from azure_functions_runtime import handle_event, loader, native_invocation
from azure_functions_runtime.bindings.datumdef import Datum
from azure_functions_runtime.bindings.meta import load_binding_registry
from azure_functions_runtime.utils import threadpool

from devhost.errors import CannotStart

HTTP, EVENT_GRID, TIMER = "httpTrigger", "eventGridTrigger", "timerTrigger"

_log = logging.getLogger("devhost")


@dataclass(frozen=True, slots=True)
class Function:
    """A function of the app. `trigger` is the binding of its trigger, as in function.json."""

    id: str
    name: str
    trigger: dict[str, Any]

    @property
    def kind(self) -> str:
        """Returns the type of its trigger."""
        return str(self.trigger["type"])


class InvocationFailed(Exception):
    """The function raised an error, or returned a value that its binding does not take."""


class Protos:
    """The part of the protocol between host and worker that the library reads to index an app."""

    class BindingInfo:
        """The directions and data types of a binding."""

        out = 1
        inout = 2
        undefined = 0


def load(folder: Path) -> list[Function]:
    """Returns the functions of the app in `folder`, by name.

    Raises:
        CannotStart: the app does not load.
    """
    if not (folder / "function_app.py").is_file():
        raise CannotStart(
            f"There is no function_app.py in {folder}. Name the folder of an app with --app."
        )
    sys.path.insert(0, str(folder))
    importlib.invalidate_caches()
    with _in_one_line(folder):
        load_binding_registry()
        indexed = loader.index_function_app(str(folder / "function_app.py"))
        functions = [_register(function) for function in indexed]
    threadpool.start_threadpool_executor()
    return sorted(functions, key=lambda function: function.name.upper())


async def invoke(function: Function, data: Datum) -> Datum | None:
    """Runs a function on the data of its trigger, and returns its result.

    Raises:
        InvocationFailed: the function failed. The message is its error, which the library logs.
    """
    inputs = [(function.trigger["name"], data)]
    ok, answer, _, error, _ = await native_invocation.invocation_request_native(
        str(uuid.uuid4()), function.id, inputs, {}
    )
    if not ok:
        raise InvocationFailed(error)
    return answer


@contextlib.contextmanager
def logged(function: Function) -> Iterator[list[str]]:
    """Logs one invocation: its outcome and how long it took.

    The outcome is the last item of the list, which has "failed" at first. An empty list is not
    logged.
    """
    began = time.perf_counter()
    outcome = ["failed"]
    try:
        yield outcome
    finally:
        if outcome:
            _log.info(
                "%s %s %.0f ms", function.name, outcome[-1], 1000 * (time.perf_counter() - began)
            )


async def run(function: Function, data: Datum) -> None:
    """Invokes a function and ignores its result.

    Raises:
        InvocationFailed: the function failed.
    """
    with logged(function) as outcome:
        await invoke(function, data)
        outcome.append("done")


def _register(function: Any) -> Function:
    info = handle_event._functions.add_indexed_function(function, Protos)
    bindings = [json.loads(binding) for binding in function.get_raw_bindings()]
    return Function(
        info.function_id,
        info.name,
        next(binding for binding in bindings if binding["type"].endswith("Trigger")),
    )


@contextlib.contextmanager
def _in_one_line(folder: Path) -> Iterator[None]:
    """Raises CannotStart with one line for an error of the app and its place. Hides the library's
    own messages."""
    library = logging.getLogger("azure.functions")
    library.disabled = True
    try:
        yield
    except (Exception, SystemExit) as error:
        raise CannotStart(_one_line(error, folder)) from None
    finally:
        library.disabled = False


def _one_line(error: BaseException, folder: Path) -> str:
    if isinstance(error, SyntaxError):
        return f"The app does not load: {error.filename}, line {error.lineno}: {error.msg}."
    places = [
        frame
        for frame in traceback.extract_tb(error.__traceback__)
        if _is_the_apps(Path(frame.filename), folder)
    ]
    place = f"{places[-1].filename}, line {places[-1].lineno}: " if places else ""
    hint = (
        " Is the package in requirements.txt and installed (make install)?"
        if isinstance(error, ImportError)
        else ""
    )
    text = " ".join(str(error).split(" Please check the requirements.txt")[0].split())
    return f"The app does not load: {place}{type(error).__name__}: {text}{hint}"


def _is_the_apps(file: Path, folder: Path) -> bool:
    return (
        file.is_relative_to(folder)
        and "site-packages" not in file.parts
        and file.parent != Path(__file__).parent
    )
