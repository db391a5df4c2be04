"""A small fictional province for tests: two cities, three counties, a township office, two prisons, and their posts."""

from guitu.access.establishing import NewPost, NewUnit

PROVINCE = "910000000000"
CITY, OTHER_CITY = "910100000000", "910200000000"
COUNTY, SIBLING_COUNTY, FOREIGN_COUNTY = "910121000000", "910122000000", "910221000000"
PRISON, OTHER_PRISON = "919901000000", "919902000000"


def _unit(code: str, kind: str, name: str, name_en: str, parent: str | None, width: int) -> NewUnit:
    end = str(int(code[:width]) + 1).ljust(12, "0")
    return NewUnit(code, kind, name, name_en, parent, code, end, "0000-5550100")


UNITS = [
    _unit(PROVINCE, "province", "望江省司法厅", "Wangjiang Province Justice Department", None, 2),
    _unit(CITY, "city", "云汀市司法局", "Yunting City Justice Bureau", PROVINCE, 4),
    _unit(OTHER_CITY, "city", "松溪市司法局", "Songxi City Justice Bureau", PROVINCE, 4),
    _unit(COUNTY, "county", "青榆县司法局", "Qingyu County Justice Bureau", CITY, 6),
    _unit(SIBLING_COUNTY, "county", "望舒区司法局", "Wangshu District Justice Bureau", CITY, 6),
    _unit(FOREIGN_COUNTY, "county", "石渡县司法局", "Shidu County Justice Bureau", OTHER_CITY, 6),
    _unit(PRISON, "prison", "桐岭监狱", "Tongling Prison", PROVINCE, 6),
    _unit(OTHER_PRISON, "prison", "白沙监狱", "Baisha Prison", PROVINCE, 6),
]

POSTS = [
    NewPost("prison", "侯知白", PRISON, "PRISON_LIAISON", "监地协作专员"),
    NewPost("other-prison", "陶疏影", OTHER_PRISON, "PRISON_LIAISON", "监地协作专员"),
    NewPost("county", "林知遥", COUNTY, "COUNTY_OFFICER", "安置帮教岗"),
    NewPost("county-second", "许令仪", COUNTY, "COUNTY_OFFICER", "安置帮教岗"),
    NewPost("sibling", "郑书瑶", SIBLING_COUNTY, "COUNTY_OFFICER", "安置帮教岗"),
    NewPost("foreign", "孟千帆", FOREIGN_COUNTY, "COUNTY_OFFICER", "安置帮教岗"),
    NewPost("city", "周予安", CITY, "SUPERVISOR", "衔接监督岗"),
    NewPost("province", "顾南枝", PROVINCE, "SUPERVISOR", "衔接监督岗"),
    NewPost("identity", "江若渝", PROVINCE, "IDENTITY_DESK", "身份核对岗"),
    NewPost("system", "沈见山", PROVINCE, "SYSTEM_ADMINISTRATOR", "系统管理员"),
]
