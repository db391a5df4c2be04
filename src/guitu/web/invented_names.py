"""Surnames and offences from which invented people are drawn: in the demonstration and in the generator alike."""

SURNAMES = (
    "陈", "何", "沈", "潘", "唐", "方", "欧阳", "魏", "蒋", "韩", "曹", "邓", "彭", "吕", "蔡", "贾",
    "丁", "薛", "阎", "余", "杜", "戴", "夏", "钟", "汪", "田", "任", "姜", "范", "石", "单", "仇",
    "解", "尉迟",
)  # fmt: skip
COMPOUND = ("欧阳", "尉迟", "司马")
"""Surnames of two signs that the demonstration uses."""
OFFENCES = ("盗窃罪", "诈骗罪", "故意伤害罪", "危险驾驶罪", "寻衅滋事罪", "开设赌场罪")
