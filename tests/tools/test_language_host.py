"""Programs on the real CLI, with whichever Python language host it has."""

import subprocess
import sys
from pathlib import Path

from .conftest import Project

DYNAMIC = """
    import os
    import sys

    import pulumi
    from pulumi.dynamic import CreateResult, Resource, ResourceProvider

    class Provider(ResourceProvider):
        serialize_as_secret_always = False

        def create(self, props):
            return CreateResult("1", {**props, "prefix": sys.prefix, "cwd": os.getcwd()})

    class Thing(Resource):
        prefix: pulumi.Output[str]
        cwd: pulumi.Output[str]

        def __init__(self, name):
            super().__init__(Provider(), name, {"prefix": None, "cwd": None})

    thing = Thing("thing")
    pulumi.export("program", sys.prefix)
    pulumi.export("provider", thing.prefix)
"""


def output(project: Project, name: str) -> str:
    answer = project.pulumi("stack", "output", name, "--show-secrets", "--stack", "dev")
    assert answer.returncode == 0, answer.stdout
    return answer.stdout.strip()


def test_output_of_the_program_reaches_the_terminal(project: Project) -> None:
    project.write("import sys; print('to stdout'); print('to stderr', file=sys.stderr)")
    run = project.up()
    assert run.returncode == 0, run.stdout
    assert "to stdout" in run.stdout
    assert "to stderr" in run.stdout


def test_dynamic_resource_lives_from_up_to_destroy(project: Project) -> None:
    project.write(DYNAMIC)
    assert "2 created" in project.up().stdout
    preview = project.pulumi("preview", "--expect-no-changes", "--stack", "dev")
    assert preview.returncode == 0, preview.stdout
    destroyed = project.pulumi("destroy", "--yes", "--skip-preview", "--stack", "dev")
    assert "2 deleted" in destroyed.stdout
    assert "warning" not in destroyed.stdout


def test_config_and_secrets_reach_the_program(project: Project) -> None:
    project.pulumi("config", "set", "colour", "green", "--stack", "dev")
    project.pulumi("config", "set", "--secret", "word", "swordfish", "--stack", "dev")
    project.write("""
        import pulumi

        config = pulumi.Config()
        pulumi.export("colour", config.require("colour"))
        pulumi.export("word", config.require_secret("word"))
        pulumi.export("masked", config.require("word"))
        pulumi.export("names", f"{pulumi.get_project()} {pulumi.get_stack()}")
    """)
    run = project.up()
    assert run.returncode == 0, run.stdout
    assert "swordfish" not in run.stdout
    assert output(project, "colour") == "green"
    assert output(project, "word") == "swordfish"
    assert output(project, "names") == "try dev"


def test_dry_run_is_a_preview(project: Project) -> None:
    project.write("import pulumi; print('dry' if pulumi.runtime.is_dry_run() else 'for good')")
    assert "dry" in project.pulumi("preview", "--stack", "dev").stdout
    assert "for good" in project.up().stdout


def test_run_error_is_one_line(project: Project) -> None:
    project.write("import pulumi; raise pulumi.RunError('this much is wrong')")
    run = project.up()
    assert run.returncode == 1
    assert run.stdout.count("this much is wrong") == run.stdout.count("error: this much is wrong")
    assert diagnostics(run).count("this much is wrong") == 1
    assert "Traceback" not in run.stdout


def test_exception_shows_the_frames_of_the_program_once(project: Project) -> None:
    project.write("def fall():\n    raise ValueError('deep down')\n", "helper.py")
    project.write("import helper\n\nhelper.fall()\n")
    run = project.up()
    assert run.returncode == 1
    shown = diagnostics(run)
    assert shown.count("ValueError: deep down") == 1
    assert shown.count(str(project.folder / "__main__.py")) == 1
    assert shown.count(str(project.folder / "helper.py")) == 1
    assert "runpy" not in shown
    assert "asyncio" not in shown


def test_exception_in_an_apply_shows_its_frame_once(project: Project) -> None:
    project.write("import pulumi\npulumi.Output.from_input(0).apply(lambda zero: 1 / zero)\n")
    run = project.up()
    assert run.returncode == 1
    assert diagnostics(run).count("ZeroDivisionError: division by zero") == 1
    assert str(project.folder / "__main__.py") in diagnostics(run)


def test_syntax_error_names_file_and_line(project: Project) -> None:
    project.write("this is no Python\n")
    run = project.up()
    assert run.returncode == 1
    shown = diagnostics(run)
    assert shown.count("SyntaxError") == 1
    assert f'File "{project.folder}/__main__.py", line 1' in shown


def test_exit_status_of_the_program_is_named(project: Project) -> None:
    project.write("import sys; sys.exit(7)")
    run = project.up()
    assert run.returncode == 1
    assert "7" in next(line for line in diagnostics(run).splitlines() if "error:" in line)


def test_crash_of_the_program_is_an_error(project: Project) -> None:
    project.write("import os, signal; os.kill(os.getpid(), signal.SIGKILL)")
    run = project.up()
    assert run.returncode == 1
    assert "error:" in diagnostics(run)


def test_virtualenv_option_names_the_python_of_program_and_provider(
    project: Project, environment: Path
) -> None:
    project.declare("{name: python, options: {virtualenv: 'its own'}}")
    project.write(DYNAMIC)
    run = project.up()
    assert run.returncode == 0, run.stdout
    assert output(project, "program") == str(environment)
    assert output(project, "provider") == str(environment)


def test_main_option_names_the_folder_of_the_program(project: Project) -> None:
    project.declare(main="src/")
    project.write(DYNAMIC + "    import beside\n", "src/__main__.py")
    project.write("import pulumi; pulumi.export('beside', pulumi.get_project())", "src/beside.py")
    run = project.up()
    assert run.returncode == 0, run.stdout
    assert output(project, "beside") == "try"


def test_relative_environment_is_looked_for_from_the_programs_folder_too(project: Project) -> None:
    """So a dynamic resource of a program in a subfolder finds none beside Pulumi.yaml."""
    (project.folder / ".venv").symlink_to(sys.prefix)
    project.declare("{name: python, options: {virtualenv: .venv}}", main="src/")
    project.write(DYNAMIC, "src/__main__.py")
    run = project.up()
    assert run.returncode != 0
    assert f"{project.folder}/src/.venv" in run.stdout
    (project.folder / "src" / ".venv").symlink_to(sys.prefix)
    run = project.up()
    assert run.returncode == 0, run.stdout


def diagnostics(run: "subprocess.CompletedProcess[str]") -> str:
    """The part of the output where each message stands in full; progress lines repeat some."""
    return run.stdout.partition("Diagnostics:")[2]
