"""Words that turn a statement round or away from the patient, as data.

Each table maps wordings to nothing but their kind; ``scope.py`` and ``negation.py`` say how far each reaches. ``...``
is a gap as in pack phrases. A wording in ``PSEUDO`` looks like a cue and is none.
"""

from __future__ import annotations

from hickam.intake.words import stem_set


def _phrases(table: str) -> tuple[str, ...]:
    return tuple(" ".join(p.split()) for p in table.split("|"))


NEGATION = _phrases("""
    no | not | without | never | denies | nor | neither | free of | negative for | absence of | lack of | no
    evidence of | no sign of | no history of | nil | none of | none a | none is | none are | none being | rather than |
    instead of | nobody | nothing | nowt
""")
FAR_NEGATION = _phrases("""
    denies | negative for | free of | neither | no history of | absence of | none of
""")
"""Reach over a whole list even without a closing 'or'."""

NEGATION_AFTER = _phrases("""
    absent | negative | none | nil | denied | not present | not seen | not found | not detected | no | not elicited |
    not be elicited | not demonstrated | not be demonstrated | not evident | not apparent | not observed |
    not identified | not reported
""")

PSEUDO = _phrases("""
    nothing but | nothing worse | nothing like | nothing eases | nothing relieves | nothing touches |
    no after | no since | no it was | no just | no actually | no wait | no sorry |
    no relief | no better | no change | no doubt | not only | not just | cannot exclude | cannot rule out | not
    exclude | not tell if | not tell whether | not sure if | not say whether | not ruled out | not excluded | no
    wonder | no idea | not sure | not certain | not new | not help | not
    improve | not relieved | no use | no good | no help | no increase | not necessarily | nothing helps | nothing
    stops | not gone | not cleared | not disappeared |
    not until | no reason | no warning | no matter | not stop | not ease | not know | not explain | not
    realise | not realize | not
    bother | not to worry | never been right | no name | not settle | no sleep | not understand | not remember | not
    mind | not much better | no one | not go away | not gone away | no effect | not respond | not matter | no sooner
    | not want | not deny | never denied | no response | not been able | not wear off | not like | without
    warning | without reason | without
    cause | no obvious cause | for no | not resolve | with or without | not ... without | not get rid | not shake |
    not shift | not always | not all the
    time | not every | not to | not as strong | not as good
    | not yet | not really the problem | never had anything like | previously healthy |
    previously well | previously fit | previously active | than ... used to | things I used to | what I used to |
    as I used to | like I used to | things she used to | things he used to | way I used to | past few | past week
    | past month |
    past year | past fortnight | past day
    | past couple | past several | past two | past three | past half | never right | not flush | not slept
""")
NEW_NEVER = _phrases("""
    never ... before | never had this before | never had it before | never used to | never happened before | not ...
    before
""")
"""'The leg has never been cold before' says that it is cold now, or nothing; what stands inside is not counted."""

NO_LONGER = _phrases("""
    no longer | used to
""")
"""What follows in the clause is over."""


HYPOTHETICAL = _phrases("""
    rule out | ruling out | called it | put it down to | put down to | said it was | told it was | told me it was |
    treated as | labelled | misdiagnosed | r o | worried | worries | worry | afraid | scared | fear | feared |
    concerned | concern for | frightened | suspected | suspicion of | suspect | presumed | possible | possibly |
    query | queried | might be | might have | could be | could this be | may be | may have | thought I had | thought
    it was | thought it might | thought to be | wonder | wondering | asks | asked | whether | risk of | in case |
    screened for | test for | tested for | look for | looked for | checked for | likelihood of | consistent with
    possible | tell if | tell whether | somebody said | someone said | cannot exclude | cannot rule out | not
    excluded | to exclude |
    differential | considered | tell if | tell whether | is it | is this | could it | am I | prevent | to avoid |
    exclude | anxious about | anxious that | nervous about | terrified of | terrified that | dread of | paranoid about |
    panicking about | fearful of | convinced
""")
HYPOTHETICAL_AFTER = _phrases("""
    was suspected | is suspected | suspected | was considered | is possible | feared | was queried | not excluded |
    unlikely | less likely | is likely | likely | possible | in the differential | not confirmed | to be excluded
""")
CONDITIONAL = _phrases("""
    if you | if your | if it gets | if she gets | if he gets | if there are | should you | should it | if it should
    | if there is | if any | if she develops | if he develops | unless | come back if | return if | watch for |
    warned about | advised about | if you notice | if ... develop
""")

