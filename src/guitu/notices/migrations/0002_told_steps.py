"""The published fact of this room: which step of which clock has been told, or failed and waits to be tried again."""

from django.db import migrations

MADE = """
CREATE VIEW pub_notices_told WITH (security_invoker = true) AS
  SELECT n.subject_id, n.step, NULL::timestamptz AS retry_at FROM notices_notice n WHERE n.step IS NOT NULL
  UNION ALL
  SELECT f.subject_id, f.step, f.retry_at FROM notices_failure f WHERE f.step IS NOT NULL;
COMMENT ON VIEW pub_notices_told IS '已通知的时限级次：每只钟每级一行';
COMMENT ON COLUMN pub_notices_told.subject_id IS '时限编号';
COMMENT ON COLUMN pub_notices_told.step IS '级次：-1 将到期 0 逾期 1起 逐级';
COMMENT ON COLUMN pub_notices_told.retry_at IS '没有发成的下次再试时刻；已通知的为空';
"""


class Migration(migrations.Migration):

    dependencies = [("notices", "0001_initial")]

    operations = [migrations.RunSQL(MADE, "DROP VIEW pub_notices_told")]
