"""The documents against the reference's schema and the reference's own requests."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cache
from importlib import import_module
from importlib.resources import files
from itertools import combinations
from pkgutil import iter_modules
from typing import Any, get_args

import pytest
from graphql import (
    DocumentNode,
    FieldNode,
    FragmentDefinitionNode,
    FragmentSpreadNode,
    GraphQLSchema,
    OperationDefinitionNode,
    SelectionSetNode,
    StringValueNode,
    build_schema,
    parse,
    print_ast,
    validate,
)

from pulumi_capig.gateway import accounts, filters, metrics, operations, pixels, routing
from pulumi_capig.gateway.documents import Document, Documents
from pulumi_capig.gateway.operation import Endpoint, Operation
from tests.support.samples import SAMPLES

ENDPOINTS: tuple[Endpoint, ...] = get_args(Endpoint)


def of_the_page(name: str) -> list[Operation]:
    """The operations of one page of the reference."""
    page = import_module(f"{operations.__name__}.{name}")
    return [value for value in vars(page).values() if isinstance(value, Operation)]


PAGES = [module.name for module in iter_modules(operations.__path__)]
OPERATIONS = [operation for page in PAGES for operation in of_the_page(page)]
BY_NAME = {operation.document: operation for operation in OPERATIONS}

every_operation = pytest.mark.parametrize("operation", OPERATIONS, ids=BY_NAME)


@cache
def schema_of(endpoint: Endpoint) -> GraphQLSchema:
    path = files("pulumi_capig.sandbox") / f"schema/{endpoint}.graphql"
    return build_schema(path.read_text("utf-8"))


def the_operation(text: str) -> OperationDefinitionNode:
    (operation,) = (
        item for item in parse(text).definitions if isinstance(item, OperationDefinitionNode)
    )
    return operation


def selections(
    document: DocumentNode, node: SelectionSetNode | None, above: str = ""
) -> Iterator[tuple[str, bool]]:
    """Path of each field, fragments resolved, and whether it is a leaf."""
    fragments = {
        item.name.value: item
        for item in document.definitions
        if isinstance(item, FragmentDefinitionNode)
    }
    for item in node.selections if node else ():
        if isinstance(item, FragmentSpreadNode):
            yield from selections(document, fragments[item.name.value].selection_set, above)
        elif isinstance(item, FieldNode):
            path = f"{above}{item.name.value}"
            yield path, item.selection_set is None
            yield from selections(document, item.selection_set, f"{path}.")


def leaves(text: str) -> set[str]:
    """Paths of the fields without a selection of their own."""
    found = selections(parse(text), the_operation(text).selection_set)
    return {path for path, is_leaf in found if is_leaf}


@pytest.mark.parametrize("endpoint", ENDPOINTS)
def test_there_is_one_file_for_each_operation(endpoint: Endpoint) -> None:
    folder = files("pulumi_capig.gateway") / "documents" / endpoint
    names = {path.name for path in folder.iterdir()}
    known = {name for name, operation in BY_NAME.items() if operation.endpoint == endpoint}
    assert names == {f"{name}.graphql" for name in known} | {"fragments"}


def test_each_page_and_each_operation_stands_once() -> None:
    assert len(BY_NAME) == len(OPERATIONS)
    assert all(map(of_the_page, PAGES))
    samples = [sample.operation for sample in SAMPLES]
    assert samples == [each.document for page in (pixels, filters)
                       for each in of_the_page(page.__name__.rpartition(".")[2])]  # fmt: skip


@pytest.mark.parametrize("endpoint", ENDPOINTS)
def test_every_fragment_is_used(endpoint: Endpoint) -> None:
    folder = files("pulumi_capig.gateway") / "documents" / endpoint / "fragments"
    its_own = [operation for operation in OPERATIONS if operation.endpoint == endpoint]
    texts = [Documents().of(operation).text for operation in its_own]
    for path in folder.iterdir():
        name = path.name.removesuffix(".graphql")
        assert path.read_text("utf-8").startswith(f"fragment {name} on {name} {{\n")
        assert any(f"...{name} " in text for text in texts)


@every_operation
def test_document_is_valid_and_bears_the_operations_name(operation: Operation) -> None:
    text = Documents().of(operation).text
    # Unused fragments are no valid document.
    assert validate(schema_of(operation.endpoint), parse(text)) == []
    name = the_operation(text).name
    assert name is not None
    assert name.value == operation.name
    assert "#" not in text


@every_operation
def test_the_result_is_where_the_operation_says(operation: Operation) -> None:
    text = Documents().of(operation).text
    paths = [path for path, _ in selections(parse(text), the_operation(text).selection_set)]
    assert ".".join(operation.path) in paths
    kind = the_operation(text).operation.value
    assert kind == ("mutation" if operation.mutates else "query")


@pytest.mark.parametrize("sample", SAMPLES, ids=lambda sample: sample.operation)
def test_document_selects_all_that_the_reference_selects(sample: Any) -> None:
    ours = Documents().of(BY_NAME[sample.operation]).text
    assert validate(schema_of("capig"), parse(sample.query)) == []
    assert leaves(sample.query) <= leaves(ours)
    declared = [print_ast(item) for item in the_operation(ours).variable_definitions or ()]
    documented = [
        print_ast(item) for item in the_operation(sample.query).variable_definitions or ()
    ]
    assert declared == documented


# What is left out


def refusals(name: str) -> list[str]:
    return [f'Cannot query field "{name}" on type "Something".']


@every_operation
def test_no_document_ever_has_an_empty_selection(operation: Operation) -> None:
    """Whatever a gateway refuses, alone and in pairs, and then all of it, one after the other."""
    schema = schema_of(operation.endpoint)
    optional = sorted(Documents().of(operation).optional)
    assert not {*operation.path, "signalConfigs"} & set(optional)
    for names in [*combinations(optional, 1), *combinations(optional, 2), tuple(optional)]:
        documents = Documents()
        for name in names:
            sent = documents.of(operation)
            if not documents.leave_out(sent, refusals(name)):
                assert documents.of(operation) == sent
        left = documents.of(operation)
        joint = documents.joint({"s0": operation, "s1": operation})
        assert joint.optional == left.optional
        for text in (left.text, joint.text):
            assert "{ }" not in text
            if len(names) != 2:  # which would take long
                assert validate(schema, parse(text)) == []


@pytest.mark.parametrize(
    "message",
    [
        'Cannot query field "name" on type "Role". Did you mean "displayName"?',
        "Validation error (FieldUndefined@[tenant/users/roles/name]) : Field 'name' in type "
        "'Role' is undefined",
        'Unknown field "Role.name"',
    ],
)
def test_a_field_of_one_type_stays_in_the_others(message: str) -> None:
    documents = Documents()
    assert documents.leave_out(documents.of(accounts.READ), [message])
    found = leaves(documents.of(accounts.READ).text)
    assert {"tenant.name", "tenant.users.roles.displayName"} <= found
    assert not {"tenant.users.roles.name", "tenant.availableRoles.name"} & found
    assert documents.refused(accounts.READ) == ["name"]
    # What the message says again is refused in any type.
    assert documents.leave_out(documents.of(accounts.READ), [message])
    assert "tenant.name" not in leaves(documents.of(accounts.READ).text)


def test_a_field_is_left_out_with_what_stands_below_it() -> None:
    documents = Documents()
    sent = documents.of(pixels.LIST)
    assert documents.leave_out(sent, refusals("connectionStatus"))
    text = documents.of(pixels.LIST).text
    assert leaves(text) == {
        f"tenantQueries.account.{path}"
        for path in ("name", "status", *(f"signalConfigs.{name}" for name in
                     ("id", "connectionId", "dataSetType", "domains")))
    }  # fmt: skip
    assert "ConnectionStatus {" not in text
    assert documents.refused(pixels.LIST) == ["connectionStatus"]


def test_what_would_be_empty_is_left_out_too() -> None:
    documents = Documents()
    status = [
        path.rpartition(".")[2] for path in leaves(documents.of(pixels.SWITCH_RECEIVING).text)
    ]
    for name in status:
        if name != "success":
            assert documents.leave_out(documents.of(pixels.SWITCH_RECEIVING), refusals(name))
    text = documents.of(pixels.SWITCH_RECEIVING).text
    assert leaves(text) == {
        "tenantMutations.signalMutations.updateSignalConfigEventsStatus.success"
    }
    # The last field of what the operation answers stays.
    assert not documents.leave_out(documents.of(pixels.SWITCH_RECEIVING), refusals("success"))
    assert documents.of(pixels.SWITCH_RECEIVING).text == text


@pytest.mark.parametrize(
    "name", ["signalConfigs", "account", "tenantQueries", "unheardOf", "Account"]
)
def test_what_cannot_be_left_out(name: str) -> None:
    documents = Documents()
    whole = documents.of(pixels.LIST)
    assert not documents.leave_out(whole, refusals(name))
    assert documents.of(pixels.LIST) == whole


def test_a_field_that_another_thread_left_out_meanwhile() -> None:
    documents = Documents()
    sent = documents.of(pixels.LIST)
    assert documents.leave_out(sent, refusals("badToken"))
    assert documents.leave_out(sent, refusals("badToken"))  # so that it is sent again
    assert not documents.leave_out(documents.of(pixels.LIST), refusals("badToken"))


def test_a_field_refused_in_one_operation_stays_in_the_others() -> None:
    documents = Documents()
    documents.leave_out(documents.of(pixels.LIST), refusals("badToken"))
    assert "badToken" not in documents.of(pixels.LIST).text
    assert "badToken" in documents.of(pixels.SET_UP).text


@pytest.mark.parametrize("name", ["id", "tenant"])
def test_the_id_of_a_new_account_is_always_asked_for(name: str) -> None:
    """Without it, an account would be made that nobody finds again."""
    documents = Documents()
    documents.leave_out(documents.of(accounts.CREATE), refusals(name))
    at = ".".join((*accounts.CREATE.path, "tenant", "id"))
    assert at in leaves(documents.of(accounts.CREATE).text)


def test_the_account_is_asked_for_slim() -> None:
    """Its users' other accounts, and what each of them uses, would be megabytes."""
    found = leaves(Documents().of(accounts.READ).text)
    assert not {path for path in found if "tenants" in path or "tenantUsage" in path}
    assert "tenant.users.roles.name" in found
    assert leaves(Documents().of(accounts.REACH).text) == {
        "tenant.users.tenants.id",
        "tenant.users.tenants.name",
    }


