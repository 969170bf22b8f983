"""How is the product driven through all its doors?"""

from pathlib import Path

from flask import Flask

from tests.api.caller import Caller, signed_in
from tests.api.webhooks.test_twilio import Watch
from tests.marker.breaking import be_refused, break_things
from tests.marker.heard import Heard, Listener
from tests.marker.patient import sign_in
from tests.marker.record import answer_and_ask, text_both_ways, write_the_record
from tests.marker.rights import be_let_in, use_rights
from tests.marker.staff import come_to_work
from tests.support import cast
from tests.support.world import World


def drive(app: Flask, world: World, watch: Watch, heard: Heard, tmp_path: Path) -> None:
    """All of it: sound requests, refused ones, texts in and out, receipts, commands, and faults of every floor."""
    ben = Listener(signed_in(app, world.people.ben), heard)
    patient_id = write_the_record(ben, world, watch)
    text_both_ways(app, world, watch, heard, patient_id)
    # The clock has gone on, and sign-ins end by themselves.
    ben = Listener(signed_in(app, world.people.ben), heard)
    answer_and_ask(ben, world, watch, patient_id)
    come_to_work(app, world, watch, heard, tmp_path / "mail")
    be_let_in(app, world, heard, patient_id)
    use_rights(app, world, watch, heard, patient_id)
    sign_in(app, world, watch, heard)
    be_refused(app, ben, world, heard, patient_id)
    run_commands(app, heard, tmp_path)
    break_things(app, ben, world, watch, heard, patient_id)
    nobody = Caller(app.test_client())
    for path in ("/", "/health/live", "/health/ready", "/health", "/metrics", "/openapi.json", "/docs"):
        heard.public.append(nobody.get(path).text)


def run_commands(app: Flask, heard: Heard, folder: Path) -> None:
    """What an operator's terminal shows, of good files and bad ones."""
    caseload = folder / "caseload.csv"
    head = "given_name,family_name,nhs_number,mobile,consent_to_texts"
    caseload.write_text(
        f"{head}\nZqgiven,Zqfamily,9990000034,7700900777x,perhaps\nZqgiven,,9990000035,07700900777,yes\n"
    )
    commands = (
        ("patients", "import", str(caseload), "--pain-service", "West Lancashire Pain Service"),
        ("staff", "add", "--name", "Zqstaff", "--email", "zqmail@example.nhs.uk", "--role", "clinician",
         "--pain-service", "West Lancashire Pain Service", "--password-stdin"),
        ("staff", "add", "--name", "Zqstaff" * 40, "--email", "zqmail@example", "--role", "clinician",
         "--pain-service", "West Lancashire Pain Service", "--password-stdin"),
        ("pain-services", "list"), ("audit", "verify"), ("keys", "status"),
        ("retention", "run", "--dry-run"), ("retention", "run"), ("keys", "rotate"),
        ("keys", "reindex", "--yes"),
    )  # fmt: skip
    for words in commands:
        result = app.test_cli_runner().invoke(args=words, input=cast.PASSWORD + "\n")
        assert result.exception is None or isinstance(result.exception, SystemExit), (words, result.exception)
        heard.commands.append(result.output)
    assert any(output.startswith("Key 1 (seals): ") for output in heard.commands)
