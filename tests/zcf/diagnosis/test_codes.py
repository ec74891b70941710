"""Every kind of finding is explained: in the documentation, and with two sentences in both languages."""

from __future__ import annotations

from tests.markdown_tables import DOCS, tables
from zcf.diagnosis.codes import KINDS, Group
from zcf.diagnosis.every import CHECKS
from zcf.diagnosis.finding import Repair
from zcf.i18n import catalog


def test_the_table_of_the_documentation_has_every_code_with_its_severity_and_no_other() -> None:
    page = tables((DOCS / "doctor.md").read_text(encoding="utf-8"))
    rows = [row for table in page for row in table if "code" in row]
    documented = {row["code"].strip("`"): row["severity"] for row in rows}
    assert len(documented) == len(rows)
    assert documented == {code: kind.severity.name.lower() for code, kind in KINDS.items()}
    assert all(row["what it means"] and row["the fix"] for row in rows)


def test_every_finding_check_group_and_repair_has_its_sentences() -> None:
    needed = {f"doctor.{code.replace('-', '_')}{ending}" for code in KINDS for ending in ("", "_fix")}
    needed |= {f"doctor.check_{check.name}" for check in CHECKS}
    needed |= {f"doctor.group_{group}" for group in Group}
    needed |= {f"doctor.will_{repair.value}" for repair in (*_WITHOUT_FILES,)}
    assert needed <= catalog("en").keys()


# Repairs that show no change of a file, but say what they do.
_WITHOUT_FILES = (
    Repair.CLOSE_FILE,
    Repair.REMOVE_LEFTOVERS,
    Repair.FORGET_RECORD,
    Repair.RESTART_GATEWAY,
    Repair.START_GATEWAY,
)
