"""One spelling for each value, and a sentence of its own for each mistake."""

from __future__ import annotations

import asyncio
import re
import string
import unicodedata
import warnings
from collections.abc import Callable

import pulumi
import pytest
from hypothesis import assume, given
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
    "whitespace": [
        "example .com", " example.com", "example.com\n", "exa\tmple.com", "a\u00a0b.com",
    ],
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


@given(st.from_regex(r"[1-9][0-9]{0,199}", fullmatch=True))
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


@given(st.from_regex(r"0{1,3}[0-9]{0,20}", fullmatch=True))
def test_ids_have_no_zero_in_front(value: str) -> None:
    for check, what in (
        (canonical.pixel_id, "a pixel id"),
        (canonical.business_id, "a business id"),
    ):
        with refuses(ValueError, match=f"^{what} never starts with 0"):
            check(value)


REWRITTEN = ["1.2345e+82", "1.8904456377094531e+16", "1.89045E+16", "1,89045E+16", "1e-7", "189.0"]


@pytest.mark.parametrize("value", REWRITTEN)
def test_numbers_that_yaml_or_a_spreadsheet_rewrote(value: str) -> None:
    for check in (canonical.pixel_id, canonical.business_id):
        with refuses(ValueError, match="decimal digits and nothing else; .* write it in quotes"):
            check(value)
    with refuses(ValueError, match="^YAML has rewritten this account id .* in quotes"):
        canonical.tenant_id(value)


@pytest.mark.parametrize("value", ["12345e78", "1e5", "12345678", "e+1", "-7", "0x1F"])
def test_account_ids_that_only_resemble_a_number(value: str) -> None:
    assert canonical.tenant_id(value) == canonical.client_id(value) == value


@pytest.mark.parametrize(
    "value", ["[IaoreXfj]", '["IaoreXfj"]', "['IaoreXfj']", "[]", '{"a":"b"}', "{a: b}"]
)
def test_an_account_id_that_is_a_list_or_an_object(value: str) -> None:
    with refuses(ValueError, match="^this is a list or an object .* in quotes"):
        canonical.tenant_id(value)


@pytest.mark.parametrize("value", ["1.2345e+82", "1e-7", '["acme"]', '["a","b"]', '{"a":"b"}'])
def test_an_api_account_that_yaml_rewrote(value: str) -> None:
    with refuses(ValueError, match="in quotes$"):
        canonical.client_id(value)


@pytest.mark.parametrize("value", ["acme", "[prod] pulumi", "{acme}", "1.5", "tea and cake", "ä"])
def test_api_account(value: str) -> None:
    assert canonical.client_id(value) == value


@given(st.from_regex(r"[1-9][0-9]{14}", fullmatch=True), st.integers(1, 6))
def test_remark_on_ids_that_a_spreadsheet_rounded(kept: str, zeros: int) -> None:
    rounded = kept + "0" * zeros
    assert rounded in canonical.rounding_remark(rounded)
    assert "spreadsheet" in canonical.rounding_remark(rounded)
    for other in (kept, f"{rounded}1", f"{kept}{1:0>{zeros}}", kept[:-1], kept[:5]):
        assert canonical.rounding_remark(other) == ""


def test_remark_on_the_documented_id_when_rounded() -> None:
    assert "18904456377094500" in canonical.rounding_remark("18904456377094500")
    for known in (
        "18904456377094531",
        "2840127409433732",
        "319279634094583",
        "10" * 5,
        "",
        "x" * 16,
    ):
        assert canonical.rounding_remark(known) == ""


