"""The pipelines of one account with their ends, as one run sees them."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Protocol

from ..errors import UnexpectedAnswerError
from .memory import Memory
from .shared import Shared

if TYPE_CHECKING:
    from ..gateway import Client
    from ..gateway.operations.pipelines import Pipeline
    from ..gateway.operations.sources import PipelineName


class _Answered(Protocol):
    """A data source or destination as a list has it."""

    @property
    def id(self) -> str | None: ...
    @property
    def name(self) -> str | None: ...
    @property
    def type(self) -> str | None: ...
    @property
    def active(self) -> bool | None: ...


@dataclass(frozen=True)
class End:
    """A data source or destination; None is what no answer has said.

    Attributes:
        id: The gateway's id.
        name: Display name.
        type: What it is.
        active: Whether it is active.
        pipelines: Ids of the pipelines that it is in.
        dataset_id: The dataset that it delivers to, of a destination at Meta.
        new: Whether this run has made it.
    """

    id: str
    name: str | None = None
    type: str | None = None
    active: bool | None = None
    pipelines: frozenset[str] | None = None
    dataset_id: str | None = None
    new: bool = False

    @classmethod
    def of(
        cls,
        answer: _Answered,
        pipelines: Iterable[PipelineName | None] | None = None,
        dataset_id: str | None = None,
    ) -> End:
        """From an answer of the gateway that has an id."""
        ids = None
        if pipelines is not None:
            ids = frozenset(each.id for each in pipelines if each and each.id)
        return cls(
            answer.id or "", answer.name, answer.type, answer.active, ids, dataset_id or None
        )


@dataclass
class _Listed:
    """A list of ends.

    Attributes:
        ends: Those that have an id.
        others: Those that have none.
        told: Whether the gateway answered a list at all.
    """

    ends: dict[str, End] = field(default_factory=dict)
    others: list[End] = field(default_factory=list)
    told: bool = True

    @property
    def complete(self) -> bool:
        """Whether what is not in it is not there."""
        return self.told and not self.others

    def put(self, end_id: str, end: End | None) -> None:
        if end is None:
            self.ends.pop(end_id, None)
        else:
            self.ends[end_id] = end


class EndList:
    """The data sources, or the destinations, of an account; safe for threads.

    Args:
        tenant_id: The account.
        client: Opens the client when it is first needed.

    Attributes:
        creating: Held while one is made: a lost answer is settled by what the list has gained.
        deleted: Ids of those that this run has deleted.
    """

    words = ""

    def __init__(self, tenant_id: str, client: Callable[[], Client]) -> None:
        self.tenant_id = tenant_id
        self.creating = threading.Lock()
        self.deleted: set[str] = set()
        self._client = client
        self._shared = Shared(self._ask)

    def all(self) -> dict[str, End]:
        """All that are listed."""
        return self._shared.look(lambda listed: dict(listed.ends))

    def get(self, end_id: str) -> End | None:
        """One of them, or None if the list proves that it is not there.

        Raises:
            UnexpectedAnswerError: There is no list, or an entry of it has no id.
        """
        found, complete = self._shared.look(lambda some: (some.ends.get(end_id), some.complete))
        if found is None and not complete:
            reason = f"the list is missing or lacks ids, so {end_id} may or may not be there"
            raise UnexpectedAnswerError(
                reason,
                operation=f"list the {self.words}",
                tenant_id=self.tenant_id,
                advice="Look in the gateway's page. If it is gone, remove it from the state: "
                "`pulumi state delete URN`.",
            )
        return found

    def is_complete(self) -> bool:
        """Whether what is not listed is not there."""
        return self._shared.look(lambda listed: listed.complete)

    def in_pipeline(self, pipeline_id: str) -> list[End]:
        """Those that say they are in a pipeline.

        Raises:
            UnexpectedAnswerError: There is no list.
        """

        def those(listed: _Listed) -> list[End] | None:
            if not listed.told:
                return None
            ends = [*listed.ends.values(), *listed.others]
            return [end for end in ends if pipeline_id in (end.pipelines or ())]

        found = self._shared.look(those)
        if found is None:
            reason = "the gateway answered without a list, which is not the same as an empty one"
            raise UnexpectedAnswerError(
                reason, operation=f"list the {self.words}", tenant_id=self.tenant_id
            )
        return found

    def read_again(self) -> EndList:
        """Ask for the list anew."""
        self._shared.read_again()
        return self

    def know_empty(self) -> None:
        """A new account has none: the list need not be asked for."""
        self._shared.know(_Listed())

    def learned(self, end_id: str, end: End | None) -> None:
        """An own write was answered: what there is now, or None if it is gone."""
        if end is None:
            self.deleted.add(end_id)
        self._shared.wrote(lambda listed: listed.put(end_id, end))

    def _ask(self) -> _Listed:
        listed = self._answered()
        if listed is None:
            return _Listed(told=False)
        ends = [end or End("") for end in listed]
        return _Listed({e.id: e for e in ends if e.id}, [e for e in ends if not e.id])

    def _answered(self) -> list[End | None] | None:
        raise NotImplementedError


class Sources(EndList):
    """The data sources of an account."""

    words = "data sources"

    def _answered(self) -> list[End | None] | None:
        from ..gateway import sources

        listed = sources.list_sources(self._client(), self.tenant_id)
        if listed is None:
            return None
        return [
            End.of(each, each.associated_pipelines) if each is not None else None for each in listed
        ]


class Destinations(EndList):
    """The data destinations of an account."""

    words = "data destinations"

    def _answered(self) -> list[End | None] | None:
        from ..gateway import destinations

        listed = destinations.list_destinations(self._client(), self.tenant_id)
        if listed is None:
            return None
        return [
            End.of(
                each,
                each.associated_pipelines,
                each.meta_capi_config.data_set_id if each.meta_capi_config else None,
            )
            if each is not None
            else None
            for each in listed
        ]


@dataclass
class _Held:
    pipeline: Pipeline | None


class _SharedPipeline:
    """One pipeline, read once a run."""

    def __init__(self, ask: Callable[[], Pipeline | None]) -> None:
        self.shared = Shared(lambda: _Held(ask()))


class Pipelines:
    """The pipelines of an account, each read once a run; safe for threads.

    Args:
        tenant_id: The account.
        client: Opens the client when it is first needed.
    """

    def __init__(self, tenant_id: str, client: Callable[[], Client]) -> None:
        self._tenant_id = tenant_id
        self._client = client
        self._pipelines = Memory(lambda key: _SharedPipeline(lambda: self._ask(key)))

    def get(self, pipeline_id: str) -> Pipeline | None:
        """A pipeline; None where the gateway answers null."""
        return self._of(pipeline_id).look(lambda held: held.pipeline)

    def read_again(self, pipeline_id: str) -> Pipeline | None:
        """Ask for a pipeline anew."""
        self._of(pipeline_id).read_again()
        return self.get(pipeline_id)

    def know(self, pipeline_id: str, pipeline: Pipeline) -> None:
        """A new pipeline is known from the answer to its making."""
        self._of(pipeline_id).know(_Held(pipeline))

    def _of(self, pipeline_id: str) -> Shared[_Held]:
        found: _SharedPipeline = self._pipelines.of(pipeline_id)
        return found.shared

    def _ask(self, pipeline_id: str) -> Pipeline | None:
        from ..gateway import pipelines

        return pipelines.read(self._client(), self._tenant_id, pipeline_id)
