"""Plain facts for every kind of document, all invented."""

from guitu.papers.catalogue import kind_of

RELEASE_NOTICE = {
    "receiver": "青榆县司法局",
    "name": "陈柏舟",
    "sex": "男",
    "birth_date": "1985年3月12日",
    "id_doc": "居民身份证 910121198503121155",
    "household": "青榆县雁回镇1号",
    "release_on": "2026年12月14日",
    "release_type": "刑期届满",
}
NOT_IN_THE_FONT = "\U00020000"
"""A character of CJK Extension B that the fonts of the documents do not have."""

SELECTED = "葛\U000e0100"
"""A character with a variation selector, as some names are registered."""


def facts_for(kind: str, **given: str) -> dict[str, str]:
    """Something for every needed field of this kind, and what is given."""
    needed = kind_of(kind).versions[-1].needed
    return {code: RELEASE_NOTICE.get(code, f"{code}的内容") for code in needed} | given
