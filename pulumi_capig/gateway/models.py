"""What the gateway answers, read leniently: any field may be null or missing, unknown ones pass."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any

from pydantic import (
    BaseModel,
    ConfigDict,
    ValidationError,
    ValidatorFunctionWrapHandler,
    WrapValidator,
)
from pydantic.alias_generators import to_camel

from ..errors import UnexpectedAnswerError
from .failure import AttemptFailure

if TYPE_CHECKING:
    from typing_extensions import Self


def unknown_if_odd(value: Any, read: ValidatorFunctionWrapHandler) -> Any:
    """A value that nobody needs, or None where it has a form that cannot be used."""
    if isinstance(value, bool):
        return None
    try:
        return read(value)
    except ValidationError:
        return None


ODD_IS_UNKNOWN = WrapValidator(unknown_if_odd)

Figure = Annotated[float | None, ODD_IS_UNKNOWN]
"""A figure or a time, whose units are not documented."""

Count = Annotated[int | None, ODD_IS_UNKNOWN]
"""A whole number, which may come as text: the form of a ``Long`` is not documented."""

Status = Annotated[int | None, ODD_IS_UNKNOWN]
"""A state as a number, of an account or a user."""

Word = Annotated[str | None, ODD_IS_UNKNOWN]
"""A text that nobody decides on."""


def flag(result: Any) -> bool | None:
    """A result that is true or false; anything else is unknown."""
    return result if isinstance(result, bool) else None


Flag = Annotated[bool | None, WrapValidator(lambda value, _: flag(value))]
"""A flag that nobody decides on."""


class Model(BaseModel):
    """Base of all models: GraphQL names on the wire, ids as text even if they came as numbers."""

    model_config = ConfigDict(
        alias_generator=to_camel,
        coerce_numbers_to_str=True,
        extra="ignore",
        frozen=True,
        hide_input_in_errors=True,
        populate_by_name=True,
    )

    @classmethod
    def read(cls, result: Any) -> Self:
        """A result as a model.

        Args:
            result: What the gateway answered.

        Raises:
            AttemptFailure: Something has a form that cannot be used; it says where, and not what.
        """
        try:
            return cls.model_validate(result)
        except ValidationError as error:
            first = error.errors(include_input=False, include_url=False)[0]
            at = ".".join(str(part) for part in first["loc"]) or "the result"
            reason = f"the answer has an unexpected form ({at}: {first['msg']})"
            raise AttemptFailure(UnexpectedAnswerError, reason, ran=True) from error
