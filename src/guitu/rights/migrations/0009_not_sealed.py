"""The answer that a juvenile's file is not to be sealed, and to which procuratorate a granted query was copied."""

import uuid

import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    """One table and one column, written and read by functions alone."""

    dependencies = [
        ("access", "0034_kept_apart_under_a_division"),
        ("people", "0008_family_contacts"),
        ("rights", "0008_left_out"),
    ]

    operations = [
        migrations.CreateModel(
            name="NotSealed",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        db_comment="主键：应用生成的随机编号",
                        default=uuid.uuid4,
                        editable=False,
                        primary_key=True,
                        serialize=False,
                    ),
                ),
                ("number", models.TextField(db_comment="登记编号", unique=True)),
                ("ground", models.TextField(db_comment="不封存的情形代码（rulebook/data/sealing）")),
                ("document", models.TextField(db_comment="所依据的文书的文号")),
                ("words", models.TextField(db_comment="理由")),
                ("answered_at", models.DateTimeField(db_comment="登记时刻")),
                ("answered_by", models.UUIDField(db_comment="登记岗位")),
                (
                    "person",
                    models.ForeignKey(
                        db_comment="人员",
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="people.person",
                    ),
                ),
                (
                    "unit",
                    models.ForeignKey(
                        db_comment="登记单位",
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="access.unit",
                    ),
                ),
            ],
            options={"db_table": "rights_not_sealed", "db_table_comment": "不予封存的登记"},
        ),
        migrations.AddConstraint(
            model_name="notsealed",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("document", ""), _negated=True), models.Q(("words", ""), _negated=True)
                ),
                name="rights_not_sealed_whole",
            ),
        ),
        migrations.AddField(
            model_name="sealedquery",
            name="copied_to",
            field=models.ForeignKey(
                db_comment="抄送的人民检察院；空为没有同意，或者没有连通的检察院",
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="access.unit",
            ),
        ),
    ]
