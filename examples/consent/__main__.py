"""The consent policy, as account-wide event filters of every account."""

import pulumi
from policy import ACCOUNTS, EVENTS

import pulumi_capig as capig

undecided = {event.value for event in capig.StandardEvent} - EVENTS.keys()
if undecided:
    message = f"policy.py does not say what becomes of {', '.join(sorted(undecided))}"
    raise pulumi.RunError(message)

for account in ACCOUNTS:
    for event, state in {**EVENTS, **account.exceptions}.items():
        capig.EventFilter(
            f"{account.name}-{event}",
            event_name=event,
            filter_state=state,
            tenant_id=account.tenant_id,
            # A line that is gone, or a destroy, opens nothing: only PUBLISH in the table does.
            opts=pulumi.ResourceOptions(retain_on_delete=True),
        )
