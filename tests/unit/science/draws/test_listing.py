"""Lists as files: columns and back, the line in every error, and the same frame as object by object."""

from contextlib import suppress
from time import thread_time
from unicodedata import normalize

import pytest
from hypothesis import given
from hypothesis import strategies as st

from clocked import fair
from openqi.kernel.errors import FormatError, OpenQIError, RefusedError
from openqi.science.draws.commitment import committed
from openqi.science.draws.frame import LARGEST, Candidate, Exclusion, frame_of
from openqi.science.draws.listing import exclusion_listing, exclusions_of, frame_of_listing, listing_bytes

LIST = "甲厂\teast\tA\t3\n乙厂\twest\tB\t0\nfirm 3\teast\t\t12\n".encode()


def test_a_file_is_the_frame_of_its_objects_and_comes_back():
    told = [
        Candidate(name="甲厂", stratum="east", risk_class="A", size=3),
        Candidate(name="乙厂", stratum="west", risk_class="B", size=0),
    ]
    slow = frame_of([*told, Candidate(name="firm 3", stratum="east", size=12)])
    fast = frame_of_listing(LIST)
    assert committed(fast).root == committed(slow).root
    assert (fast.strata, fast.classes) == (slow.strata, slow.classes)
    assert listing_bytes(fast) == LIST


@given(
    st.lists(
        st.tuples(
            st.text("abcdefgh甲乙丙0123456789", min_size=1, max_size=12), st.sampled_from(["", "east", "西"]),
            st.sampled_from("ABCD"), st.integers(0, LARGEST),
        ),
        min_size=1, max_size=30, unique_by=lambda one: one[0],
    )
)  # fmt: skip
def test_any_list_has_the_root_of_its_objects(rows):
    slow = frame_of([Candidate(name=name, stratum=stratum, risk_class=rank, size=size) for name, stratum, rank, size in rows])
    document = "".join(f"{name}\t{stratum}\t{rank}\t{size}\n" for name, stratum, rank, size in rows).encode()
    fast = frame_of_listing(document)
    assert committed(fast).root == committed(slow).root
    assert listing_bytes(fast) == document


@given(st.binary(max_size=60) | st.text("ab\t\n019甲\r ", max_size=40).map(str.encode), st.binary(max_size=30))
def test_any_bytes_are_a_list_or_our_own_error(document, exclusions):
    with suppress(OpenQIError):
        frame_of_listing(document, exclusions)


@pytest.mark.parametrize(
    ("document", "told"),
    [
        (b"", "the list is empty"),
        (b"a\t\t\t1", "does not end with a line end"),
        (b"a\t\t\t1\r\nb\t\t\t1\r\n", "line 1 of the list holds a carriage return"),
        (b"\xef\xbb\xbfa\t\t\t1\n", "byte order mark"),
        (b"a\t\t\t1\nb\xff\t\t\t1\n", "line 2 of the list is no UTF-8"),
        (b"a\t\t\t1\nb\t\t1\n", "line 2, .* has 3 columns"),
        (b"a\t\t\t1\n\nb\t\t\t1\n", "line 2, '', has 1 columns"),
        (b"a\t\t\t1\t\nb\t\t1\n", "line 1, .* has 5 columns"),
        (b"a\t\t\t1\n\t\t\t1\n", "line 2 has no name"),
        (b"a\t\t\t1\nb\t\t\t\n", "line 2 has the size ''"),
        (b"a\t\t\t1\nb\t\t\t-1\n", "line 2 has the size '-1'"),
        (b"a\t\t\t1\nb\t\t\t1.5\n", "line 2 has the size '1.5'"),
        (b"a\t\t\t1\nb\t\t\t01\n", "without leading zeros"),
        (b"a\t\t\t1\nb\t\t\t1099511627777\n", "line 2 has the size '1099511627777'"),
        (b"a\t\t\t1\nb\t\t\t99999999999999999999\n", "line 2 has the size"),
        ("a\t\t\t1\nb\t\t\t１\n".encode(), "line 2 has the size"),
        (b"a\t\t\t1\nb\t\t\t1\na\t\t\t2\n", r"a stands on the list twice.*lines 1 and 3"),
        (b"a\t\t\t1\nb\t\t\t1\nA\t\t\t2\n", r"'a' and 'A' read as one object.*lines 1 and 3"),
        ("ab\t\t\t1\nａｂ\t\t\t1\n".encode(), r"read as one object.*lines 1 and 2"),
        ("a\u200b\t\t\t1\n".encode(), "cannot be seen"),
        (b"a \t\t\t1\n", "begins or ends with a space"),
        (b"a\teast\t\t1\nb\tEast\t\t1\n", "read as one stratum"),
        (b"a\t\tA\t1\nb\t\ta\t1\n", "read as one class"),
        (normalize("NFD", "a\t\t\t1\né\t\t\t1\n").encode(), "line 2 of the list is not composed"),
        (b"a\t\t\t1\n" + b"x" * 401 + b"\t\t\t1\n", "line 2 has a name of more than 400 bytes"),
    ],
)
def test_a_list_that_is_none_says_which_line_is_wrong(document, told):
    with pytest.raises(OpenQIError, match=told):
        frame_of_listing(document)


