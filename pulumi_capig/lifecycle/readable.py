"""How resources live that the gateway can be asked for: what is common to all of them.

Pixels and filters are not among them: their switches, and writes of two calls, are their own.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Mapping
from typing import TYPE_CHECKING, ClassVar, Generic, TypeVar

from .values import (
    Canonical,
    Checked,
    Difference,
    Failure,
    Found,
    Props,
    canonical_inputs,
    differs,
    is_known,
    record_gateway,
)

if TYPE_CHECKING:
    from .run import Run

T = TypeVar("T")


class ReadableLifecycle(ABC, Generic[T]):
    """Check, diff and read over one run; a subclass says the rest.

    Args:
        run: The run.

    Attributes:
        fields: The arguments, each with its canonical form.
        required: Arguments without which there is no resource.
        replaces: Arguments of which another value is another resource.
        unstored: Arguments that say how to act, and are in no state.
        lasting: Arguments that stay as they were where the program says nothing of them.
    """

    fields: ClassVar[Mapping[str, Canonical]]
    required: ClassVar[tuple[str, ...]] = ()
    replaces: ClassVar[tuple[str, ...]] = ()
    unstored: ClassVar[tuple[str, ...]] = ()
    lasting: ClassVar[tuple[str, ...]] = ()

    def __init__(self, run: Run) -> None:
        self._run = run

    # -- check and diff ------------------------------------------------------------------------

    def check(self, olds: Props, news: Props, row: int) -> Checked:
        """Canonical inputs and all failures; tells the run what the resource declares."""
        checked = canonical_inputs(news, self.fields)
        checked.failures += [
            Failure(name, f"{name} is missing")
            for name in self.required
            if name not in checked.inputs
        ]
        for name in self.lasting:
            if name in olds:
                checked.inputs.setdefault(name, olds[name])
        self._complete(olds, checked)
        record_gateway(self._run.settings, checked)
        given = {n: checked.inputs.pop(n) for n in self.unstored if n in checked.inputs}
        if not checked.failures:
            self._declare(olds, checked, given, row)
        return checked

    def diff(self, resource_id: str, olds: Props, news: Props) -> Difference:
        """What would change, by state and program alone."""
        moved = self._run.has_moved(olds.get("gateway"))
        replaces = tuple(
            name
            for name in self.replaces
            if name in olds and is_known(news.get(name)) and differs(name, olds, news)
        )
        return Difference(moved or bool(self._changed(olds, news)), replaces)

    def _changed(self, olds: Props, news: Props) -> set[str]:
        """The arguments that differ."""
        stored = (name for name in self.fields if name not in self.unstored)
        return {name for name in stored if differs(name, olds, news)}

    @abstractmethod
    def _complete(self, olds: Props, checked: Checked) -> None:
        """Fill in what the program leaves to others; note what is missing or too much."""

    @abstractmethod
    def _declare(self, olds: Props, checked: Checked, given: Props, row: int) -> None:
        """Tell the run what is declared, once all of it is right.

        Args:
            olds: The inputs in state; empty for a new resource.
            checked: The inputs, some of them perhaps unknown.
            given: Arguments that are in no state.
            row: The resource's own row in the picture.
        """

    # -- read ----------------------------------------------------------------------------------

    def read(self, resource_id: str, outputs: Props) -> Found | None:
        """What the gateway holds now; None if it is proved to be gone."""
        self._run.has_moved(outputs.get("gateway"))
        found = self._find(resource_id, outputs)
        if found is None:
            return None
        now = {**outputs, **found}
        declared = (*self._declared(outputs), "gateway")
        return Found(now, {name: now[name] for name in declared if name in now})

    def _declared(self, outputs: Props) -> list[str]:
        """Which outputs are inputs as well."""
        return [name for name in self.fields if name in outputs]

    @abstractmethod
    def _find(self, resource_id: str, outputs: Props) -> Props | None:
        """What is to be seen of a resource now, facts and drift; None if it is gone."""

    # ------------------------------------------------------------------------------------------

    def _outputs(self, inputs: Props, facts: Props) -> Props:
        return {**facts, **inputs, "gateway": self._run.host()}
