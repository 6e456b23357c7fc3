"""Our Questionnaire in the forms program of the US National Library of Medicine (LHC-Forms), in a real browser.

It draws every question, takes answers, and its response gives the same case as the answers themselves.
"""

from __future__ import annotations

import datetime
import functools
import http.server
import json
import random
import shutil
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from fhir_bundles import bare
from selenium import webdriver
from selenium.webdriver.chrome.service import Service
from selenium.webdriver.common.by import By
from selenium.webdriver.support.ui import WebDriverWait

from hickam.interfaces.fhir.questionnaire import ANSWERS, questionnaire
from hickam.interfaces.fhir.reading import read_fhir
from hickam.services.knowledge import Knowledge

AS_OF = (datetime.datetime.now(datetime.UTC).date() + datetime.timedelta(days=1)).isoformat()
"""The form stamps a response with the browser's own day, which may end while the test runs."""

FORMS = Path(__file__).parents[1] / "fhir_gate" / "lforms" / "dist" / "lforms"
CHROMIUM, DRIVER = shutil.which("chromium"), shutil.which("chromedriver")
pytestmark = pytest.mark.skipif(
    not (CHROMIUM and DRIVER and FORMS.is_dir()),
    reason="Chromium (make browser) or LHC-Forms (make fhir-tools) is not installed",
)
FLAGS = (
    "--headless=new", "--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage", "--disable-quic", "--no-first-run",
    "--disable-background-networking", "--disable-component-update", "--disable-sync", "--window-size=1200,1000",
)  # fmt: skip
PAGE = """<!doctype html><html lang="en"><head><meta charset="utf-8"><title>form</title>
<link rel="stylesheet" href="webcomponent/styles.css"></head><body><div id="form"></div>
<script src="webcomponent/assets/lib/zone.min.js"></script><script src="webcomponent/runtime.js"></script>
<script src="webcomponent/polyfills.js"></script><script src="webcomponent/main.js"></script>
<script src="fhir/R4/lformsFHIR.min.js"></script></body></html>"""
SHOW = """
const [form, response, done] = [arguments[0], arguments[1], arguments[2]];
let parsed = LForms.Util.convertFHIRQuestionnaireToLForms(form, 'R4');
if (response) parsed = LForms.Util.mergeFHIRDataIntoLForms('QuestionnaireResponse', response, parsed, 'R4');
LForms.Util.addFormToPage(parsed, 'form').then(() => done('shown'), (e) => done(String(e)));
"""
PATIENCE = 90


class _Files(http.server.SimpleHTTPRequestHandler):
    """The program's files as UTF-8, without which it dies with 'FHIR support files not loaded'; no log."""

    def guess_type(self, path: Any) -> str:
        kind = super().guess_type(path)
        return f"{kind}; charset=utf-8" if kind.startswith("text/") or kind.endswith("javascript") else kind

    def do_GET(self) -> None:
        if self.path == "/":
            self.send_response(200)
            self.send_header("content-type", "text/html; charset=utf-8")
            self.end_headers()
            self.wfile.write(PAGE.encode())
        else:
            super().do_GET()

    def log_message(self, *args: Any) -> None:
        return None


@pytest.fixture(scope="module")
def browser(tmp_path_factory: pytest.TempPathFactory) -> Iterator[webdriver.Chrome]:
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), functools.partial(_Files, directory=str(FORMS)))
    threading.Thread(target=server.serve_forever, daemon=True).start()
    options = webdriver.ChromeOptions()
    options.binary_location = CHROMIUM or ""
    for flag in (*FLAGS, f"--user-data-dir={tmp_path_factory.mktemp('chromium')}"):
        options.add_argument(flag)
    driver = webdriver.Chrome(options=options, service=Service(DRIVER))
    driver.set_script_timeout(PATIENCE)
    try:
        driver.get(f"http://127.0.0.1:{server.server_address[1]}/")
        WebDriverWait(driver, PATIENCE).until(
            lambda d: d.execute_script(
                "return typeof LForms === 'object' && !!LForms.FHIR && !!LForms.Util.addFormToPage"
            )
        )
        yield driver
    finally:
        driver.quit()
        server.shutdown()
        server.server_close()


