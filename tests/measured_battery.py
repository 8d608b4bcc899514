"""The example workspace with its three measurement models written as text: the same chain through `conformity.judge-readings/2`."""

import shutil
from pathlib import Path

from journeys.battery_by_hand import FOLDER

CAPACITY = """
    model: |
      q : A.h
      reading : A.h
      f_current : \\one
      f_time : \\one
      q = reading * f_current * f_time
    reading: reading
    certified:
      f_current: {quantity: electric current, takes: factor}
      f_time: {quantity: time, takes: factor}
    coverage_factor: "2"
"""
RETENTION = """
    model: |
      r : %
      reading : A.h
      reference : A.h
      f_current : \\one
      f_time : \\one
      r = (reading * f_current * f_time) / (reference * f_current * f_time)
    reading: reading
    reference: reference
    certified:
      f_current: {quantity: electric current, takes: factor}
      f_time: {quantity: time, takes: factor}
    coverage_factor: "2"
"""
TEMPERATURE = """
    model: |
      t : Cel
      reading : Cel
      correction : Cel difference
      t = reading + correction
    reading: reading
    certified:
      correction: {quantity: mean discharge temperature, takes: correction}
    coverage_factor: "2"
"""
_MODELS = {"scaled/1": CAPACITY, "ratio/1": RETENTION, "shifted/1": TEMPERATURE}


def modelled(text: str, models: dict[str, str] = _MODELS) -> str:
    """The text of the example's `openqi.yaml` with model texts in place of models of the catalogue."""
    lines, found = text.splitlines(keepends=True), []
    for line in lines:
        name = line.partition("#")[0].strip().removeprefix("model: ")
        if line.startswith("    model: ") and name in models:
            found.append(models[name].lstrip("\n"))
        elif not (line.startswith("    inputs: [") and found and found[-1] in {one.lstrip("\n") for one in models.values()}):
            found.append(line)
    return "".join(found)


def measured_workspace(folder: Path, models: dict[str, str] = _MODELS) -> Path:
    """A copy of the example whose procedures have these models, by the model of the catalogue that each replaces."""
    shutil.copytree(FOLDER, folder)
    path = folder / "openqi.yaml"
    path.write_text(modelled(path.read_text(encoding="utf-8"), models), encoding="utf-8")
    return folder
