"""Words by which an answer and its question are told apart: amounts, times, sides, habits, plans."""

from __future__ import annotations

import re

from hickam.intake.numbers_in_words import NUMBERS
from hickam.intake.words import listed

BODY = re.compile(r"^(?:in|on|at|round|around|behind|from|over|under|inside|outside|all|just|only|mainly|mostly)\b")
COUNTED = re.compile(
    r"^(?:(?:about|maybe|over|nearly|oh|at least) )*(?:\d+|one|two|three|four|five|six|seven|eight|nine|ten|a few|"
    r"a couple|several|once|"
    r"twice|half a|a (?:stone|bottle|pint|glass))\b"
)
GOES_ON = re.compile(r"^(?:by|since|every|most|after) ")
FIGURE_OR_TIME = re.compile(rf"^(?:\d|{'|'.join(NUMBERS)}|last|this|yesterday|on)\b")
NOUN = re.compile(
    r"^(?:and |so |what about )*(?:your|the|his|her) (?:mood|sleep|appetite|balance|memory|weight|spirits)$"
)
PLANS = re.compile(r"\bplan(?:s|ned|ning)?\b")
DRINKS = re.compile(
    r"\b(?:do you|does (?:he|she)|or) drink(?: any)?(?: alcohol)?$|^(?:(?:and|any|what about|how about) )*alcohol$"
)
SHORT = 7
"""Words of an answer that says no more than that it eases: its minutes are not those of an attack."""
NAMED = 3
"""Words of a question that is no more than a name: 'high blood pressure?'."""
STRONGLY = frozenset(
    listed(
        "much bit lot far loads very really quite so pretty extremely terribly "
        "incredibly always often definitely mainly mostly the"
    )
)
SINCE = re.compile(r"^(?:for|since|about since|from|maybe since|over|on|in|last|at)\b|.*\bago\b")
QUIT = re.compile(
    r"\b(?:gave (?:it |them )?up|given (?:it |them )?up|quit|stopped|packed (?:it |them )?in|used to|"
    r"came off (?:it|them)|"
    r"kicked (?:it|them)|on the head|not (?:for|since|any ?more)|haven't (?:for|since))\b"
)
SMOKING = re.compile(r"\b(?:smok\w*|cigarettes?|tobacco|roll-ups)\b")
WELFARE = re.compile(
    r"^(?:(?:and|so|okay|right|now|well) )*(?:how's|how is|how are|how was|how about|how do you (?:sleep|eat)|"
    r"what about|"
    r"what's (?:your|the|his|her) \w+ like|what colour)\b"
)
"""Asks how something is, so that 'fine' and 'useless' answer it."""
HARM = re.compile(r"\b(?:harm\w*|suicid\w*|end(?:ing)? (?:it|your life)|kill\w*|hurt(?:ing)? yourself)\b")
WHEN_YOU = re.compile(r"^(?:(?:and|so|what|but|about|then) )*(?:when|if) (?:you|it|he|she|they)(?: \w+){1,5}$")
OFTEN = re.compile(
    r"^(?:always|sometimes|often|occasionally|now and (?:then|again)|most (?:days|nights)|all the time)\b"
)
BOTH = re.compile(r"^(?:it's |in )?both(?: of them| legs| sides)?$")
SAME = re.compile(r"^(?:just |the )*same(?: thing| there)?$")
OTHER_SIDE = re.compile(r"\b(?:other|left|right) (?:one|leg|side|calf|foot|thigh)\b")
WARMTH = re.compile(r"\b(cold|hot)\b")
OPPOSITE = {"cold": re.compile(r"^(?:\w+ ){0,3}warm\b"), "hot": re.compile(r"^(?:\w+ ){0,3}(?:cold|cool)\b")}
THOUGH = re.compile(r"^(?:bit|a bit|but|though|except|apart|only|well)\b")
LEANS = re.compile(
    r"\b(?:does (?:that|this|it) hurt|is (?:that|this|it) (?:sore|painful|tender)|ha(?:s|ve) (?:that|this|"
    r"anything like that) "
    r"(?:ever )?happened|does that (?:sound|ring))\b"
)
"""A question that says nothing without the sentence before it: 'lift the leg for me. Does that hurt?'."""
UNSURE = re.compile(
    r"^(?:(?:i|well|oh|it|they|he|she) )*(?:don't (?:think|believe) so|let me think|chance would|not sure|used to|"
    r"did(?: \w+){0,3}|"
    r"hang on|wait|hmm?|good question)\b"
)
"""What is only said on the way to an answer."""
NAMES = re.compile(r"\b(?:call(?:ed)?|name|spell)\b")
ONE_SIDE = re.compile(
    r"^(?:(?:just|only|mainly|mostly|more) )?(?:in )?(?:(?:the|my|his|her|on the) )?(?:left|right)(?: one|"
    r" side| hand| leg| foot)?$"
)
SIDE_ASKED = re.compile(r"\b(?:left|right|both|one|either|which|side)\b")
BOTH_ASKED = re.compile(
    r"^(?:(?:and|so|is it|in|on) )*both(?: of them| sides| legs)?(?: then| equally| the same| alike)?$"
)
FREQUENCY = re.compile(
    r"^(?:(?:and|so|is it|is that|it's|that's) )*(?:every (?:single )?(?:night|day|time|week)|most (?:nights|days)|"
    r"daily|all the time|constantly)$"
)
"""'Every night?' 'No, two or three times a week.': how often, and no denial of the night."""
TIMES_ASKED = re.compile(r"\bhow (?:many times|often)\b|\bwhat time\b")
"""Takes for granted what it counts: 'how many times have you been sick?'."""
WHICH_OF_TWO = re.compile(r"^(?:(?:and|so) )*is (?:that|it|this)\b.* or\b")
"""'Is that not sleeping, or sleeping and still tired?'"""
DRINK = re.compile(r"\b(?:drink|alcohol)\b")
WORSE = re.compile(
    r"\b(?:(?:makes?|made|gets?|anything) (?:it |them )?(?:\w+ )?worse|brings? (?:it|them) on|sets? (?:it|them) off)\b"
)
HOW_BAD = re.compile(r"\bhow (?:bad|painful|sore|severe)\b|\bout of (?:ten|10)\b|\bscore\b")
OF_IT = re.compile(r"^(?:(?:and|so) )*what colour\b")
CUTTING = re.compile(r"\b(?:down to|trying|cut(?:ting)? (?:down|back)|(?:a|per) day|roll-ups|a few|the odd one)\b")
ONE = re.compile(r"^(?:(?:and|so|just|only|is it|in) )*(?:one|just the one|the one|left|which)\b")
SIDED = re.compile(
    r"^(?:(?:mostly|mainly|just|only|more|usually|always|the|my|on|it's|in) )*(?:left|right|both)(?: (?:one|side|"
    r"of them))?$"
)
