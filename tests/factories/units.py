"""A small fictional province for tests: two cities, three counties, township offices, prisons, a procuratorate."""

from guitu.access.establishing import NewPost, NewUnit

PROVINCE = "910000000000"
CITY, OTHER_CITY = "910100000000", "910200000000"
COUNTY, SIBLING_COUNTY, FOREIGN_COUNTY = "910121000000", "910122000000", "910221000000"
PRISON, OTHER_PRISON = "919901000000", "919902000000"
DETENTION_HOUSE = "919921000000"
TOWNSHIP, OTHER_TOWNSHIP = "910121100000", "910121101000"
PROCURATORATE = "919950004000"


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
    _unit(DETENTION_HOUSE, "detention_house", "澄江看守所", "Chengjiang Detention House", CITY, 6),
    _unit(TOWNSHIP, "judicial_office", "雁回镇司法所", "Yanhui Town Judicial Office", COUNTY, 9),
    _unit(OTHER_TOWNSHIP, "judicial_office", "柳坞镇司法所", "Liuwu Town Judicial Office", COUNTY, 9),
    _unit(PROCURATORATE, "procuratorate", "青榆县人民检察院", "Qingyu County People’s Procuratorate", COUNTY, 9),
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
    NewPost("security", "陆怀瑾", PROVINCE, "SECURITY_ADMINISTRATOR", "安全管理员"),
    NewPost("audit", "温如故", PROVINCE, "AUDIT_ADMINISTRATOR", "审计管理员"),
    NewPost("prison-leader", "祝青岚", PRISON, "PRISON_LEADER", "分管副监狱长"),
    NewPost("detention", "尹长歌", DETENTION_HOUSE, "DETENTION_OFFICER", "协作专员"),
    NewPost("county-head", "苏秉文", COUNTY, "COUNTY_HEAD", "局长"),
    NewPost("township", "聂云舟", TOWNSHIP, "TOWNSHIP_OFFICER", "司法助理员"),
    NewPost("township-second", "白露浓", OTHER_TOWNSHIP, "TOWNSHIP_OFFICER", "司法助理员"),
    NewPost("worker", "叶惊蛰", TOWNSHIP, "SOCIAL_WORKER", "社工"),
    NewPost("counsellor", "简以宁", COUNTY, "COUNSELLOR", "心理咨询师"),
    NewPost("procurator", "方听雪", PROCURATORATE, "PROCURATORATE", "检察监督岗"),
]