OPINION = _phrases("""
    likely | probable | probably | presumably | thinks | think | thought | reckons | believes | suspects |
    suggested | diagnosed by google | google says | googled | googling | looked up | looking up |
    read about | reading about | read up on | searched for | heard about | heard of |
    saw something about | watched a video about | internet
    says
""")
"""'GP thinks sciatica': a diagnosis someone thinks of is not a known one."""
WISHED = _phrases("""
    wants | asks for | requests | requesting |
    trying to get | trying for | trying to conceive | want to get | wants to get | hoping to get | hoping to be
    | hope to
    get | planning | can I take | should I take | can I try | should I try | could I take | could I try | may I take |
    may I try | can I have | refuses | refused | refuse | declines | declined | will not take | does not want | thinking
    of taking | thinking of starting | considering | is it safe to take | offered | advised to try | would you
    prescribe |
    do I need | what about taking | plans to | plan to
""")
"""What is wished, asked for or refused is not so: 'trying to get pregnant', 'refuses atorvastatin'."""
FUTURE = _phrases("""
    next week | next month | next year | tomorrow | upcoming | booked for | planned for | in two weeks time |
    next summer
    | later this month
""")
"""What is still to come is no risk yet: 'flight next week'."""
CURED = _phrases("""
    in remission | in molecular remission | in complete remission | in full remission | cured | disease free | all clear
    | in deep remission | off treatment and well
""")

LIKENED = _phrases("""
    like after | as after | feel like | felt like | feels as if | feel as though | as if i | as though i | as if he
    | as though he | as if she | as though she | as if someone | as though someone
""")
"""'My thighs feel like I have run a marathon': nobody ran one."""

GONE = _phrases("""
    swelling gone | pain gone | redness gone | swelling all gone
    | is gone | are gone | has gone | have gone | gone now | went away | has gone away | has resolved | have resolved
    | cleared up | has settled | has cleared | has disappeared | is better now | went down | has gone down |
    resolved | any more | anymore | any longer
""")
"""At the end of a clause: what stands before it was there once."""

EXCLUDING_TESTS = _phrases("""
    ultrasound | duplex | doppler | scan | ct | mri | x ray | ctpa | venography | test | biopsy
""")

PAST = _phrases("""
    previous | previously | prior | former | formerly | past | childhood | remote | resolved | recovered from
""")
PAST_ANYWHERE = _phrases("""
    as a child | in childhood | in the past | in my youth | when I was young | last year | in my teens | long ago
""")
NOT_PAST = _phrases("""
    began | started | since | diagnosed | onset | dating back | still | ever since | for the past | in the past week
    | past few | past week | past month | past year | for the last year | over the last year | in the last year
    | within the last year | this last year | during the last year
""")

FAMILY = stem_set("""
    mother father brother sister grandmother grandfather parent aunt uncle cousin sibling son daughter family
    familial relative husband wife partner twin nephew niece grandparent friend neighbour neighbor colleague boyfriend
    girlfriend spouse workmate flatmate
""")
ANIMAL = stem_set("""
    cat dog horse pet hamster rabbit
""")
"""'My cat has diabetes' counts like family; 'CAT scan' does not."""
NOT_KIN = stem_set("""
    friend neighbour neighbor colleague workmate flatmate
""")
"""Other people than the family: their illness is no family history."""
INFORMANT = stem_set("""
    say tell feel notic se see saw think worri report complain note describ ask want bring brought find found call hear
    heard
""")

CONTRAST = stem_set("""
    but however although though except whereas yet
""")
CONTRAST_PHRASES = _phrases("""
    apart from | other than | aside from | except for | on the other hand | so i | and now | then | because
""")

ADVICE = stem_set("should call ring contact seek return 999 911 112 advise attend")
NO_MEDICINES = _phrases("""
    no medicines | no medication | no medications | no regular medicines | no regular medication | takes no
    medicines | no long-term drugs | not on any medication | not on any medicines | off all tablets | no drugs | no
    tablets | takes nothing | not taking any medication | not taking anything | no current medication | no
    prescribed medication | no pills | no meds | not on any tablets | without medication | take no tablets
""")
CONTROLLED = _phrases("""
    well controlled | well-controlled | diet controlled | diet-controlled | controlled | treated | stable | mild |
    replaced | in remission
""")
UNCONTROLLED = _phrases("""
    poorly controlled | uncontrolled | badly controlled | untreated | active | newly diagnosed | severe | worsening
    | out of control | not controlled
""")

YES = stem_set("""
    yes yeah yep yup definitely sure correct
""")
NO = stem_set("""
    no nope nah never not none nil
""")
AUXILIARY = stem_set("""
    be do have can could will would should may any ever
""")

ENGLISH = stem_set("""
    the a an and of in to is it my i on with for at he she has had was no not that this his her but from when after
    or are have you me so as be by if which there what who all some they do does can about
""")
