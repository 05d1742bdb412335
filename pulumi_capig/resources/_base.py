"""The base of all resources: its type in Pulumi, and how a resource is declared."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any, ClassVar

import pulumi
from pulumi.dynamic import Resource, ResourceProvider

from .. import canonical
from ..picture import HINT, FilterKind
from . import _program
from ._declarations import Declared, declarations

Arguments = Mapping[str, Any]


class GatewayResource(Resource):
    """A resource on the gateway. A subclass that names no kind has the kind of its base.

    Without this, the SDK would give each subclass another type, which replaces what is in state.
    """

    _kind: ClassVar[str] = ""
    _existing: ClassVar[str] = "To take over what exists, set adopt=True."
    """What to use instead of Pulumi's options for reading or importing what exists."""

    def __init_subclass__(cls, kind: str = "", **kwargs: Any) -> None:
        cls._kind = kind or cls._kind
        super().__init_subclass__(module="capig", name=cls._kind, **kwargs)

    def _declare(
        self,
        provider: ResourceProvider,
        resource_name: str,
        opts: pulumi.ResourceOptions | None,
        *,
        required: Arguments,
        optional: Arguments,
        outputs: Sequence[str],
        picture: Callable[[str, Arguments], Declared],
        secret: Sequence[str] = (),
        is_id: str = "",
    ) -> None:
        """Check what the program passes, add it to the picture, and register it.

        Args:
            provider: What runs the resource.
            resource_name: The name in Pulumi.
            opts: Resource options.
            required: Arguments without which there is no resource.
            optional: Arguments that may be None; their attribute is known to be None then.
            outputs: What the provider adds, and arguments that it fills in if they are None.
            picture: Makes the resource's row from its name, in words, and the arguments.
            secret: Arguments that are secrets whatever the program passes, and secret outputs.
            is_id: The argument that takes over what exists by its id. The attribute of that name
                is the id, which every preview but the first knows, and that too if it is passed.

        Raises:
            pulumi.RunError: An argument cannot be right, or contradicts another resource.
        """
        resource = f"{self._kind} '{resource_name}'"
        held_by = opts.deleted_with if opts else None
        if isinstance(held_by, GatewayResource) and held_by._kind == "Account":
            pulumi.log.warn(
                f"{resource}: with deleted_with=account it leaves the state without a request, "
                "even if the account is then not deleted because it is not empty.\n  Remove "
                "deleted_with: tenant_id=account.tenant_id is enough to set the order."
            )
        declared = _program.arguments(resource, opts, required, optional, self._existing)
        for name in secret:
            if name in declared:
                declared[name] = pulumi.Output.secret(declared[name])
        program = declarations()
        if program is not None:
            row = picture(resource, declared)
            row.deletes_first = _program.deletes_first(opts)
            decisive = {*required, "tenant_id", "pixel_ids", *([is_id] if is_id else [])}
            row.overruled = _program.is_overruled(opts, decisive)
            program.refuse_ids(resource, declared)
            declared[HINT] = program.declare(row)
        if secret:
            extra = pulumi.ResourceOptions(additional_secret_outputs=list(secret))
            opts = pulumi.ResourceOptions.merge(opts, extra)
        super().__init__(
            provider,
            resource_name,
            {"tenant_id": None, **dict.fromkeys(outputs), **declared},
            opts,
        )
        if is_id:
            setattr(self, is_id, self._own_id(is_id, given=is_id in declared))
        filled_in = {"tenant_id", *outputs, is_id}
        _program.undeclared(self, {k: v for k, v in optional.items() if k not in filled_in})
        if program is not None:
            program.remember_id(self)
            if not row.overruled:
                default = {} if is_id == "tenant_id" else {"tenant_id": None}
                program.remember_arguments(self, {**default, **declared})
                if is_id == "tenant_id" and is_id in declared:
                    program.values.stands_for(self.id, declared[is_id])

    def _own_id(self, name: str, *, given: bool) -> pulumi.Output[str]:
        """The resource's id; the argument, as the engine has it, where the id is not known yet."""
        own: pulumi.Output[str] = self.id if name == "tenant_id" else self.id.apply(_last_part)
        if not given:
            return own
        passed: pulumi.Output[str | None] = getattr(self, name)
        foreseen = passed.apply(lambda value: own if value is None else value)
        return own.apply(
            lambda found: foreseen if pulumi.contains_unknowns(found) else found,
            run_with_unknowns=True,
        )


def _last_part(resource_id: str) -> str:
    return resource_id.rpartition("/")[2]


class FilterResource(GatewayResource):
    """A resource that sets filters of one kind."""

    _existing = "Filters cannot be read: declare it, and `pulumi up` sets it."

    def _declare_filter(
        self,
        provider: ResourceProvider,
        resource_name: str,
        opts: pulumi.ResourceOptions | None,
        kind: FilterKind,
        subject: Arguments,
        required: Arguments,
        optional: Arguments,
        *,
        several: bool = False,
    ) -> None:
        """Declare a filter.

        Args:
            provider: What runs the resource.
            resource_name: The name in Pulumi.
            opts: Resource options.
            kind: What is filtered.
            subject: The argument that names it.
            required: The other arguments without which there is no filter.
            optional: Arguments that may be None.
            several: Whether the subject is a collection of names.
        """
        (argument,) = subject

        def picture(resource: str, declared: Arguments) -> Declared:
            named = declared[argument]
            return Declared(
                resource,
                kind,
                declared.get("tenant_id"),
                named if several else [named],
                canonical.event_name if kind == "event" else canonical.domain,
                scope=declared.get("pixel_ids"),
                state=declared["filter_state"],
            )

        self._declare(
            provider,
            resource_name,
            opts,
            required={**subject, **required},
            optional=optional,
            outputs=("gateway", "verification"),
            picture=picture,
        )
