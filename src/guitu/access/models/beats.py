"""That a process of the installation was at work, and what its last round did."""

from __future__ import annotations

from django.db import models

PROCESSES = ("tick", "worker", "sequencer")


class Beat(models.Model):
    """One row for each process: written anew at each round."""

    process = models.TextField(primary_key=True, db_comment="进程：tick 时钟 worker 差事 sequencer 定序")
    at = models.DateTimeField(db_comment="最近一轮的时刻（UTC）")
    done = models.JSONField(default=dict, db_comment="最近一轮办了什么：事项→件数")
    fault = models.TextField(blank=True, default="", db_comment="最近一轮的差错代码，无则空")

    class Meta:
        db_table = "access_beat"
        db_table_comment = "各进程最近一轮：供系统管理员看运行情况，不含个人信息"
        constraints = [models.CheckConstraint(condition=models.Q(process__in=PROCESSES), name="access_beat_process")]