@pytest.mark.parametrize(
    ("exclusions", "told"),
    [
        (b"x\tclosed\n", "line 1 of the exclusions, .* is no name, reason and detail"),
        (b"\tclosed\t\n", "line 1 of the exclusions"),
        (b"x\t\t\n", "line 1: x is excluded without a reason"),
        (b"x\tclosed\t\ny\tmoved\t\nX\tmoved\t\n", "lines 1 and 3: x is excluded twice: closed, moved"),
        (b"a\tclosed\t\n", "a stands on the list, and is excluded [(]closed[)]"),
        (b"A\tclosed\t\n", "A stands on the list, and is excluded"),
        ("ｂ\tclosed\t\n".encode(), "stands on the list, and is excluded"),
        (b"x\tclosed\t", "does not end with a line end"),
    ],
)
def test_exclusions_that_are_none_say_which_line_is_wrong(exclusions, told):
    with pytest.raises((RefusedError, FormatError), match=told):
        frame_of_listing(b"a\t\t\t1\nb\t\t\t1\n", exclusions)


def test_exclusions_come_back_and_are_in_the_frame():
    left_out = (Exclusion(name="x", reason="closed"), Exclusion(name="y", reason="visited-lately", detail="3 days ago"))
    assert exclusions_of(exclusion_listing(left_out)) == left_out
    assert frame_of_listing(b"a\t\t\t1\n", exclusion_listing(left_out)).exclusions == left_out


def test_a_hundred_thousand_lines_are_read_in_a_tenth_of_a_second_or_so():
    document = "".join(
        f"9135{number:014d}\tcounty {number % 40}\t{'ABCD'[number % 4]}\t{number % 977}\n" for number in range(100_000)
    )
    data = document.encode()
    assert len(frame_of_listing(data)) == 100_000
    start = thread_time()
    frame_of_listing(data)
    assert fair(thread_time() - start, 2.0, lambda: frame_of_listing(data)) <= 2.0


@pytest.mark.parametrize("hidden", ["\ufe0f", "\U000e0100", "\u034f", "\u3164", "\u2800", "\u200b", "\u0378", "\x1f"])
def test_what_cannot_be_seen_makes_no_second_object_no_second_stratum_and_no_false_exclusion(hidden):
    """A selector of variants, fillers, blanks, a letter that is none yet: two names that read as one would have two tickets."""
    other = f"甲厂{hidden}"
    for document, exclusions in (
        (f"甲厂\teast\tA\t3\n{other}\teast\tA\t3\n", ""),
        (f"甲厂\t东\tA\t3\n乙厂\t东{hidden}\tA\t3\n", ""),
        (f"甲厂\t东\tA\t3\n乙厂\t东\tA{hidden}\t3\n", ""),
        ("甲厂\teast\tA\t3\n", f"{other}\tclosed\t\n"),
        ("甲厂\teast\tA\t3\n", f"乙厂\tclosed{hidden}\t\n"),
    ):
        with pytest.raises(OpenQIError, match=f"U\\+{ord(hidden):04X}, which cannot be seen"):
            frame_of_listing(document.encode(), exclusions.encode())


def test_spaces_at_the_ends_of_labels_and_of_who_is_left_out_are_refused():
    for document, exclusions in (("a\teast \t\t1\n", ""), ("a\teast\t\t1\n", " b\tclosed\t\n")):
        with pytest.raises(OpenQIError, match="space at an end"):
            frame_of_listing(document.encode(), exclusions.encode())