CHECKS: list[Callable[[object], object]] = [
    canonical.pixel_id,
    canonical.business_id,
    canonical.tenant_id,
    canonical.api_version,
    canonical.access_token,
    canonical.api_token,
    canonical.ready_token,
    canonical.client_id,
    canonical.client_secret,
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
    [
        ("", "empty"),
        (" ", "whitespace"),
        ("a b", "whitespace"),
        ("a\n", "whitespace"),
        ("a/b", "'/'"),
    ],
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


@pytest.mark.parametrize("value", ["v1.0", "v2.12", "v10.0", "v14.0", "v17.0", "v017.0", "v0.0"])
def test_remark_on_versions_that_expired_long_ago(value: str) -> None:
    assert canonical.api_version(value) == value
    assert value in canonical.api_version_remark(value)


@pytest.mark.parametrize(
    "value", ["v18.0", "v24.0", "v26.0", "v100.12", "10.0", "", f"v{'9' * 5000}.0"]
)
def test_no_remark_on_other_versions(value: str) -> None:
    assert canonical.api_version_remark(value) == ""


TOKENS = st.text(alphabet=string.ascii_letters + string.digits, min_size=20).filter(
    lambda value: "xxxxxx" not in value.lower()
)


@given(TOKENS)
def test_access_token(value: str) -> None:
    assert canonical.access_token(value) == value
    assert canonical.ready_token(value) == canonical.client_secret(value) == value


@given(TOKENS, TOKENS, st.sampled_from("-_.|~+"), st.sampled_from(["", "=", "=="]))
def test_tokens_of_other_alphabets(one: str, two: str, between: str, end: str) -> None:
    value = f"{one}{between}{two}{end}"
    assert canonical.access_token(value) == canonical.ready_token(value) == value


PLACEHOLDERS = [
    "<accessToken>", "<token>", "<>", "${TOKEN}", "$(cat token)", "{{ token }}", "{{token}}",
    "[token]", "xxx", "XXXXXXXX", "***", "*", "...", "changeme", "change-me", "CHANGE_ME", "TODO",
    "your-token", "YOUR_ACCESS_TOKEN",
]  # fmt: skip


SECRETS = [canonical.access_token, canonical.ready_token, canonical.client_secret]

STAND_INS = {
    "is a placeholder": [
        *PLACEHOLDERS, "$PIXEL_TOKEN", "$token", "%PIXEL_TOKEN%", "${env:TOKEN}", "#{TOKEN}#",
        "${{ secrets.PIXEL_TOKEN }}", "secrets.PIXEL_TOKEN", "process.env.PIXEL_TOKEN",
        "os.environ['PIXEL_TOKEN']", "{token}", "<your token>", "[REDACTED]", "redacted", "…",
        "insert-token-here", "replace_me", " <token>\n",
    ],
    "is a word such as None or null": [
        "None", "null", "undefined", "nil", "<nil>", "NaN", "n/a", "NULL", "None\n", "false",
        "true", "[object Object]",
    ],
    "is an Output converted to text": ["<pulumi.output.Output object at 0x7f0cddaf3190>"],
    "is empty": [""],
}  # fmt: skip


@pytest.mark.parametrize(
    ("value", "words"), [(value, words) for words, values in STAND_INS.items() for value in values]
)
@pytest.mark.parametrize("check", SECRETS)
def test_what_stands_in_for_a_secret(
    check: Callable[[object], str], value: str, words: str
) -> None:
    with refuses(ValueError, match=words) as caught:
        check(value)
    assert len(value) < 7 or value.strip() not in str(caught.value)


def test_an_output_made_into_text() -> None:
    async def converted() -> tuple[str, str]:
        output = pulumi.Output.from_input("EAAB")
        return str(output), repr(output)

    with warnings.catch_warnings(record=True):
        texts = asyncio.run(converted())
    for check in SECRETS:
        for value in texts:
            with refuses(ValueError, match="is an Output converted to text"):
                check(value)


TOKEN = "EAABwzLixnjYBO4f1234"

BADLY_COPIED = {
    "has quotes around it": [
        f'"{TOKEN}"', f"'{TOKEN}'", f"`{TOKEN}`", f"\u201c{TOKEN}\u201d", f"\u2018{TOKEN}\u2019",
        f"\u00ab{TOKEN}\u00bb", f'"{TOKEN}', f"{TOKEN}'", f'"{TOKEN}"\n',
    ],
    "is shortened or masked": [
        "EAABwz\u2026xyz", "EAAB****1234", "EAABwz...xyz", "EAA...", "EAAB**", f"{TOKEN}\u2026",
        "EAAB\u2022\u2022\u2022\u20221234", "EAAB\u25cf\u25cf12", "EAABxxxxxxxx1234", "EAAXXXXXXXX",
        "EAABwz[...]xyz",
    ],
}  # fmt: skip


@pytest.mark.parametrize(
    ("value", "words"),
    [(value, words) for words, values in BADLY_COPIED.items() for value in values],
)
@pytest.mark.parametrize("check", SECRETS[:2])
def test_tokens_that_are_badly_copied(
    check: Callable[[object], str], value: str, words: str
) -> None:
    with refuses(ValueError, match=words) as caught:
        check(value)
    assert "EAA" not in str(caught.value)


@pytest.mark.parametrize("value", ['"s3cret"', "'s3cret", "s3***cret", "a...b", "x=y", "p\u00e4ss"])
def test_a_secret_has_any_characters_that_can_be_seen(value: str) -> None:
    assert canonical.client_secret(value) == value


SOMETHING_ELSE = {
    "is a web address": [
        "https://graph.facebook.com/v24.0/me", f"http://x.example?access_token={TOKEN}",
        "www.facebook.com/events_manager",
    ],
    "has a prefix or a format around it": [
        f"Bearer {TOKEN}", f"bearer:{TOKEN}", f"access_token={TOKEN}", f"token: {TOKEN}",
        f"PIXEL_TOKEN={TOKEN}", f'{{"access_token":"{TOKEN}"}}', f'"access_token": {TOKEN}x',
        f"{{access_token: {TOKEN}}}",
    ],
    "names a file or another place": [
        "file:token.txt", "file:///run/secrets/token", "@token.txt", "/run/secrets/token",
        "./token", "~/token", "secrets/token.txt", "token.json", "C:\\token", "op://vault/pixel/token",
        "env:PIXEL_TOKEN", "arn:aws:secretsmanager:eu-west-1:1:secret:pixel", "vault:secret/pixel",
        "gs://bucket/token",
    ],
    "is encrypted": [f"v1:{TOKEN}:x", "secure:v1:abc", "ENC[AES256_GCM,data:abc]"],
    r"a non-ASCII character \(U\+0410\)": ["E\u0410ABwz", "\u0410"],
    r"a non-ASCII character \(U\+FF21\)": ["EA\uff21B"],
    r"a non-ASCII character \(U\+00E9\)": ["caf\u00e9"],
    r"an invisible character \(U\+200B\)": ["EAAB\u200b1234"],
    r"an invisible character \(U\+3164\)": ["EAAB\u31641234"],
}  # fmt: skip


@pytest.mark.parametrize(
    ("value", "words"),
    [(value, words) for words, values in SOMETHING_ELSE.items() for value in values],
)
def test_an_access_token_that_is_something_else(value: str, words: str) -> None:
    with refuses(ValueError, match=words) as caught:
        canonical.access_token(value)
    assert "EAA" not in str(caught.value)


@given(st.text(), st.text())
def test_no_message_quotes_a_token(before: str, after: str) -> None:
    value = f"{before}{TOKEN}{after}"
    for check in SECRETS:
        found = outcome(check, value)
        if isinstance(found, ValueError):
            assert TOKEN not in str(found)
            assert "\n" not in str(found)
        else:
            assert found == value


@pytest.mark.parametrize(
    "value", ["EAAxxx", "EAA<b>", "xx", "todos", "yours", "a*", "nonesuch", "$"]
)
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
DRAWN_AS_NOTHING = "".join(
    chr(code)
    for first, last in (
        (0x34F, 0x34F), (0x115F, 0x1160), (0x17B4, 0x17B5), (0x180B, 0x180F), (0x2065, 0x2065),
        (0x2800, 0x2800), (0x3164, 0x3164), (0xFE00, 0xFE0F), (0xFFA0, 0xFFA0), (0xFFF0, 0xFFF8),
        (0xE0000, 0xE0FFF),
    )
    for code in range(first, last + 1)
)  # fmt: skip


@given(
    st.text(
        st.characters(exclude_categories=(*UNSEEN, "Zs"), exclude_characters=DRAWN_AS_NOTHING),
        min_size=1,
        max_size=50,
    ),
    st.booleans(),
)
def test_event_name(value: str, blank: bool) -> None:
    name = f"{value[:24]} {value[24:48]}".strip() if blank else value
    assume(1 <= len(unicodedata.normalize("NFC", name)) <= 50)
    assert canonical.event_name(name) == unicodedata.normalize("NFC", name)


@given(st.text(st.characters(categories=["L", "N", "Mn"]), min_size=1, max_size=12))
def test_each_event_has_one_name(value: str) -> None:
    names = {outcome(canonical.event_name, value)}
    for form in ("NFC", "NFD"):
        names.add(outcome(canonical.event_name, unicodedata.normalize(form, value)))
    assert len(names) == 1 or all(isinstance(name, ValueError) for name in names)


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        ("Bestellung\u00e4", "Bestellung\u00e4"),
        ("Bestellunga\u0308", "Bestellung\u00e4"),
        ("\u1112\u1161\u11ab", "\ud55c"),
        ("\u212bngstrom", "\u00c5ngstrom"),
        ("e\u0301" * 50, "\u00e9" * 50),
    ],
)
def test_an_event_in_either_form_of_unicode(value: str, expected: str) -> None:
    assert canonical.event_name(value) == expected