def test_websites_are_left_out_of_the_metrics_alone() -> None:
    """They stand in a table of the reference, and in no operation."""
    documents = Documents()
    assert documents.leave_out(documents.of(metrics.READ), refusals("domainActivity"))
    found = leaves(documents.of(metrics.READ).text)
    assert not {path for path in found if "domain" in path}
    assert "tenantQueries.eventMetrics.activity.receivedCount" in found


@pytest.mark.parametrize("operation", [routing.READ, routing.SET], ids=lambda each: each.name)
@pytest.mark.parametrize("kind", ["ID", "ID!", "String", "String!"])
@pytest.mark.parametrize("account", ["IaoreXfj", '"', "a\\", '") { id } x(y: "', "é\n\u2028"])
def test_the_account_of_a_routing_fits_whatever_type_it_has(
    operation: Operation, kind: str, account: str
) -> None:
    path = files("pulumi_capig.sandbox") / "schema/hub.graphql"
    text = re.sub(r"(Domain\(.*?tenantId: )\w+!?", rf"\g<1>{kind}", path.read_text("utf-8"))
    sent = Documents().of(operation).with_literals({"tenantId": account}).text
    assert validate(build_schema(text), parse(sent)) == []
    (root,) = the_operation(sent).selection_set.selections
    assert isinstance(root, FieldNode)
    (given,) = (item.value for item in root.arguments if item.name.value == "tenantId")
    assert isinstance(given, StringValueNode)
    assert given.value == account


