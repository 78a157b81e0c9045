"""What a bag may have: names of payload files, lines of manifests."""

from hypothesis import strategies as st

_AWKWARD = [
    b"\n",
    b"\r",
    b"%",
    b"%0A",
    b"%25",
    b" ",
    b"\xe2\x80\xa8",
    b"\xc2\x85",
    b"\x0b",
    b"\xff",
    b".",
    b"*",
]

component = (
    st.lists(st.one_of(st.sampled_from(_AWKWARD), st.binary(min_size=1, max_size=4)), min_size=1, max_size=6)
    .map(b"".join)
    .map(lambda raw: raw.replace(b"/", b"_").replace(b"\0", b"_"))
    .filter(lambda raw: raw not in {b".", b".."})
    .map(lambda raw: raw.decode("utf-8", "surrogateescape"))
)

manifest_like = st.lists(
    st.one_of(
        st.binary(max_size=30),
        st.sampled_from([b"\n", b"\r\n", b"  ", b" *", b"data/", b"../", b"%0a", b"a" * 32, b"a" * 128]),
    ),
    max_size=12,
).map(b"".join)
