"""`--check`: whether each listener's endpoint would take messages, without sending one."""

from __future__ import annotations

import asyncio
import random
from dataclasses import replace

from .relay import Later, Refusal, Relay, judge
from .settings import Settings
from .upstream import Unreachable

#: what the door says of an empty body, once address, type, credential and state are right
EMPTY = "empty"


async def check(settings: Settings, now) -> dict[str, str]:
    """Names of listeners and what is wrong with their endpoints, '' for nothing."""
    limits = replace(settings.limits, request_seconds=min(15.0, settings.limits.request_seconds))
    turns = asyncio.Semaphore(limits.max_in_flight)
    relays = [Relay(one, limits, turns, random=random.random) for one in settings.listeners]
    told = await asyncio.gather(*(_ask(relay, now) for relay in relays))
    for relay in relays:
        relay.close()
    return {relay.listener.name: words for relay, words in zip(relays, told, strict=True)}


async def _ask(relay: Relay, now) -> str:
    try:
        reply = await relay.ask(b"")
    except Unreachable as error:
        return f"no answer: {error.args[0]}"
    verdict = judge(reply, now)
    if isinstance(verdict, Refusal):
        return "" if verdict.code == EMPTY else f"HTTP {verdict.status}: {verdict.title}"
    return verdict.reason if isinstance(verdict, Later) else "takes an empty body for a message"
