"""What a speaker says all day, made up from word lists: no two sentences alike. PURE.

Nobody says the wake words; some sentences come near "alexa", as speech does.
"""

from __future__ import annotations

import random
from collections.abc import Iterator, Mapping
from typing import Final

WORDS: Final[Mapping[str, tuple[str, ...]]] = {
    "place": (
        *("Lisbon", "Alaska", "the old harbour", "Kyoto", "the north coast", "Vienna", "Texas"),
        *("the next village", "Nairobi", "the electric railway", "Bergen", "the botanical garden"),
    ),
    "thing": (
        *("the kettle", "your bicycle", "a lexicon", "the wooden box", "the garden hose"),
        *("a paper kite", "the electric car", "the window", "an accordion", "the blue umbrella"),
    ),
    "person": (
        *("the baker", "your neighbour", "a young engineer", "the captain", "Margaret", "Michael"),
        *("my favourite author", "the election officer", "the violin teacher", "Alice", "Max"),
    ),
    "food": (
        *("fresh bread", "lentil soup", "a mushroom omelette", "rice with saffron", "apple pie"),
        *("roasted pumpkin", "a bowl of cherries", "black tea", "flexible noodles", "plum cake"),
    ),
    "time": (
        *("at half past seven", "tomorrow morning", "before sunset", "next Thursday", "at noon"),
        *("in about twenty minutes", "late in the evening", "at a quarter to nine", "in October"),
    ),
    "weather": (
        *("light rain", "a strong westerly wind", "bright sunshine", "some fog", "heavy snow"),
        *("a few thunderstorms", "clear skies", "relaxing warmth", "a cold front", "drizzle"),
    ),
    "number": (
        *("three", "seventeen", "forty two", "six hundred", "eleven thousand", "ninety nine"),
        *("one and a half", "sixty six", "two million", "twenty eight", "thirteen", "five"),
    ),
    "action": (
        *(
            "carried",
            "repaired",
            "painted",
            "forgot",
            "borrowed",
            "described",
            "sold",
            "relaxed by",
        ),
        *("measured", "searched for", "cleaned", "took apart", "collected", "looked after"),
    ),
    "feeling": (
        *("cheerful", "a little tired", "curious", "relaxed", "proud", "surprised", "perplexed"),
    ),
}

SENTENCES: Final = (
    "In {place} there will be {weather} {time}, with up to {number} degrees.",
    "{person} {action} {thing} and then walked to {place}.",
    "You have {number} appointments today, and the first one is {time}.",
    "Put {food} in the oven, wait for {number} minutes, and let it rest.",
    "I have added {food} and {food} to your shopping list.",
    "Here is a short story: {person} felt {feeling}, because {person} {action} {thing}.",
    "The distance from {place} to {place} is about {number} kilometres.",
    "A train leaves for {place} {time}, and another one {time}.",
    "That is a good question. Most people in {place} would say {number}.",
    "If you like {food}, you should also try {food}, perhaps {time}.",
    "Scientists in {place} have counted {number} birds near {place} this year.",
    "The lamp is on now, and {thing} will be ready {time}.",
    "I am sorry, I could not find {thing} in {place}.",
    "Once, {person} told me that {thing} cost {number} euros in {place}.",
    "Let us relax and think it over: {number} plus {number} is not so hard.",
    "Exactly {number} years ago {person} {action} {thing} for the first time.",
    "The museum in {place} opens {time} and shows {thing} of {person}.",
    "{person} was {feeling}, and so was {person}, for there was {weather} all day.",
    "Your timer for {food} has {number} minutes left; I will tell you {time}.",
    "An example would be {thing}: it is complex, but {person} explains it well.",
)


def reply_texts(seed: int = 1, sentences: int = 5) -> Iterator[str]:
    """Yield replies of so many sentences, for ever."""
    chance = random.Random(seed)  # noqa: S311 - test data
    while True:
        yield " ".join(_sentence(chance) for _ in range(sentences))


def _sentence(chance: random.Random) -> str:
    text = chance.choice(SENTENCES)
    while "{" in text:
        slot = text[text.index("{") + 1 : text.index("}")]
        text = text.replace(f"{{{slot}}}", chance.choice(WORDS[slot]), 1)
    return text[0].upper() + text[1:]
