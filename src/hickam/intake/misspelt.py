"""Misspelt words: 'swolen', 'diabetis', 'simvastatine'. Only words nothing else explains are looked at.

A word of six letters or more is taken for a word of the pack when one letter differs (two from ten letters on), the
first letter is the same, and neither word is plain English. What is read through it is marked how='spelling'.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence

from hickam.intake.cues import ENGLISH
from hickam.intake.leftover import IDLE
from hickam.intake.matching import FILLER, FREE
from hickam.intake.vocabulary import Vocabulary
from hickam.intake.words import Token, listed, stem

SHORTEST = 6
MOST = 40
"""Words tried in one text, so that a text in another language costs no more."""
COMMON = frozenset(
    listed("""
    abroad absent accept across action actual advice afford afraid agreed almost always amount animal annual
    another answer anyone anything appeal appear around arrive asleep aspect assess assume attach attend author
    autumn avenue backed banana battle beauty became because become before behind belief believe belong beside
    better between beyond blankets bother bottle bottom bought branch breath bridge bright broken brother
    brought budget builder burden butter button camera cancel cannot carbon career caught caused center centre
    certain chance change charge child children choice choose church circle cleaner client closed closer coffee
    colleague column coming common copper corner cotton county couple course covers create credit crisis cruise
    damage dancing danger daughter dealer debate decade decide defeat defend define degree demand depend desire
    detail device dinner direct doctor dollar domain double driven driver driving during easily eating editor
    effect effort eighth either eleven emerge empire employ enable ending energy engage engine enough ensure
    entire equity escape estate ethnic evening everything exceed except excess expand expect expert export
    extend extent fabric facing factor failed fairly fallen family famous farmer father feeling fellow female
    figure filing finally finger finish flight flying follow forced forest forget formal former forward foster
    fought fourth freely friend future garden gather gender general gentle giving global golden ground growth
    guilty handed handle happen hardly having headed health hearing height herself hidden himself history holder
    holding holiday honest horrible hospital hunger husband impact import income indeed inside invest island
    itself jacket joined junior kicking kindly kitchen labour latest latter launch leader league leaves legacy
    length lesson letter levels liking listen little living losing lovely luxury mainly making manage manner
    marble margin marked market master matter mature medical medium member memory mental merely method middle
    minute mirror mobile modern moment morning mostly mother motion moving museum mutual myself narrow nation
    nature nearby nearly needle nights nobody normal nothing notice notion number object obtain office online
    option orange origin output outside oxygen packed palace parent partly partner patient people perhaps period
    permit person phrase picked planet player playing please plenty plumber pocket police policy practice prefer
    present pretty prince prison problem problems profit proper proven public purple pursue putting quickly
    quietly raised random rarely rather rating reader reading really reason recall recent recently record reduce
    reform regard regime region relate remain remote remove repair repeat replay report rescue resort result
    retail retain return reveal review reward riding rising robust runner running sample saving saying scheme
    school screen search season second secret sector secure seeing select seller senior series server settle
    severe sexual should shower signal silent silver simple simply single sister sitting sleeping slight smooth
    social something source speech spirit spoken spread spring square stable standing started starting status
    steady stolen stopped stopping strain street stress strike string strong student studio submit sudden suffer
    summer summit supply surely surgery survey switch symbol system taking talent talking target taught teacher
    teaching telling tenant tender terrible thanks theory thinking thirty though threat throat ticket timber
    tissue tomorrow tongue tonight toward travel treaty trying twelve twenty unable unique united unless unlike
    update useful usually valley varied vendor versus victim vision visual volume waiting walker walking wealth
    weather wedding weekend weekly weight whether wholly window winner winter within without wonder worker
    working worthy writer writing yellow yesterday
