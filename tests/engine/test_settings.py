"""Stack config that is nearly right, on the real CLI."""

from __future__ import annotations

from tests.support.engine import Stack

PROGRAM = """
    for event in ("Lead", "Search"):
        capig.EventFilter(event, event_name=event, filter_state="DROP")
"""
WARNING = "capig:tennantId (did you mean capig:tenantId?) is not a setting"


def test_a_misspelt_key_is_one_warning_an_operation(stack: Stack) -> None:
    stack.write(PROGRAM)
    stack.set_config("capig:tennantId", "Other000")
    stack.set_config("test:tennantId", "the program's own")
    for outcome in (stack.preview().ok(), stack.up().ok()):
        assert outcome.text.partition("Diagnostics:")[2].count(WARNING) == 1
    stack.run("config", "rm", "capig:tennantId").ok()
    assert "not a setting" not in stack.preview().ok().text


def test_a_project_of_our_name_has_keys_of_its_own(stack: Stack) -> None:
    project = stack.project / "Pulumi.yaml"
    project.write_text(project.read_text().replace("name: test", "name: capig"))
    stack.write(PROGRAM)
    stack.run("stack", "init", "other").ok()
    stack.set_config("capig:pixelId", "101")
    assert "not a setting" not in stack.preview().ok().text
