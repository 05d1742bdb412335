"""One spelling for each value, and a sentence of its own for each mistake."""

from __future__ import annotations

import re
import string
from collections.abc import Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pulumi_capig import canonical

refuses = pytest.raises

ASCII_LABEL = st.from_regex(r"[a-z0-9_]([a-z0-9_-]{0,20}[a-z0-9_])?", fullmatch=True).filter(
    lambda label: not label.startswith("xn--")
)
TOP = st.sampled_from(["com", "org", "example", "museum", "co"])
DOMAINS = st.builds(
    lambda labels, top: ".".join([*labels, top]), st.lists(ASCII_LABEL, min_size=1, max_size=4), TOP
)
UNICODE_DOMAINS = st.sampled_from(
    [
        "münchen.de",
        "bücher.example",
        "例え.jp",
        "пример.рф",
        "straße.de",
        "παράδειγμα.gr",
        "ñandú.cl",
    ]
)


CHOICES = st.integers(0, 2**64 - 1)


def in_some_case(text: str, choice: int) -> str:
    """The same letters, upper case where the choice has a bit."""
    return "".join(c.upper() if choice >> i & 1 else c for i, c in enumerate(text))


def outcome(check: Callable[[object], str], value: str) -> str | ValueError:
    try:
        return check(value)
    except ValueError as error:
        return error


# Domains


@given(DOMAINS, CHOICES, st.sampled_from(["", "."]))
def test_domain_case_and_trailing_dot(name: str, choice: int, end: str) -> None:
    assert canonical.domain(in_some_case(name, choice) + end) == name


@given(DOMAINS | UNICODE_DOMAINS)
def test_domain_is_settled_after_one_step(name: str) -> None:
    once = canonical.domain(name)
    assert canonical.domain(once) == once
    assert canonical.domain(once.upper()) == once
    assert once.isascii()
    assert once == once.lower()


ODD = string.printable + "\u00e4\u00df\u3002\uff0e\uff61\u2603\u200b\u00ad"


@given(st.text(max_size=70) | st.text(alphabet=ODD, max_size=30))
def test_any_text_is_a_domain_or_refused_in_one_sentence(value: str) -> None:
    found = outcome(canonical.domain, value)
    if isinstance(found, ValueError):
        assert type(found) is ValueError
        assert str(found)
        assert "\n" not in str(found)
        return
    assert canonical.domain(found) == found
    assert set(found) <= set(string.ascii_lowercase + string.digits + "-_.")
    assert not found.startswith((".", "-"))
    assert not found.endswith((".", "-"))


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        ("EXAMPLE.com", "example.com"),
        ("example.com.", "example.com"),
        ("münchen.de", "xn--mnchen-3ya.de"),
        ("MÜNCHEN.DE", "xn--mnchen-3ya.de"),
        ("mu\u0308nchen.de", "xn--mnchen-3ya.de"),
        ("münchen。de。", "xn--mnchen-3ya.de"),
        ("XN--MNCHEN-3YA.de", "xn--mnchen-3ya.de"),
        ("straße.de", "xn--strae-oqa.de"),
        ("\uff45\uff58\uff41\uff4d\uff50\uff4c\uff45\uff0e\uff43\uff4f\uff4d", "example.com"),
        ("exam\u00adple.com", "example.com"),
        ("_dmarc.example.com", "_dmarc.example.com"),
        ("a--b.example.com", "a--b.example.com"),
        ("3com.example", "3com.example"),
        ("localhost", "localhost"),
        ("a" * 63 + ".com", "a" * 63 + ".com"),
    ],
)
def test_domain(value: str, expected: str) -> None:
    assert canonical.domain(value) == expected


MISTAKES = {
    "empty": ["", ],
    "blanks": ["example .com", " example.com", "example.com\n", "exa\tmple.com", "a\u00a0b.com"],
    "scheme": ["https://example.com", "HTTP://example.com/x", "ftp://user@example.com:21"],
    "path": ["example.com/", "example.com/page", "example.com?q=1", "example.com#x", "a\\b.com"],
    "wildcards": ["*.example.com", "*", "shop.*.com"],
    "e-mail": ["me@example.com", "user:pw@example.com", "@example.com"],
    "IP address": [
        "127.0.0.1", "127.0.0.1.", "::1", "[::1]", "[2001:db8::1]", "fe80::1%eth0", "1.2.3.4:80",
        "\uff11.\uff12.\uff13.\uff14", "1.2.3", "12345",
    ],
    "port": ["example.com:8080", "example.com:"],
    "internationalised": ["xn--a.com", "☃\ud800.com", "a\u2488.com", "\uff0a.example.com"],
    "not a domain": [
        ".", "..", ".com", "example..com", "example.com..", "-a.com", "a-.com", "a!.com",
        "a" * 64 + ".com", ".".join(["a" * 60] * 5), "exam'ple.com", "<domain>",
        "example.com,b.com",
    ],
}  # fmt: skip


