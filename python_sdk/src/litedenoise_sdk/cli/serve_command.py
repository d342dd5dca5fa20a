"""``litedenoise serve``: the service and its page."""

import argparse
import os
from dataclasses import fields

from litedenoise_sdk.errors import LiteDenoiseError

KEY_VARIABLE = "LITEDENOISE_API_KEY"

INSTALLED = ""
"""Stands for the folder that is installed."""


def add_to(commands: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    parser = commands.add_parser(
        "serve",
        help="a service and a page in the browser",
        description="Serve a page and an HTTP service, on this machine alone unless --host says "
        f"otherwise; then clients need the key in the environment variable {KEY_VARIABLE}. "
        "/openapi.json describes the service.",
    )
    add = parser.add_argument
    add("--host", metavar="ADDRESS", help="address to listen on (127.0.0.1)")
    add("--port", type=int, metavar="N", help="port to listen on (8080)")
    add("--workers", type=int, metavar="N", help="photos processed at a time (2)")
    add("--waiting", type=int, metavar="N", help="photos that may wait; further ones get 429 (16)")
    add("--max-upload-bytes", type=int, metavar="N", help="largest upload (200000000)")
    add("--max-pixels", type=int, metavar="N", help="largest photo (100000000)")
    add("--time-limit-s", type=float, metavar="S", help="time limit for one photo (600)")
    add("--threads", type=int, metavar="N", help="CPU threads (all)")
    add("--max-memory-mb", type=int, metavar="MB", help="memory budget (512)")
    add(
        "--web",
        nargs="?",
        const=INSTALLED,
        metavar="FOLDER",
        help="let the page denoise on the device, too; FOLDER is what make web builds (that of "
        "litedenoise-sdk[web])",
    )
    parser.set_defaults(run=run)


def run(arguments: argparse.Namespace) -> bool:
    try:
        from litedenoise_sdk.server.serve import serve
    except ModuleNotFoundError as error:
        raise LiteDenoiseError(
            f"{error.name} is missing; install the service with: "
            "pip install 'litedenoise-sdk[server]'"
        ) from error
    from litedenoise_sdk.server.settings import ServerSettings
    from litedenoise_sdk.server.web_files import installed_web

    named = {field.name for field in fields(ServerSettings)}
    chosen = {
        name: value
        for name, value in vars(arguments).items()
        if name in named and value is not None
    }
    if chosen.get("web") == INSTALLED:
        chosen["web"] = installed_web()
    serve(ServerSettings(**chosen, api_key=os.environ.get(KEY_VARIABLE) or None))
    return True
