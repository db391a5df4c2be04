"""A small fictional province for tests: two cities, three counties, township offices, prisons, a procuratorate."""

from guitu.access.establishing import NewPost, NewUnit

PROVINCE = "910000000000"
CITY, OTHER_CITY = "910100000000", "910200000000"
COUNTY, SIBLING_COUNTY, FOREIGN_COUNTY = "910121000000", "910122000000", "910221000000"
PRISON, OTHER_PRISON = "919901000000", "919902000000"
DETENTION_HOUSE = "919921000000"
TOWNSHIP, OTHER_TOWNSHIP = "910121100000", "910121101000"
PROCURATORATE = "919950004000"
EVALUATOR = "919991001000"
POLICE, STATION, OTHER_STATION = "919930003000", "919930003001", "919930003002"
SIBLING_POLICE, CIVIL_AFFAIRS, COURT = "919930001000", "919960003000", "919940004000"
EMPLOYER, OTHER_EMPLOYER, CHARITY = "919990001000", "919990002000", "919980001000"


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
    _unit(POLICE, "police", "青榆县公安局", "Qingyu County Police", COUNTY, 9),
    _unit(STATION, "police_station", "雁回镇派出所", "Yanhui Town Police Station", POLICE, 12),
    _unit(OTHER_STATION, "police_station", "柳坞镇派出所", "Liuwu Town Police Station", POLICE, 12),
    _unit(SIBLING_POLICE, "police", "望舒区公安局", "Wangshu District Police", SIBLING_COUNTY, 9),
    _unit(CIVIL_AFFAIRS, "civil_affairs", "青榆县民政局", "Qingyu County Civil Affairs", COUNTY, 9),
    _unit(COURT, "court", "青榆县人民法院", "Qingyu County Court", COUNTY, 9),
    _unit(EMPLOYER, "employer", "青禾农业合作社", "Green Grain Farming Co-operative", COUNTY, 9),
    _unit(OTHER_EMPLOYER, "employer", "晴岚食品厂", "Clear Mist Foods", FOREIGN_COUNTY, 9),
    _unit(CHARITY, "social_organisation", "归舟帮扶服务社", "Guizhou Boat Support Society", CITY, 9),
    _unit(EVALUATOR, "evaluator", "望江社会治理评估中心", "Wangjiang Centre for Public Evaluation", PROVINCE, 9),
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
    NewPost("station", "常未迟", STATION, "POLICE_STATION", "户籍民警"),
    NewPost("other-station", "宁向晚", OTHER_STATION, "POLICE_STATION", "户籍民警"),
    NewPost("police", "石磊明", POLICE, "POLICE_STATION", "收文岗"),
    NewPost("sibling-police", "唐朝雨", SIBLING_POLICE, "POLICE_STATION", "收文岗"),
    NewPost("civil-affairs", "姜南烛", CIVIL_AFFAIRS, "DEPARTMENT_CLERK", "救助岗"),
    NewPost("court", "卫听松", COURT, "DECIDING_ORGAN", "文书收发岗"),
    NewPost("employer", "霍扶摇", EMPLOYER, "PARTNER", "用工联络员"),
    NewPost("other-employer", "冯远山", OTHER_EMPLOYER, "PARTNER", "用工联络员"),
    NewPost("charity", "齐若谷", CHARITY, "PARTNER", "项目负责人"),
    NewPost("procurator", "方听雪", PROCURATORATE, "PROCURATORATE", "检察监督岗"),
    NewPost("evaluator", "裴照野", EVALUATOR, "EVALUATOR", "评估员"),
]
