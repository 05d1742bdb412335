"""The documents against the reference's schema and the reference's own requests."""

from __future__ import annotations

from importlib.resources import files
from typing import Any

import pytest
from graphql import (
    FieldNode,
    GraphQLSchema,
    OperationDefinitionNode,
    Visitor,
    build_schema,
    parse,
    print_ast,
    validate,
    visit,
)

from pulumi_capig.gateway.calls import Documents
from tests.support.samples import SAMPLES

OPERATIONS = (
    "AddNewPixelModalMutation",
    "DeleteDataSourceModalMutation",
    "ConnectionStatusCardQuery",
    "updateSignalConfigStatusMutation",
    "updateSignalConfigCapiPublishMutation",
    "EventFilterStatusMutation",
    "useComitDomainFilterChangeMutation",
)

every_operation = pytest.mark.parametrize("operation", OPERATIONS)


def capig_schema() -> GraphQLSchema:
    return build_schema((files("pulumi_capig.sandbox") / "schema/capig.graphql").read_text("utf-8"))


@pytest.fixture(scope="module")
def schema() -> GraphQLSchema:
    return capig_schema()


def the_operation(text: str) -> OperationDefinitionNode:
    (operation,) = parse(text).definitions
    assert isinstance(operation, OperationDefinitionNode)
    return operation


def leaves(text: str) -> set[str]:
    """Paths of the fields without a selection of their own."""
    found = set()

    class Walk(Visitor):
        def enter_field(self, node: FieldNode, _key: Any, _parent: Any, *rest: Any) -> None:
            if node.selection_set is None:
                above = [item.name.value for item in rest[-1] if isinstance(item, FieldNode)]
                found.add(".".join([*above, node.name.value]))

    visit(parse(text), Walk())
    return found


def test_there_is_one_file_for_each_operation() -> None:
    names = {path.name for path in (files("pulumi_capig.gateway") / "documents").iterdir()}
    assert names == {f"{operation}.graphql" for operation in OPERATIONS}
    assert [sample.operation for sample in SAMPLES] == list(OPERATIONS)


@every_operation
def test_document_is_valid_and_bears_the_operations_name(
    schema: GraphQLSchema, operation: str
) -> None:
    text = Documents().text(operation)
    assert validate(schema, parse(text)) == []
    name = the_operation(text).name
    assert name is not None
    assert name.value == operation


@pytest.mark.parametrize("sample", SAMPLES, ids=lambda sample: sample.operation)
def test_document_selects_all_that_the_reference_selects(
    schema: GraphQLSchema, sample: Any
) -> None:
    ours = Documents().text(sample.operation)
    assert validate(schema, parse(sample.query)) == []
    assert leaves(sample.query) <= leaves(ours)
    declared = [print_ast(item) for item in the_operation(ours).variable_definitions or ()]
    documented = [
        print_ast(item) for item in the_operation(sample.query).variable_definitions or ()
    ]
    assert declared == documented


@every_operation
def test_each_leaf_stands_on_a_line_of_its_own(operation: str) -> None:
    """What `Documents.leave_out` relies on."""
    text = Documents().text(operation)
    lines = [line.strip() for line in text.splitlines()]
    plain = {path.rpartition(".")[2] for path in leaves(text)} - {"deleteDataSource"}
    assert plain <= set(lines)
