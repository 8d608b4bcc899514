"""What scans show as JSON, for programs; instants as texts, devices as numbers of this answer alone."""

from datetime import UTC, datetime
from typing import Any

from openqi.app.scans.told import Scan, Scored, Told
from openqi.kernel.instant import format_instant


def instant_of(seconds: int) -> str:
    """Return seconds since 1970 as an instant."""
    return format_instant(datetime.fromtimestamp(seconds, UTC))


def scored_json(found: Scored, *, fdr: float, usual: str) -> dict[str, Any]:
    """Return the answer as JSON."""
    outside, early, late = found.facts
    alarms = None if found.alarms is None else {
        "moves": found.alarms.threshold, "reached": found.alarms.reached, "rate": found.alarms.rate, "atMost": found.alarms.upper,
    }  # fmt: skip
    return {
        "scans": found.scans, "serials": found.serials, "places": found.places,
        "leftOut": found.left_out, "unknownDevices": found.unknown, "twoLabels": found.two_labels,
        "outsideMarket": outside, "beforeUse": early, "afterEnd": late,
        "reference": {"serials": found.usual, "source": usual} if found.usual else None,
        "falseDiscoveryRate": fdr if found.usual else None, "named": found.named, "falseAlarms": alarms,
        "told": [_told(one) for one in found.told],
    }  # fmt: skip


def _told(one: Told) -> dict[str, Any]:
    return {
        "serial": one.serial, "named": one.named, "p": one.p, "moves": one.moves, "labels": one.labels, "scans": one.scans,
        "devices": one.devices, "outsideMarket": one.outside, "beforeUse": one.early, "afterEnd": one.late,
        "apart": [_scan(scan) for scan in one.apart],
        "moved": [{"from": _scan(before), "to": _scan(after)} for before, after in one.moved],
    }  # fmt: skip


def _scan(one: Scan) -> dict[str, Any]:
    return {"at": instant_of(one.at), "place": one.place, "device": one.device if one.device >= 0 else None}
