from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from myna.line.memory import TURN_CHARACTERS, TURNS_KEPT, Memory


def told(memory: Memory, *, without_last_question: bool = False) -> list[tuple[str, str]]:
    turns = memory.turns(without_last_question=without_last_question)
    return [(turn.role, turn.text) for turn in turns]


def test_memory_joins_the_pieces_of_a_turn() -> None:
    memory = Memory()
    for piece in ("What ", "is ", "this?"):
        memory.hear(piece)
    for piece in ("A ", "bird."):
        memory.reply(piece)
    assert told(memory) == [("user", "What is this?"), ("model", "A bird.")]


def test_memory_begins_another_turn_after_the_end_of_one() -> None:
    memory = Memory()
    memory.reply("One.")
    memory.end_turn()
    memory.reply("Two.")
    assert told(memory) == [("model", "One."), ("model", "Two.")]


def test_memory_keeps_the_newest_turns() -> None:
    memory = Memory()
    for number in range(TURNS_KEPT + 3):
        memory.hear(str(number))
        memory.end_turn()
    assert told(memory) == [("user", str(number)) for number in range(3, TURNS_KEPT + 3)]


def test_memory_keeps_the_end_of_a_long_turn() -> None:
    memory = Memory()
    memory.reply("a" * 400)
    memory.reply("b" * 400)
    assert told(memory) == [("model", "a" * 100 + "b" * 400)]


def test_memory_keeps_the_end_of_a_turn_that_comes_in_one_long_piece() -> None:
    memory = Memory()
    memory.reply("a" * 9_000 + "z")
    assert memory.turns(without_last_question=False)[0].text == "a" * (TURN_CHARACTERS - 1) + "z"


def test_memory_leaves_out_the_question_that_will_be_heard_again() -> None:
    memory = Memory()
    memory.hear("Hello")
    memory.reply("Hello.")
    memory.hear("And ")
    memory.end_turn()
    memory.hear("now?")
    assert told(memory, without_last_question=True) == [("user", "Hello"), ("model", "Hello.")]
    assert told(memory)[-1] == ("user", "now?")


def test_memory_of_a_mere_question_is_empty_without_it() -> None:
    memory = Memory()
    memory.hear("Hello")
    assert told(memory, without_last_question=True) == []


def test_last_words_are_those_of_the_model() -> None:
    memory = Memory()
    assert memory.last_words == ""
    memory.reply(" It is late. ")
    assert memory.last_words == "It is late."
    memory.hear("Thanks")
    assert memory.last_words == ""


def test_memory_forgets_everything() -> None:
    memory = Memory()
    memory.hear("poison")
    memory.forget()
    assert told(memory) == []
    memory.hear("water")
    assert told(memory) == [("user", "water")]


@given(st.lists(st.tuples(st.sampled_from(["hear", "reply", "end"]), st.text(max_size=80))))
def test_memory_is_bounded_whatever_is_said(said: list[tuple[str, str]]) -> None:
    memory = Memory()
    for verb, text in said:
        if verb == "end":
            memory.end_turn()
        else:
            (memory.hear if verb == "hear" else memory.reply)(text)
    turns = memory.turns(without_last_question=False)
    assert len(turns) <= TURNS_KEPT
    assert all(len(turn.text) <= TURN_CHARACTERS for turn in turns)