def answered(form: dict[str, Any], seed: int) -> dict[str, Any]:
    """A response in which the questions have random answers, 'not known' among them; a man of 66."""
    chance = random.Random(seed)
    said: dict[str, str] = {"sex": "male"}
    groups = []
    for group in form["item"]:
        items = []
        for item in group["item"]:
            given = _answer(item, said, chance)
            if given is not None:
                items.append({"linkId": item["linkId"], "answer": [given]})
        if items:
            groups.append({"linkId": group["linkId"], "item": items})
    return {
        "resourceType": "QuestionnaireResponse", "status": "completed", "questionnaire": form["url"],
        "authored": AS_OF, "item": groups,
    }  # fmt: skip


def _answer(item: dict[str, Any], said: dict[str, str], chance: random.Random) -> dict[str, Any] | None:
    link = item["linkId"]
    fixed: dict[str, dict[str, Any]] = {
        "age": {"valueDecimal": 66},
        "story": {"valueString": "calf cramps at night"},
        "medicines": {"valueString": "simvastatin"},
    }
    if link in fixed:
        return fixed[link]
    if link == "sex":
        return {"valueCoding": {"system": ANSWERS, "code": "male", "display": "male"}}
    hidden = any(
        said.get(w["question"]) == "no" or w.get("answerCoding", {}).get("code") == "female"
        for w in item.get("enableWhen", [])
    )
    if hidden or chance.random() < 0.3:
        return None
    if item["type"] == "quantity":
        return None
    chosen: dict[str, Any] = chance.choice(item["answerOption"])
    said[link] = chosen["valueCoding"]["code"]
    return chosen


@pytest.mark.parametrize(("scope", "seed"), [("core", 1), ("all", 2)])
def test_the_form_is_drawn_and_its_response_gives_the_same_case(
    knowledge: Knowledge, browser: webdriver.Chrome, scope: Any, seed: int
) -> None:
    form = questionnaire(knowledge.pack, scope=scope)
    response = answered(form, seed)
    assert browser.execute_async_script(SHOW, form, response) == "shown"
    shown = browser.find_element(By.ID, "form").text
    visible = [i for g in form["item"] for i in g["item"] if "enableWhen" not in i]
    assert [i["text"] for i in visible if i["text"] not in shown] == []
    returned = browser.execute_script("return LForms.Util.getFormFHIRData('QuestionnaireResponse', 'R4')")
    ours, theirs = read_fhir(response, knowledge, AS_OF), read_fhir(json.loads(json.dumps(returned)), knowledge, AS_OF)
    assert len(ours.case.observations) > 20
    assert bare(theirs.case) == bare(ours.case)
    assert theirs.ignored == ours.ignored == ()


def test_a_person_can_answer_it(knowledge: Knowledge, browser: webdriver.Chrome) -> None:
    form = questionnaire(knowledge.pack, reader="patient")
    assert browser.execute_async_script(SHOW, form, None) == "shown"
    browser.find_element(By.CSS_SELECTOR, "input[id^='age']").send_keys("70\t")
    text = next(i["text"] for g in form["item"] for i in g["item"] if i["linkId"] == "timing_night")
    row = browser.find_elements(By.XPATH, f"//lhc-item[.//label[contains(., {json.dumps(text)})]]")[-1]
    choices = {x.text.strip(): x for x in row.find_elements(By.CSS_SELECTOR, "label.ant-radio-wrapper")}
    assert set(choices) >= {"yes", "no", "not known"}, row.get_attribute("outerHTML")
    choices["no"].click()
    returned = browser.execute_script("return LForms.Util.getFormFHIRData('QuestionnaireResponse', 'R4')")
    case = read_fhir(returned, knowledge, AS_OF).case
    assert case.age == 70
    assert {o.finding: o.state for o in case.observations if o.how != "implied"} == {"timing_night": "absent"}
