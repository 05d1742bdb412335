"""Runs one Pulumi program, in the program's own Python; the language host starts it.

Exit status: 0; 1 after a `pulumi.RunError` and 32 after another exception, both already shown
(after a 1 the CLI adds a line, as with the official host); 33 where the Pulumi SDK is missing;
anything else is the program's own.
"""

import asyncio
import json
import logging
import os
import runpy
import signal
import sys
import traceback
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from types import TracebackType
from typing import Any

from lifeline import when_orphaned

RUN_ERROR, EXCEPTION, NO_SDK = 1, 32, 33


def main(parent: int, folder: str, program: str, arguments: list[str], settings: Any) -> int:
    when_orphaned(parent, lambda: os.killpg(0, signal.SIGKILL))
    try:
        import pulumi
        import pulumi.runtime
    except ModuleNotFoundError as error:
        if error.name != "pulumi":
            raise
        return NO_SDK
    runtime = pulumi.runtime
    runtime.set_all_config(runtime.get_config_env(), runtime.get_config_secret_keys_env())
    runtime.configure(runtime.Settings(**settings))
    path = str(Path(folder, program))
    sys.argv = [path, *arguments]
    sys.path[0] = folder
    try:
        _run(lambda: runpy.run_path(path, run_name="__main__"), settings["parallel"])
    except pulumi.RunError as error:
        pulumi.log.error(str(error))
        return RUN_ERROR
    except Exception as error:
        shown = "".join(traceback.format_exception(type(error), error, _own_frames(error, folder)))
        pulumi.log.error(f"the program failed with an unhandled exception:\n{shown}")
        return EXCEPTION
    return 0


def _run(program: Callable[[], Any], parallel: int) -> None:
    from pulumi.runtime import run_in_stack

    # What is left unfinished after an error is no news: the error itself is shown.
    logging.getLogger("asyncio").setLevel(logging.CRITICAL)
    loop = asyncio.new_event_loop()
    asyncio.set_event_loop(loop)
    with ThreadPoolExecutor(max(parallel, 1) * 4) as executor:
        loop.set_default_executor(executor)
        loop.run_until_complete(run_in_stack(program))
    loop.close()


def _own_frames(error: Exception, folder: str) -> TracebackType | None:
    """The traceback from the first frame of the program's own files on."""
    frame = error.__traceback__
    while frame is not None:
        file = frame.tb_frame.f_code.co_filename
        if file.startswith(folder + os.sep) and "site-packages" not in file:
            return frame
        frame = frame.tb_next
    return None if isinstance(error, SyntaxError) else error.__traceback__


if __name__ == "__main__":
    sys.exit(main(**json.loads(sys.argv[1])))
