"""What may be sent to the API, as pydantic models: they validate, and they are the request half of the OpenAPI."""

from __future__ import annotations

import datetime
import json
from typing import Annotated, Any, Literal

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, model_validator

from hickam.model.assessment import Reader
from hickam.model.pack import Setting
from hickam.writing.documents.sheet import Format
from hickam.writing.documents.write import Kind

STORY = "62-year-old man, calf pain after 200 m, gone in 2 minutes of standing still, smoker, absent pedal pulses"
AS_DATA: dict[str, Any] = {
    "age": 70,
    "sex": "male",
    "present": ["on_exertion", "rest_relief", "site_calf"],
    "absent": ["back_pain"],
    "values": {"ankle_brachial_index": 0.6},
    "medications": ["atorvastatin"],
}


def real_date(given: str) -> str:
    """The text itself. Raises ValueError when it is not a date."""
    try:
        datetime.date.fromisoformat(given)
    except ValueError:
        raise ValueError("as_of is not a date; write YYYY-MM-DD") from None
    return given


Day = Annotated[str, AfterValidator(real_date), Field(json_schema_extra={"format": "date"})] | None


def today(given: str | None) -> str:
    """The day that was given, else today."""
    return given or datetime.date.today().isoformat()


class Body(BaseModel):
    """Unknown parts are refused: a misspelt one would be lost in silence."""

    model_config = ConfigDict(extra="forbid", strict=True)

    @model_validator(mode="before")
    @classmethod
    def writable(cls, data: Any) -> Any:
        """Refuse halves of characters, which could be read but never written back, and absurd nesting."""
        try:
            json.dumps(data, ensure_ascii=False).encode()
        except UnicodeEncodeError:
            raise ValueError("a text holds half a character; send UTF-8") from None
        except RecursionError:
            raise ValueError("nested too deeply") from None
        return data


class Told(Body):
    """A story in words, or a case as data; one of the two."""

    text: str | None = Field(None, description="The story in words.")
    case: dict[str, Any] | None = Field(None, description="A case as data, see docs/reference/case-format.md.")
    setting: Setting | None = Field(None, description="Where the patient is seen; primary_care when nothing says.")
    age: Annotated[float, Field(ge=0, le=120)] | None = Field(None, description="Years; goes before the story's.")
    sex: Literal["female", "male"] | None = Field(None, description="Goes before the story's.")
    left_out: list[str] = Field(
        default_factory=list,
        max_length=500,
        description="Ids of findings, conditions or drugs that were read but are not to count: they become not asked.",
    )

    @model_validator(mode="after")
    def one_of_two(self) -> Told:
        """Exactly one of text and case."""
        if (self.text is None) == (self.case is None):
            raise ValueError("send either text (a story in words) or case (data), not both and not neither")
        return self


class ParseBody(Told):
    """Read a story, without assessing it."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"text": STORY}]})


FULL = "The patient has chosen to read serious names that a clinician would tell face to face."


class AssessBody(Told):
    """Assess a story or a case. The defaults give what ``hickam assess --format json`` gives."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"text": STORY}, {"case": AS_DATA, "reader": "patient"}]})

    reader: Reader = "clinician"
    full: bool = Field(False, description=FULL)
    as_of: Day = Field(None, description="Date of the answer, YYYY-MM-DD; today when left out.")
    draws: Literal[0, 200, 400] = Field(400, description="Draws for the intervals; 0 leaves them out (low = high).")
    explain: bool = Field(True, description="Contributions of each finding to the first twelve conditions.")
    steps: int = Field(8, ge=0, le=20, description="Next steps of the kind 'gain'; 0 leaves next steps out.")


class ExplainBody(Told):
    """Show the working of one condition."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"text": STORY, "condition": "spinal stenosis"}]})

    condition: Annotated[str, Field(min_length=1, max_length=200, description="Id, name or synonym.")]
    reader: Reader = "clinician"
    as_of: Day = Field(None, description="Date of the answer, YYYY-MM-DD; today when left out.")
    overturn: bool = Field(True, description="Search what would put another cause first; takes about a second.")


class OwnListBody(Told):
    """Compare a person's own list of conditions, the likeliest first, with the answer."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"text": STORY, "own": ["claudication", "sciatica"]}]})

    own: Annotated[list[Annotated[str, Field(min_length=1, max_length=200)]], Field(min_length=1, max_length=30)]
    reader: Reader = "clinician"
    as_of: Day = Field(None, description="Date of the answer, YYYY-MM-DD; today when left out.")


class NextBody(Told):
    """Ask what to ask, examine or test next."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"text": STORY, "steps": 3}]})

    reader: Reader = "clinician"
    as_of: Day = Field(None, description="Date of the answer, YYYY-MM-DD; today when left out.")
    steps: int = Field(8, ge=1, le=20, description="Most steps beyond the core history and the danger signs.")


class NoteBody(Told):
    """Write a document about a story or a case: the report, a note, a letter or a handout."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"text": STORY, "kind": "soap"}]})

    kind: Kind = "report"
    format: Format = Field("markdown", description="text, markdown, html or pdf; the answer has that media type.")
    reader: Reader = Field("clinician", description="Whom a report is written for; notes and handouts have their own.")
    full: bool = Field(False, description=FULL)
    to: str = Field(
        "", max_length=100, description="Clinician id a referral goes to; the case's own referral if empty."
    )
    language: str = Field("en", max_length=20, description="Language of the document, where a catalogue exists.")
    as_of: Day = Field(None, description="Date of the document, YYYY-MM-DD; today when left out.")


class AskBody(Body):
    """A question, about a patient or about the knowledge; ``before`` is the ``carry`` of the last answer."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {"question": "Does magnesium help?"},
                {"question": "How likely is a clot?", "about": {"text": STORY}},
            ]
        }
    )

    question: Annotated[str, Field(min_length=1, max_length=2000)]
    about: Told | None = None
    before: dict[str, Any] | None = Field(None, description="The object 'carry' of the last answer, for a follow-up.")
    reader: Reader = "clinician"
    as_of: Day = Field(None, description="Date of the answer, YYYY-MM-DD; today when left out.")


class AnswerBody(Body):
    """One answer to the question asked last: 'yes', 'no', 'unknown', a choice's id, a number, or several ids."""

    question: str
    value: str | float | list[str]


class InterviewBody(Body):
    """The first step has a story or nothing; every later one the ``state`` returned before, and the answer."""

    model_config = ConfigDict(
        json_schema_extra={"examples": [{"story": "My calves cramp at night.", "age": 70, "sex": "female"}]}
    )

    state: dict[str, Any] | None = None
    answer: AnswerBody | None = None
    back: bool = Field(False, description="Take the last answer back instead of giving one.")
    story: str | None = None
    age: Annotated[float, Field(ge=0, le=120)] | None = None
    sex: Literal["female", "male"] | None = None
    setting: Setting = "primary_care"
    reader: Reader = "clinician"
