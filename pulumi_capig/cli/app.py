"""The commands and their options. What they do is imported when they run: help stays quick."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from .._version import __version__
from ..errors import CapigError, GatewayError
from .exits import Exit
from .terminal import complain, complain_of, give_up, prepare

if TYPE_CHECKING:
    from .sources import Sources

__all__ = ["run"]

_EPILOG = (
    "Settings come from the environment (CAPIG_GATEWAY, CAPIG_CLIENT_ID and CAPIG_CLIENT_SECRET or "
    "CAPIG_TOKEN, CAPIG_TENANT_ID), then from the config of the stack that --stack names. "
    "Exit status: 0 good, 1 a finding, 2 usage or settings, 3 the gateway cannot be reached or "
    "refuses."
)

app = typer.Typer(
    name="capig",
    help="Tools for a Conversions API Gateway or Signals Gateway that is managed with Pulumi.",
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
        help="Id of an account. Can be given several times. If no account is "
        "named: CAPIG_TENANT_ID, and the accounts that the stack holds.",
    ),
]
Tenants = Annotated[
    Path | None,
    typer.Option(
        "--tenants", metavar="FILE", help="File of account ids, one per line; # starts a comment."
    ),
]
Stack = Annotated[
    str | None,
    typer.Option(
        "--stack",
        metavar="NAME",
        help="Also read the settings in this stack's config. The environment comes first.",
    ),
]
Stacks = Annotated[
    list[str] | None,
    typer.Option(
        "--stack",
        metavar="NAME",
        help="Stack whose pixels are managed, and whose config holds settings. Can be given "
        "several times.",
    ),
]
Folder = Annotated[
    Path | None,
    typer.Option(
        "--cwd",
        metavar="DIR",
        file_okay=False,
        exists=True,
        help="Run as if started in this folder, like `pulumi --cwd`.",
    ),
]
Json = Annotated[bool, typer.Option("--json", help="Print a list of objects as JSON.")]


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


def _sources(stacks: str | list[str] | None, cwd: Path | None) -> Sources:
    """Where a command's settings come from, once it is in its folder."""
    from .sources import Sources

    if cwd is not None:
        os.chdir(cwd)
    return Sources([stacks] if isinstance(stacks, str) else stacks or [])


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
    """Tools for a Conversions API Gateway or Signals Gateway that is managed with Pulumi."""


