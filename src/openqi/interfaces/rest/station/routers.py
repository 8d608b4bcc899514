"""Every route that a station adds to REST: a module of routes is attached by one line here."""

from collections.abc import Callable

from fastapi import APIRouter

from openqi.app.station.station import Station
from openqi.interfaces.rest.station import acts, keys, notices, people, remarks, search, tasks
from openqi.interfaces.rest.station.act_problems import Words
from openqi.interfaces.rest.station.visitor import visitor_of


def station_routers(station: Station, words: Words, *, token: Callable[[], str]) -> list[APIRouter]:
    """Return the routers of a station; who asks is told by a bearer token.

    Args:
        station: what is worked with.
        words: how things are called.
        token: gives a new token for a form.
    """
    asks = visitor_of(station.people)
    return [
        people.router(station.people, asks),
        keys.router(station.people, station.ledger, asks),
        acts.router(station.writing, asks, words, token=token),
        tasks.router(station.inbox, station.stories, asks, words),
        search.router(station.search, asks),
        notices.router(station.notices, station.webhooks, asks, words),
        remarks.router(station.remarks, asks, words),
    ]
