"""Whoever is erased is erased whole: no key between what is deleted stands in the way of its order."""

IN_THE_WAY = """
SELECT c.conrelid::regclass::text, c.conname FROM pg_constraint c
 WHERE c.contype = 'f' AND NOT c.condeferrable AND c.confdeltype = 'a' AND c.confrelid <> 'people_person'::regclass
   AND EXISTS (SELECT 1 FROM pg_proc p WHERE p.proname LIKE '%\\_erase'
     AND p.prosrc LIKE '%DELETE FROM ' || c.conrelid::regclass || ' %')
   AND EXISTS (SELECT 1 FROM pg_proc p WHERE p.proname LIKE '%\\_erase'
     AND p.prosrc LIKE '%DELETE FROM ' || c.confrelid::regclass || ' %')
 ORDER BY 1, 2"""


def test_no_key_between_what_is_erased_asks_for_an_order(house) -> None:
    with house.role("guitu_owner") as door:
        assert door.execute(IN_THE_WAY).fetchall() == []
        # The control: as it was, letters went before the replies that name them, and the erasure failed.
        door.execute("ALTER TABLE exchange_reply ALTER CONSTRAINT exchange_reply_to_letter NOT DEFERRABLE")
        assert door.execute(IN_THE_WAY).fetchall() == [("exchange_reply", "exchange_reply_to_letter")]
