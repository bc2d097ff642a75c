"""Percent-encoding, for any text."""

import re
from urllib.parse import quote

from hypothesis import given
from hypothesis import strategies as st

from devhost.text import decode, encode_path

TEXT = st.text(st.characters(codec="utf-8")) | st.text("%/+é4 1Cc3A9")


@given(TEXT)
def test_decoding_undoes_encoding(text: str) -> None:
    assert decode(quote(text, safe="")) == text


@given(TEXT)
def test_decoding_can_leave_slashes(text: str) -> None:
    assert decode(quote(text, safe=""), keep=b"/") == text.replace("/", "%2F")


@given(TEXT)
def test_an_encoded_path_is_a_path_and_the_same_one(text: str) -> None:
    path = encode_path(text)
    assert re.fullmatch(r"(%[0-9A-Fa-f]{2}|[A-Za-z0-9\-._~!$&'()*+,;=:@/])*", path)
    assert decode(path) == decode(text)