""")
)
"""Plain words that lie one letter from a medical one, and others often met."""


NEIGHBOURS = frozenset(
    listed("""
    absconding alienating alternation alternations alternative angelic anklet anklets archer archers ascetic
    aspiring augmenting backslide backslider barbed barker barter bestridden biological biologists blotchiest
    botches braising bruins bucking bulimic burping burring burying busting cackles calculation canker canter carves
    castrate champing champs chilis chilli clinching concert concerti concertina concerto concerts conclusion
    concord concur concussion condor confession confuser confuted constituted constitution constraint consultant
    consulting contestant contiguous continuums contused conversing conversion convulsive cortex cramming creator
    crescendi crimping crimps croaks crusted cushier dander danker daring darling darning deriving dibbling
    digression dinette dinker dioxin disport drainer dropsy drowse electronic emancipated energising escalation
    escalations excavating exceptional exhalation exhaustive exorcise exorcising exorcizing fascination feinted
    finders firearms fizzling flattering fleecing fleeing flippy florin flustering formulation fornication fortes
    frittering frizzing fuzzing galling gelding gingko golfer grasping gulling hamstrung hideout hideouts hiding
    hieing hiring hyperbolic idempotent immorality impatience importance inching incrust inhibit innovate inoperable
    insulators insured inured invite jerkins jigging joggling jugging laminating lanolin lariat leaven liberation
    lighthearted livelong lyrical lyrics meddled mediation meditation meditations metrication mitigate muddied
    multiplexes multipliers multiplies nauseam necrophilia operational overreaching painting parlor patting peptic
    persistence phlegmatic picnicking pigged piking planar planter planting poking precise procession profession
    prolix proverb puffier pulping punting purling pursing quavering rackets raglan recast redress rickety rockets
    rotary runnel runnier scabbing scattered scolding scooting screeching scuffle scuffles seaming sedimentary
    selling shabbiness shadiness shagginess sharing shearing shelling shimmer shimmering shooing shuffler shufflers
    shuttered simmer singing slabbing slinging slivering slurping smearing smocking smoulders snaffles snaring
    sniffles soaring spartan spattered spearing splattered spokes sprinter stiffeners stinking stinting stoker
    stokes stoking stretchier stretchy stringing strobe strode strove stuffiness swagger swattered swearing swilling
    swivelling symmetries tables tangling thinker tinkling trebling unbeatable unbreakable unicameral unison
    unreadable waiver wanking wearer weaver wended winced winged womble yelping zircon
""")
)
"""English words (of the SCOWL word lists) that lie within reach of a word of the leg-cramp pack and mean another thing:
'swearing' is not 'searing', 'invite' no drug."""


CLINICAL = frozenset(
    listed("""
    hyperextension hypertonia hypotonia hyperthermia hypothermia hypernatraemia hypernatremia hypercalcaemia
    hypercalcemia hyperphosphataemia hyperphosphatemia hypermagnesaemia hypermagnesemia hyperglycaemia hypoglycaemia
    hyperglycemia hypoglycemia hypervolaemia hypovolaemia hyperventilated hypoventilation abduction adduction dysphasia
    dysphagia pronation supination
    """)
)
"""Clinicians' words that lie near a word of the pack and say another thing, often its opposite."""


KEPT = COMMON | NEIGHBOURS | CLINICAL
EVERYDAY = frozenset(
    listed("flooding collapse collapsed wasting passing falling dropping freezing locking giving lifting")
)
"""Words of the pack that are everyday words: nothing is read into a misspelling of them."""


def corrected(
    tokens: Sequence[Token], covered: Collection[int], vocabulary: Vocabulary
) -> tuple[list[Token], set[int]] | None:
    """The tokens with misspelt words put right and the places changed, or None when there is nothing to put right."""
    from rapidfuzz import process
    from rapidfuzz.distance import OSA

    known = vocabulary.spellings
    if not known:
        return None
    out = list(tokens)
    changed: set[int] = set()
    tried = 0
    for i, t in enumerate(tokens):
        word = t.text.lower()
        if i in covered or t.kind != "w" or len(word) < SHORTEST or not word.isalpha() or t.text.isupper():
            continue
        if word in KEPT or word in known or t.stem in vocabulary.stems or _plain(t.stem):
            continue
        tried += 1
        if tried > MOST:
            break
        limit = 1 if len(word) < 10 else 2
        choices = vocabulary.initials.get(word[0], ())
        best = process.extractOne(word, choices, scorer=OSA.distance, score_cutoff=limit)
        if best is not None and best[1] > 0 and best[0] not in EVERYDAY and not _turned(word, best[0]):
            out[i] = Token(t.text, stem(best[0]), t.start, t.end, "w")
            changed.add(i)
    return (out, changed) if changed else None


def _turned(word: str, best: str) -> bool:
    """'Hypernatremmia' is no misspelt hyponatraemia."""
    return word.startswith("hyp") and best[:5] != word[:5]


def _plain(s: str) -> bool:
    return s in IDLE or s in ENGLISH or s in FREE or s in FILLER
