"""Column types that every room above shares; they live on the lowest floor that knows Django."""

from __future__ import annotations

import uuid
from typing import TYPE_CHECKING, Any, ClassVar, TypeVar

from django.db import models

if TYPE_CHECKING:
    _TextField = models.CharField[str, str]
else:
    _TextField = models.CharField


_Row = TypeVar("_Row", bound=models.Model)


class WithoutClosed(models.Manager[_Row]):
    """Rows without the columns in `closed`, which no SQL of the application may select (cage.yaml)."""

    closed: ClassVar[tuple[str, ...]]

    def get_queryset(self) -> models.QuerySet[_Row]:
        return super().get_queryset().defer(*self.closed)


def key_column() -> models.UUIDField[uuid.UUID, uuid.UUID]:
    """The primary key of every table: a random uuid made by the application, so that no INSERT needs RETURNING."""
    return models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False, db_comment="主键：应用生成的随机编号")


class DivisionField(_TextField):
    """The responsible unit's twelve-digit division, C collation: the row policy compares ranges of it."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        kwargs["max_length"] = 12
        kwargs["db_collation"] = "C"
        kwargs.setdefault("db_comment", "责任单位区划（12位），行级策略按此取范围")
        super().__init__(*args, **kwargs)

    def deconstruct(self) -> Any:
        name, path, args, kwargs = super().deconstruct()
        kwargs.pop("max_length", None)
        kwargs.pop("db_collation", None)
        return name, path, args, kwargs