@pytest.mark.parametrize(
    ("value", "word"), [(value, word) for word, values in MISTAKES.items() for value in values]
)
def test_domain_mistakes_have_their_own_messages(value: str, word: str) -> None:
    with refuses(ValueError, match=word):
        canonical.domain(value)


def test_domain_messages_differ() -> None:
    messages = set()
    for values in MISTAKES.values():
        with refuses(ValueError) as caught:
            canonical.domain(values[0])
        messages.add(str(caught.value))
    assert len(messages) == len(MISTAKES)


# Ids


@given(st.from_regex(r"[0-9]{1,200}", fullmatch=True))
def test_ids_of_any_length_stay_as_they_are(value: str) -> None:
    assert canonical.pixel_id(value) == canonical.business_id(value) == value


@given(st.integers() | st.floats())
def test_ids_as_numbers_are_refused(value: float) -> None:
    for check in (canonical.pixel_id, canonical.business_id):
        with refuses(ValueError, match="in quotes"):
            check(value)


@pytest.mark.parametrize(
    "value",
    [
        "",
        " 1",
        "1 ",
        "1\n",
        "+1",
        "-1",
        "1.0",
        "1e3",
        "0x1",
        "١٢",
        "\uff11\uff12",
        "²",
        "1_0",
        "<id>",
    ],
)
def test_ids_are_digits(value: str) -> None:
    with refuses(ValueError, match="a pixel id must be decimal digits"):
        canonical.pixel_id(value)


CHECKS: list[Callable[[object], object]] = [
    canonical.pixel_id,
    canonical.business_id,
    canonical.tenant_id,
    canonical.api_version,
    canonical.access_token,
    canonical.api_token,
    canonical.event_name,
    canonical.filter_state,
    canonical.domain,
]


@pytest.mark.parametrize("value", [None, True, [], ["1"], {}, b"1", object], ids=str)
@pytest.mark.parametrize("check", CHECKS)
def test_only_text_is_text(check: Callable[[object], object], value: object) -> None:
    with refuses(ValueError, match="must be text, not "):
        check(value)


@given(st.lists(st.from_regex(r"[0-9]{1,4}", fullmatch=True)), st.permutations(range(8)))
def test_pixel_ids_are_a_set(values: list[str], order: list[int]) -> None:
    found = canonical.pixel_ids(values)
    assert found == sorted(set(values))
    shuffled = [values[place % len(values)] for place in order if values]
    assert canonical.pixel_ids([*shuffled, *values]) == canonical.pixel_ids(found) == found


@pytest.mark.parametrize("value", ["IaoreXfj", "a", "ä-1", "x" * 100])
def test_tenant_id(value: str) -> None:
    assert canonical.tenant_id(value) == value


@pytest.mark.parametrize(
    ("value", "word"),
    [("", "empty"), (" ", "blanks"), ("a b", "blanks"), ("a\n", "blanks"), ("a/b", "'/'")],
)
def test_tenant_id_mistakes(value: str, word: str) -> None:
    with refuses(ValueError, match=word):
        canonical.tenant_id(value)


# Other values


@pytest.mark.parametrize("value", ["v14.0", "v24.0", "v100.12"])
def test_api_version(value: str) -> None:
    assert canonical.api_version(value) == value


@pytest.mark.parametrize("value", ["", "24.0", "v24", "V24.0", "v24.0 ", "v24.0\n", "vx.y", "v٢.0"])
def test_api_version_mistakes(value: str) -> None:
    with refuses(ValueError, match="v24.0"):
        canonical.api_version(value)


@given(st.text(alphabet=string.ascii_letters + string.digits, min_size=20))
def test_access_token(value: str) -> None:
    assert canonical.access_token(value) == value


PLACEHOLDERS = [
    "<accessToken>", "<token>", "<>", "${TOKEN}", "$(cat token)", "{{ token }}", "{{token}}",
    "[token]", "xxx", "XXXXXXXX", "***", "*", "...", "changeme", "change-me", "CHANGE_ME", "TODO",
    "your-token", "YOUR_ACCESS_TOKEN",
]  # fmt: skip


@pytest.mark.parametrize("value", PLACEHOLDERS)
def test_access_token_placeholders(value: str) -> None:
    word = "placeholder" if " " not in value else "blanks"
    with refuses(ValueError, match=word):
        canonical.access_token(value)


