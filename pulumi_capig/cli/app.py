"""The commands and their options. What they do is imported when they run: help stays quick."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from .._version import __version__
from ..errors import CapigError, GatewayError
from .exits import Exit
from .terminal import complain, complain_of, give_up, prepare

__all__ = ["run"]

_EPILOG = (
    "Settings come from the environment alone, not from stack config: CAPIG_GATEWAY, "
    "CAPIG_CLIENT_ID and CAPIG_CLIENT_SECRET (or CAPIG_TOKEN), CAPIG_TENANT_ID. "
    "Exit status: 0 good, 1 a finding, 2 usage or settings, 3 the gateway cannot be reached or "
    "refuses."
)

app = typer.Typer(
    name="capig",
    help="Looks after the control plane of a Conversions API Gateway.",
    epilog=_EPILOG,
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
)

Tenant = Annotated[
    list[str] | None,
    typer.Option(
        "--tenant",
        metavar="ID",
        help="Account; may be repeated. CAPIG_TENANT_ID where none is named.",
    ),
]
Tenants = Annotated[
    Path | None,
    typer.Option(
        "--tenants", metavar="FILE", help="File of accounts, one a line; # starts a comment."
    ),
]
Json = Annotated[bool, typer.Option("--json", help="Print JSON.")]


def run() -> int:
    """Runs the command line and returns its exit status."""
    prepare()
    try:
        app(prog_name="capig")
    except CapigError as error:
        complain_of(error)
        return Exit.GATEWAY if isinstance(error, GatewayError) else Exit.USAGE
    except OSError as error:
        give_up(error)
        return Exit.USAGE
    return Exit.GOOD


def _show_version(wanted: bool) -> None:
    if wanted:
        typer.echo(f"capig {__version__}")
        raise typer.Exit


@app.callback(epilog=_EPILOG)
def _capig(
    version: Annotated[  # noqa: ARG001, RUF100 - its callback does it
        bool,
        typer.Option("--version", callback=_show_version, is_eager=True, help="Show the version."),
    ] = False,
) -> None:
    """Looks after the control plane of a Conversions API Gateway."""


@app.command(short_help="Serve a gateway to try and test with.")
def sandbox(
    port: Annotated[
        int, typer.Option(min=0, max=65535, help="Port on 127.0.0.1; 0 takes a free one.")
    ] = 0,
    account: Annotated[
        list[str] | None,
        typer.Option(metavar="ID", help="Account; may be repeated. The first is the default."),
    ] = None,
    latency: Annotated[
        float,
        typer.Option(min=0, metavar="MS", help="Milliseconds that each request takes longer."),
    ] = 0,
) -> None:
    """Serve a gateway to try and test with, until Ctrl+C.

    Prints the settings that name it as `export` lines on standard output. Its address shows a page
    of what it holds and what it is asked, live.
    """
    try:
        from ..sandbox import serve
    except ImportError as error:
        complain(str(error))
        raise typer.Exit(Exit.USAGE) from None
    try:
        accounts = {"accounts": account} if account else {}
        serve(port, latency=latency / 1000, **accounts)
    except ValueError as error:
        complain(str(error))
        raise typer.Exit(Exit.USAGE) from None
    except OSError as error:
        complain(f"cannot listen on port {port}: {error.strerror}")
        raise typer.Exit(Exit.USAGE) from None


@app.command(epilog=_EPILOG, short_help="Check settings, gateway, accounts and tools.")
def doctor(tenant: Tenant = None, tenants: Tenants = None, json: Json = False) -> None:
    """Check settings, TLS, token, accounts, schema, clock, CLI and SDK; a line each."""
    from .doctor import diagnose, show

    raise typer.Exit(show(diagnose(tenant or [], tenants), as_json=json))


@app.command(epilog=_EPILOG, short_help="Show pixels, switches, tokens and traffic.")
def status(
    tenant: Tenant = None,
    tenants: Tenants = None,
    window: Annotated[
        int, typer.Option(min=1, metavar="MINUTES", help="Time that the counters cover.")
    ] = 60,
    check: Annotated[
        bool,
        typer.Option(
            "--check",
            help="Exit with 1 on a bad token, an error code, or no event received in the window.",
        ),
    ] = False,
    json: Json = False,
) -> None:
    """Show the pixels of the accounts: switches, health of their tokens, traffic."""
    from .accounts import named
    from .status import report

    raise typer.Exit(report(named(tenant or [], tenants), window, check=check, as_json=json))


@app.command(epilog=_EPILOG, short_help="Write a program that takes over all pixels.")
def export(
    tenant: Tenant = None,
    tenants: Tenants = None,
    output: Annotated[
        Path | None,
        typer.Option("--output", "-o", metavar="FILE", help="Write to a file of its own."),
    ] = None,
    force: Annotated[
        bool, typer.Option("--force", help="Overwrite FILE even if it was edited by hand.")
    ] = False,
    pixels: Annotated[
        Path | None,
        typer.Option(
            metavar="CSV",
            help="Meta's pixels.csv (business_id, pixel_id) instead of the gateway; with --tokens.",
        ),
    ] = None,
    tokens: Annotated[
        Path | None,
        typer.Option(
            metavar="CSV", help="Meta's business_access_tokens.csv (business_id, access_token)."
        ),
    ] = None,
) -> None:
    """Write a Pulumi program that takes over all pixels of the accounts, changing nothing."""
    from .accounts import named
    from .export import from_files, from_gateway, write

    if (pixels is None) != (tokens is None):
        complain("--pixels and --tokens go together: name both files")
        raise typer.Exit(Exit.USAGE)
    accounts = named(tenant or [], tenants)
    files = (pixels, tokens) if pixels and tokens else None
    program = from_files(accounts, *files) if files else from_gateway(accounts)
    write(program, output, force=force)