@app.command(short_help="Serve a local gateway to try things out and to test with.")
def sandbox(
    port: Annotated[
        int,
        typer.Option(
            min=0, max=65535, metavar="PORT", help="Port on 127.0.0.1; 0 takes a free one."
        ),
    ] = 0,
    account: Annotated[
        list[str] | None,
        typer.Option(
            metavar="ID",
            help="Id of an account to start with. Can be given several times; the first is the "
            "default account.",
        ),
    ] = None,
    latency: Annotated[
        float,
        typer.Option(min=0, metavar="MS", help="Milliseconds to add to each request."),
    ] = 0,
) -> None:
    """Serve a local gateway to try things out and to test with, until Ctrl+C.

    Prints the settings that name it as `export` lines on standard output. Open its address in a
    browser to watch what it holds and what it is asked.
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
def doctor(
    tenant: Tenant = None,
    tenants: Tenants = None,
    stack: Stack = None,
    cwd: Folder = None,
    json: Json = False,
) -> None:
    """Check settings, TLS, token, accounts, schema, clock, CLI and SDK, one line each."""
    from .doctor import diagnose, show

    raise typer.Exit(show(diagnose(_sources(stack, cwd), tenant or [], tenants), as_json=json))


@app.command(epilog=_EPILOG, short_help="Show pixels, switches, tokens and traffic.")
def status(
    tenant: Tenant = None,
    tenants: Tenants = None,
    stack: Stack = None,
    cwd: Folder = None,
    window: Annotated[
        int, typer.Option(min=1, metavar="MINUTES", help="Minutes that the counters cover.")
    ] = 60,
    check: Annotated[
        bool,
        typer.Option(
            "--check",
            help="Exit with 1, and name the pixels and accounts, on a bad token, an error code, no "
            "event received in the window, a deactivated account, or a domain whose CNAME record "
            "is not resolved.",
        ),
    ] = False,
    json: Json = False,
    prometheus: Annotated[
        bool,
        typer.Option(
            "--prometheus",
            help="Print the figures in Prometheus' text format, for example for the node "
            "exporter's textfile collector.",
        ),
    ] = False,
) -> None:
    """Show the pixels of the accounts: switches, token health, traffic."""
    from .accounts import named
    from .status import Form, report

    if json and prometheus:
        complain("--json and --prometheus cannot be used together: choose one")
        raise typer.Exit(Exit.USAGE)
    form = Form.JSON if json else Form.PROMETHEUS if prometheus else Form.TABLE
    sources = _sources(stack, cwd)
    accounts = named(sources, tenant or [], tenants)
    raise typer.Exit(report(sources, accounts, window, check=check, form=form))


@app.command(epilog=_EPILOG, short_help="Show accounts, their users, domains and usage.")
def accounts(
    tenant: Tenant = None,
    tenants: Tenants = None,
    stack: Stack = None,
    cwd: Folder = None,
    reach: Annotated[
        bool,
        typer.Option(
            "--reach",
            help="Also show the accounts that users of the named ones belong to, and mark them. "
            "There may be more: no operation lists accounts.",
        ),
    ] = False,
    ids: Annotated[
        bool,
        typer.Option("--ids", help="Print only the ids, one per line, as --tenants takes them."),
    ] = False,
    json: Json = False,
    csv: Annotated[bool, typer.Option("--csv", help="Print a table as CSV.")] = False,
) -> None:
    """Show accounts: status, users, first-party domain, pixels, events of the last day."""
    from .accounts import named
    from .overview import Form, print_ids, report

    if ids + json + csv > 1:
        complain("--ids, --json and --csv cannot be used together: choose one")
        raise typer.Exit(Exit.USAGE)
    sources = _sources(stack, cwd)
    found = named(sources, tenant or [], tenants)
    if ids:
        raise typer.Exit(print_ids(sources, found, reach=reach))
    form = Form.JSON if json else Form.CSV if csv else Form.TABLE
    raise typer.Exit(report(sources, found, reach=reach, form=form))


@app.command(epilog=_EPILOG, short_help="Show received and published events.")
def events(
    tenant: Tenant = None,
    tenants: Tenants = None,
    pixel: Annotated[
        list[str] | None,
        typer.Option("--pixel", metavar="ID", help="Only this pixel. Can be given several times."),
    ] = None,
    stack: Stack = None,
    cwd: Folder = None,
    window: Annotated[
        int, typer.Option(min=1, metavar="MINUTES", help="Minutes that the figures cover.")
    ] = 60,
    json: Json = False,
) -> None:
    """Show how many events were received and published, by event and website.

    No operation reads filters. Many received and none published is the only sign of a filter.
    """
    from .accounts import named
    from .traffic import pixels_named, report

    sources = _sources(stack, cwd)
    pixels = pixels_named(pixel)
    found = named(sources, tenant or [], tenants)
    raise typer.Exit(report(sources, found, pixels, window, as_json=json))


@app.command(epilog=_EPILOG, short_help="Make a new invitation link for a user.")
def invite(
    email: Annotated[
        str, typer.Argument(metavar="EMAIL", help="E-mail address of a user of the account.")
    ],
    tenant: Annotated[
        str | None,
        typer.Option("--tenant", metavar="ID", help="Id of the account. Default: CAPIG_TENANT_ID."),
    ] = None,
    stack: Stack = None,
    cwd: Folder = None,
) -> None:
    """Make a new invitation link for a user of an account, and mail it if the host has SMTP.

    Prints the link, which is a secret, alone on standard output.
    """
    from .accounts import named
    from .invite import invite as print_link

    sources = _sources(stack, cwd)
    (account,) = named(sources, [tenant] if tenant else [], None)
    print_link(sources, account, email)


@app.command(epilog=_EPILOG, short_help="Find connected pixels that no stack manages.")
def unmanaged(
    stack: Stacks = None,
    state: Annotated[
        list[Path] | None,
        typer.Option(
            "--state",
            metavar="FILE",
            help="File that `pulumi stack export` wrote, instead of a stack. Can be given several "
            "times.",
        ),
    ] = None,
    tenant: Tenant = None,
    tenants: Tenants = None,
    cwd: Folder = None,
    json: Json = False,
) -> None:
    """Find connected pixels that none of the named stacks manages.

    Looks at the accounts in which the stacks hold pixels, and at the default account. Use --tenant
    and --tenants to name others. Exits with 1 if it finds any.
    """
    from .unmanaged import report

    sources = _sources(stack, cwd)
    raise typer.Exit(report(sources, state or [], tenant or [], tenants, as_json=json))


@app.command(short_help="Turn previews into a pull request comment.")
def comment(
    files: Annotated[
        list[str] | None,
        typer.Argument(
            metavar="[NAME=]FILE...",
            help="Output of `pulumi preview --json --show-sames`, one file per stack. Standard "
            "input if there is none.",
        ),
    ] = None,
    fail_on: Annotated[
        list[str] | None,
        typer.Option(
            "--fail-on",
            metavar="WHAT,...",
            help="Exit with 1 if a preview failed, or does one of these: disconnect, open, move, "
            "delete-account.",
        ),
    ] = None,
) -> None:
    """Turn previews into Markdown for a pull request.

    Changes that disconnect a pixel, move it to another account, open an event or website that is
    blocked now, or delete an account come first.
    """
    from .comment.command import comment as print_comment
    from .comment.command import dangers

    raise typer.Exit(print_comment(files or [], dangers(fail_on or [])))


@app.command(epilog=_EPILOG, short_help="Write a program that takes over all pixels.")
def export(
    tenant: Tenant = None,
    tenants: Tenants = None,
    stack: Stack = None,
    cwd: Folder = None,
    output: Annotated[
        Path | None,
        typer.Option(
            "--output", "-o", metavar="FILE", help="Write to this file, not to standard output."
        ),
    ] = None,
    force: Annotated[
        bool, typer.Option("--force", help="Overwrite the file even if it was edited by hand.")
    ] = False,
    pixels: Annotated[
        Path | None,
        typer.Option(
            metavar="CSV",
            help="Meta's pixels.csv (business_id, pixel_id), read instead of the gateway. Needs "
            "--tokens.",
        ),
    ] = None,
    tokens: Annotated[
        Path | None,
        typer.Option(
            metavar="CSV",
            help="Meta's business_access_tokens.csv (business_id, access_token). Needs --pixels.",
        ),
    ] = None,
    with_: Annotated[
        list[str] | None,
        typer.Option(
            "--with",
            metavar="WHAT,...",
            help="Also take over these: accounts, users, domains, pipelines.",
        ),
    ] = None,
    everything: Annotated[
        bool, typer.Option("--all", help="Also take over everything that --with can name.")
    ] = False,
) -> None:
    """Write a Pulumi program that takes over all pixels of the accounts, changing nothing."""
    from .accounts import named
    from .export import from_files, from_gateway, write
    from .export_accounts import wanted

    words = wanted(with_ or [], everything=everything)
    if words and (pixels or tokens):
        complain(
            "--with and --all read the gateway, so they cannot be used with --pixels and --tokens"
        )
        raise typer.Exit(Exit.USAGE)
    if (pixels is None) != (tokens is None):
        complain("--pixels and --tokens are used together: name both files")
        raise typer.Exit(Exit.USAGE)
    sources = _sources(stack, cwd)
    files = (pixels, tokens) if pixels and tokens else None
    found = named(sources, tenant or [], tenants, asks=not files)
    program = from_files(found, *files) if files else from_gateway(sources, found, words)
    write(program, output, force=force)