@pytest.mark.parametrize("value", ["EAAxxx", "EAA<b>", "xx", "todos", "EAA...", "yours", "a*"])
def test_access_token_that_only_resembles_a_placeholder(value: str) -> None:
    assert canonical.access_token(value) == value


@pytest.mark.parametrize("value", [" EAAsecret", "EAAsecret\n", "EAA secret", "EAA\u00a0secret"])
def test_access_token_with_blanks(value: str) -> None:
    with refuses(ValueError, match="not copied cleanly") as caught:
        canonical.access_token(value)
    assert "EAA" not in str(caught.value)


def test_access_token_empty() -> None:
    with refuses(ValueError, match="is empty"):
        canonical.access_token("")


@given(st.text())
def test_api_token_fits_into_a_header(value: str) -> None:
    found = outcome(canonical.api_token, value)
    if value and all("!" <= c <= "~" for c in value):
        assert found == value
    else:
        assert isinstance(found, ValueError)
        assert len(value) < 6 or value not in str(found)


UNSEEN = ("Cc", "Cf", "Cs", "Zl", "Zp")


@given(
    st.text(st.characters(exclude_categories=(*UNSEEN, "Zs")), min_size=1, max_size=50),
    st.booleans(),
)
def test_event_name(value: str, blank: bool) -> None:
    name = f"{value[:24]} {value[24:48]}".strip() if blank else value
    assert canonical.event_name(name) == name


def test_an_emoji_is_held_together() -> None:
    family = "\U0001f468\u200d\U0001f469\u200d\U0001f467"
    assert canonical.event_name(family) == family


@given(st.characters(categories=UNSEEN, exclude_characters="\u200d"))
def test_what_nobody_sees_is_named(character: str) -> None:
    name = re.escape(f"(U+{ord(character):04X})")
    with refuses(ValueError, match=name):
        canonical.event_name(f"Le{character}ad")
    for read, value in (
        (canonical.access_token, f"EA{character}AB"),
        (canonical.tenant_id, f"Iao{character}re"),
    ):
        with refuses(ValueError, match=f"{name}|blanks"):
            read(value)


@pytest.mark.parametrize(
    ("value", "word"),
    [
        ("", "1 to 50"),
        ("x" * 51, "51"),
        (" Lead", "blanks"),
        ("Lead\n", "blanks"),
        ("\u3000Lead", "blanks"),
    ],
)
def test_event_name_mistakes(value: str, word: str) -> None:
    with refuses(ValueError, match=word):
        canonical.event_name(value)


def test_standard_events_are_the_documented_ones() -> None:
    assert len(set(canonical.STANDARD_EVENTS)) == 18
    assert list(canonical.STANDARD_EVENTS) == sorted(canonical.STANDARD_EVENTS)


@given(st.sampled_from(canonical.STANDARD_EVENTS), CHOICES)
def test_remark_on_the_case_of_standard_events(standard: str, choice: int) -> None:
    spelled = in_some_case(standard, choice)
    remark = canonical.event_remark(spelled)
    assert (remark == "") is (spelled == standard)
    assert remark == "" or (spelled in remark and standard in remark)


@given(st.text(max_size=50))
def test_no_remark_on_other_events(value: str) -> None:
    folded = {event.casefold() for event in canonical.STANDARD_EVENTS}
    assert (canonical.event_remark(value) == "") is (
        value in canonical.STANDARD_EVENTS or value.casefold() not in folded
    )


@pytest.mark.parametrize("value", ["PUBLISH", "DROP"])
def test_filter_state(value: str) -> None:
    assert canonical.filter_state(value) == value


@pytest.mark.parametrize("value", ["", "publish", "Drop", "MIXED", "DROP "])
def test_filter_state_mistakes(value: str) -> None:
    with refuses(ValueError, match='"PUBLISH" or "DROP"'):
        canonical.filter_state(value)


def test_switch() -> None:
    assert canonical.switch(True) is True
    assert canonical.switch(False) is False
    others: list[object] = ["true", 1, 0, None, [], {}]
    for value in others:
        with refuses(ValueError, match="must be True or False"):
            canonical.switch(value)


@given(st.text(), st.text(), st.text())
def test_fingerprint(pixel: str, token: str, other: str) -> None:
    found = canonical.fingerprint(pixel, token)
    assert len(found) == 12
    assert set(found) <= set(string.hexdigits.lower())
    assert canonical.fingerprint(pixel, token) == found
    assert (canonical.fingerprint(pixel, other) == found) is (token == other)


def test_fingerprint_is_what_state_holds() -> None:
    assert canonical.fingerprint("123", "EAA") == "c7d969f1fef8"
