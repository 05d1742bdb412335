"""Several mutations in one document: one request, and for each a result or an error of its own.

GraphQL executes root fields in order, and the fields below one root field in any. So each mutation
gets a root field, under an alias. All of them can be sent twice without harm.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Hashable, Sequence
from dataclasses import dataclass
from typing import Any, Generic, TypeVar

from .answers import Failure, Response, results_of
from .calls import Call, Documents

T = TypeVar("T")

_INPUT_TYPE = re.compile(r"\$input: (\w+!?)")


@dataclass
class Part(Generic[T]):
    """One mutation of a joint document.

    Attributes:
        call: The mutation as it would be sent alone.
        about: What it sets; two parts about the same thing must be applied in order.
        result: Its result, once there is one.
        failure: What went wrong last, while there is no result.
        ran: Whether an attempt without an answer may have applied it.
        again: Whether it has to be sent again although it has a result.
    """

    call: Call
    about: Hashable
    result: T | None = None
    failure: Failure | None = None
    ran: bool = False
    again: bool = False

    @property
    def open(self) -> bool:
        """Whether the next attempt sends it: it has neither a result nor a certain refusal."""
        failure = self.failure
        if failure is None:
            return self.again or self.result is None
        return failure.transient or failure.unauthorized or failure.joint_refused

    def succeeded(self, result: T) -> None:
        """Note a result."""
        self.result, self.failure, self.again = result, None, False

    def failed(self, failure: Failure) -> None:
        """Note a failure; what an earlier attempt may have done stays possible."""
        self.result, self.failure, self.again = None, failure, False
        self.ran = self.ran or failure.ran


class Joint(Generic[T]):
    """Mutations of one account that go in one document, in order.

    Args:
        parts: Them; each call has one variable beside the account, ``input``.
        read: Turns the result of one into a value, or raises `Failure`.
    """

    mutates = True
    repeatable = True
    secrets: frozenset[str] = frozenset()

    def __init__(self, parts: Sequence[Part[T]], read: Callable[[Any], T]) -> None:
        self.parts = parts
        self.tenant_id = parts[0].call.tenant_id
        self.words = f"{parts[0].call.words} and {len(parts) - 1} more"
        self._read = read

    @property
    def open_parts(self) -> dict[str, Part[T]]:
        """What the next attempt sends, by alias."""
        return {f"s{n}": part for n, part in enumerate(self.parts) if part.open}

    def content(self, documents: Documents) -> dict[str, Any]:
        """Document and variables of the next attempt."""
        declared, fields, variables = ["$tenantId: ID!"], [], {"tenantId": self.tenant_id}
        for alias, part in self.open_parts.items():
            head, *body, _end = documents.text(part.call.operation).splitlines()
            variable = f"i{alias[1:]}"
            declared += [f"${variable}: {kind}" for kind in _INPUT_TYPE.findall(head)]
            variables[variable] = part.call.variables["input"]
            text = "\n".join(body).replace("$input", f"${variable}")
            fields.append(text.replace("  tenantMutations", f"  {alias}: tenantMutations", 1))
        head = f"mutation {self.parts[0].call.operation}({', '.join(declared)}) {{"
        return {"query": "\n".join([head, *fields, "}"]), "variables": variables}

    def leave_out(self, documents: Documents, sent: str, messages: list[str]) -> bool:
        """Leave out the fields that validation messages refuse, if any, from now on."""
        operations = {part.call.operation for part in self.parts}
        left_out = {documents.leave_out(operation, sent, messages) for operation in operations}
        return True in left_out

    def answer(self, response: Response) -> None:
        """Take an answer: what each part that was sent came to.

        Raises:
            Failure: Another attempt may help those that are open still.
        """
        sent = self.open_parts
        paths = {alias: (alias, *part.call.path[1:]) for alias, part in sent.items()}
        for alias, found in results_of(response, paths).items():
            self._take(sent[alias], found, response)
        failures = [part.failure for part in sent.values() if part.open and part.failure]
        if not failures:
            return
        self._keep_order()
        unauthorized = [failure for failure in failures if failure.unauthorized]
        transient = [failure for failure in failures if failure.transient]
        raise (unauthorized or transient or failures)[0]

    def failed(self, failure: Failure) -> None:
        """Note the failure of a whole attempt."""
        if not any(part.failure is failure for part in self.parts):
            for part in self.open_parts.values():
                part.failed(failure)

    def _take(self, part: Part[T], found: Any, response: Response) -> None:
        try:
            if isinstance(found, Failure):
                raise found
            part.succeeded(self._read(found))
        except Failure as failure:
            failure.from_(response)
            part.failed(failure)

    def _keep_order(self) -> None:
        """Send again what came after an open part about the same thing, too."""
        waiting = set()
        for part in self.parts:
            if part.open:
                waiting.add(part.about)
            elif part.result is not None:
                part.again = part.about in waiting
