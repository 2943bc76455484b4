"""What a stage of `dev test` found."""

import dataclasses

#: what pytest and unittest exit with where nothing has the name that was asked for
NOTHING_COLLECTED = 5


@dataclasses.dataclass(frozen=True)
class Result:
    """What one stage found."""

    passed: int = 0
    failed: int = 0
    skipped: int = 0
    remark: str = ""