def test_the_account_of_a_routing_is_never_left_out() -> None:
    """Without it, the routing of another account might be set."""
    documents = Documents()
    sent = documents.of(routing.SET)
    refused = 'Unknown argument "tenantId" on field "Mutation.upsertIngressDomain".'
    assert not documents.leave_out(sent, [refused])
    assert documents.of(routing.SET) == sent


def test_joint_documents_share_refusals_with_single_ones() -> None:
    documents = Documents()
    both = {"s0": filters.SET_EVENT, "s1": filters.SET_DOMAIN}
    assert documents.leave_out(documents.joint(both), refusals("pixelId"))
    for operation in both.values():
        assert "pixelId" not in documents.of(operation).text
    assert documents.leave_out(documents.of(filters.SET_EVENT), refusals("id"))
    text = documents.joint(both).text
    assert text.count(" id ") == 1  # the domain filter's


@pytest.mark.parametrize(
    "account", ["IaoreXfj", '"', "a\\", '") { id } x(y: "', "$tenantId", "é\n\u2028"]
)
def test_a_value_that_stands_in_the_document_arrives_whole(account: str) -> None:
    text = '{ one(a: "$tenantId", b: "$other") { id } }'
    sent = Document(text, frozenset(), frozenset()).with_literals({"tenantId": account})
    (field,) = the_operation(sent.text).selection_set.selections
    assert isinstance(field, FieldNode)
    values = [a.value.value for a in field.arguments if isinstance(a.value, StringValueNode)]
    assert values == [account, "$other"]
    assert len(the_operation(sent.text).selection_set.selections) == 1