FAMILY = "\U0001f468\u200d\U0001f469\u200d\U0001f467"


@pytest.mark.parametrize(
    "emoji",
    [
        FAMILY,
        "\u2764\ufe0f\u200d\U0001f525",
        "\U0001f3f3\ufe0f\u200d\U0001f308",
        "\U0001f44d\U0001f3fd",
        "\U0001f468\U0001f3fd\u200d\U0001f680",
        "\U0001f642\u200d\u2194\ufe0f",
        "1\ufe0f\u20e3",
        "\u00a9\ufe0f",
    ],
)
def test_an_emoji_is_held_together(emoji: str) -> None:
    for name in (emoji, f"Sale {emoji}", f"Sale{emoji}!"):
        assert canonical.event_name(name) == name


@pytest.mark.parametrize(
    "value",
    [
        "Pur\u200dchase",
        "\u200dLead",
        "Lead\u200d",
        f"Sale{FAMILY}\u200d",
        f"\u200d{FAMILY}",
        f"a\u200d{FAMILY}",
        "\u00b0\u200d\u00b0",
        "Lead\ufe0f",
        "\ufe0fLead",
        "\U0001f44d\ufe0e",
        "Le\u034fad",
        "Lead\u3164",
        "\u2800Lead",
        "Lead\U000e0100",
        "\u115fLead",
    ],
)
def test_a_twin_that_looks_the_same_is_refused(value: str) -> None:
    with refuses(ValueError, match=r"^an event name has an invisible character \(U\+"):
        canonical.event_name(value)


@given(st.characters(categories=UNSEEN) | st.sampled_from(DRAWN_AS_NOTHING))
def test_what_nobody_sees_is_named(character: str) -> None:
    name = re.escape(f"(U+{ord(character):04X})")
    with refuses(ValueError, match=name):
        canonical.event_name(f"Le{character}ad")
    for read, value in (
        (canonical.access_token, f"EA{character}AB"),
        (canonical.tenant_id, f"Iao{character}re"),
    ):
        with refuses(ValueError, match=f"{name}|spaces|whitespace"):
            read(value)


@pytest.mark.parametrize(
    ("value", "word"),
    [
        ("", "1 to 50"),
        ("x" * 51, "51"),
        (" Lead", "whitespace"),
        ("Lead\n", "whitespace"),
        ("\u3000Lead", "whitespace"),
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
