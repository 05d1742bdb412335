"""What a gateway's program must never say: a function a rule, and the list that registers them.

A rule sees the properties of a resource as the provider's check leaves them: canonical, without
`adopt`. It sees access tokens in the clear, so no message may quote a property that could be one.
"""

from __future__ import annotations

from held_back import nothing_held_back_is_opened
from pulumi_policy import (
    EnforcementLevel,
    ReportViolation,
    ResourceValidationArgs,
    ResourceValidationPolicy,
    StackValidationArgs,
    StackValidationPolicy,
)

PIXEL_CONNECTION = "pulumi-python:dynamic/capig:PixelConnection"
EVENT_FILTER = "pulumi-python:dynamic/capig:EventFilter"

SENSITIVE = ("Lead", "SubmitApplication", "HealthQuiz")
"""Events that never leave."""


def sensitive_events_are_not_published(
    args: ResourceValidationArgs, report_violation: ReportViolation
) -> None:
    """No filter publishes a sensitive event."""
    if args.resource_type != EVENT_FILTER:
        return
    event, state = args.props["event_name"], args.props["filter_state"]
    if event in SENSITIVE and state != "DROP":
        report_violation(f"{event} is sensitive: set filter_state to DROP.", None)


def sensitive_events_are_dropped(
    args: StackValidationArgs, report_violation: ReportViolation
) -> None:
    """A stack that filters events of an account drops all sensitive ones, for the whole account."""
    filters = [r.props for r in args.resources if r.resource_type == EVENT_FILTER]
    dropped = {
        (props["tenant_id"], props["event_name"])
        for props in filters
        if props["filter_state"] == "DROP" and "pixel_ids" not in props
    }
    for tenant_id in sorted({props["tenant_id"] for props in filters}):
        missing = [event for event in SENSITIVE if (tenant_id, event) not in dropped]
        if missing:
            report_violation(
                f"account {tenant_id} does not drop {', '.join(missing)}: declare an EventFilter "
                "with DROP and without pixel_ids for each.",
                None,
            )


def staging_does_not_publish(
    args: ResourceValidationArgs, report_violation: ReportViolation
) -> None:
    """Pixels of a staging stack publish nothing."""
    if args.resource_type != PIXEL_CONNECTION or "staging" not in stack_of(args.urn):
        return
    if args.props.get("publishing") is not False:
        report_violation("this is a staging stack: set publishing=False.", None)


def connections_are_protected(
    args: ResourceValidationArgs, report_violation: ReportViolation
) -> None:
    """A connection is not deleted by mistake."""
    if args.resource_type != PIXEL_CONNECTION or args.opts.protect:
        return
    report_violation("a delete would disconnect the pixel: set protect=True in its options.", None)


def stack_of(urn: str) -> str:
    """The stack's name in a resource's URN."""
    return urn.removeprefix("urn:pulumi:").partition("::")[0]


POLICIES = [
    ResourceValidationPolicy(
        name="sensitive-events-are-not-published",
        description="Sensitive events are never published.",
        validate=sensitive_events_are_not_published,
        enforcement_level=EnforcementLevel.MANDATORY,
    ),
    StackValidationPolicy(
        name="sensitive-events-are-dropped",
        description="Each account drops every sensitive event.",
        validate=sensitive_events_are_dropped,
        enforcement_level=EnforcementLevel.MANDATORY,
    ),
    StackValidationPolicy(
        name="nothing-held-back-is-opened",
        description="What is blocked now stays blocked.",
        validate=nothing_held_back_is_opened,
        enforcement_level=EnforcementLevel.ADVISORY,
    ),
    ResourceValidationPolicy(
        name="staging-does-not-publish",
        description="Pixels of a staging stack publish nothing.",
        validate=staging_does_not_publish,
        enforcement_level=EnforcementLevel.MANDATORY,
    ),
    ResourceValidationPolicy(
        name="connections-are-protected",
        description="Pixel connections are protected from deletion.",
        validate=connections_are_protected,
        enforcement_level=EnforcementLevel.ADVISORY,
    ),
]
