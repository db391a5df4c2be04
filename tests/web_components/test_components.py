"""Each component in each of its states."""

from __future__ import annotations

import datetime as dt

import pytest
from django import forms

from guitu.web.style_page import samples
from tests.web_components.rendering import Elements, component

DAY = dt.date(2026, 11, 16)


def chip(**context: object) -> str:
    return component('<c-clock-chip :due="due" :done="done" rule="RS-17" rule_url="/rules/RS-17" />', **context)


def test_a_late_clock_is_solid_and_names_its_rule() -> None:
    page = Elements(chip(due=DAY, done=None))
    assert page.all("span", cls="gt-clock--late")[0][1] == "逾期2天"
    assert page.all("a", href="/rules/RS-17")
    assert "应于11-16" in page.all("span", cls="gt-due")[0][1]


def test_a_clock_that_was_late_but_met_is_no_longer_solid() -> None:
    page = Elements(chip(due=DAY, done=dt.date(2026, 11, 17)))
    assert not page.all("span", cls="gt-clock--late")
    assert page.all("span", cls="gt-clock--done")[0][1] == "已办"


def test_a_clock_can_say_that_a_duty_was_not_possible() -> None:
    page = Elements(component('<c-clock-chip state="open" text="不可能，不算逾期" note="短刑期" />'))
    assert page.all("span", cls="gt-clock--open")[0][1] == "不可能，不算逾期"


def test_an_owner_line_is_never_empty() -> None:
    assert "接收单位未明" in component("<c-owner-line />")
    assert "接收单位未明" not in component('<c-owner-line unit="雁回镇司法所" />')


def test_an_interim_owner_says_who_named_it() -> None:
    html = component(
        '<c-owner-line unit="望舒区司法局" state="interim" named_by="云汀市司法局" :since="day" />', day=DAY
    )
    assert "望舒区司法局（暂由）" in html
    assert "云汀市司法局指定" in html
    assert "自11-16" in html


@pytest.mark.parametrize(
    ("grade", "letter", "word"),
    [
        ("red", "红", "高"),
        ("orange", "橙", "较高"),
        ("yellow", "黄", "中"),
        ("blue", "蓝", "较低"),
        ("green", "绿", "低"),
    ],
)
def test_a_grade_shows_its_colour_as_a_character_and_a_word(grade: str, letter: str, word: str) -> None:
    page = Elements(component(f'<c-grade-tag grade="{grade}" />'))
    assert page.all("span", cls=f"gt-grade--{grade}")[0][1] == letter + word


def test_an_unknown_grade_is_shown_as_not_assessed() -> None:
    assert "未评估" in component('<c-grade-tag grade="" />')


def test_not_assessed_says_that_it_is_not_low_risk() -> None:
    assert "未评估，不是低风险" in component("<c-not-assessed>先完成评估</c-not-assessed>")


def test_a_free_person_carries_no_grade() -> None:
    html = component('<c-not-assessed free="yes" />')
    assert "刑满后不评级" in html
    assert "gt-grade" not in html


def test_a_resolved_alert_turns_grey() -> None:
    assert "gt-alert--red" not in component('<c-alert-tag level="red" state="resolved" :on="day" />', day=DAY)
    assert "gt-alert--red" in component('<c-alert-tag level="red" />')


def test_the_road_marks_the_present_step_and_answers_five_questions() -> None:
    page = Elements(
        component('<c-road-ribbon :steps="road" :answers="answers" />', road=samples.road(3), answers=samples.ANSWERS)
    )
    steps = page.all("li")
    assert [step[0].get("aria-current", "") for step in steps[:8]] == ["", "", "step", "", "", "", "", ""]
    questions = [text for attributes, text in page.all("span", cls="k")]
    assert questions == ["谁负责", "何时到期 · 依据", "还缺什么", "逾期会怎样"]
    assert page.all("a", href="#pickup")[0][1] == "安排接回"


def test_a_step_that_does_not_apply_says_so_in_words() -> None:
    assert "不适用" in component('<c-road-ribbon :steps="road" />', road=samples.ROAD_WITH_GAP)


def test_the_small_road_draws_eight_bars() -> None:
    page = Elements(component('<c-road-ribbon mini="yes" :at="4" />'))
    assert [a["class"] for a, _ in page.all("rect")] == ["d", "d", "d", "n", "f", "f", "f", "f"]
    assert page.all("svg", role="img")[0][0]["aria-label"] == "第4步，共8步"


def test_a_work_list_keeps_panic_order_and_counts_each_group() -> None:
    page = Elements(component('<c-panic-table :groups="groups" label="待办" />', groups=samples.GROUPS))
    heads = [text for a, text in page.all("th") if a.get("scope") == "colgroup"]
    assert [head.split()[0] for head in heads] == ["已逾期", "今天到期", "7天内"]
    assert len(page.all("tr", cls="late")) == samples.GROUPS[0]["count"] == len(samples.GROUPS[0]["rows"])
    assert len(page.all("a", cls="btn-primary")) == len(samples.GROUPS[0]["rows"])


def test_the_groups_of_a_work_list_are_named_in_english(english: None) -> None:
    html = component('<c-panic-table :groups="groups" label="Work" />', groups=samples.GROUPS)
    assert "Overdue 3" in html
    assert "Due today 2" in html


def test_an_action_that_changes_something_is_a_form_with_a_token() -> None:
    page = Elements(component('<c-action label="签收" url="/sign" method="post" />', csrf_token="t0ken"))
    assert page.all("form", method="post", action="/sign")
    assert page.all("input", name="csrfmiddlewaretoken")
    assert not Elements(component('<c-action label="看" url="/see" />')).all("form")


def test_a_zero_count_is_a_quiet_tile_even_when_it_stands_first() -> None:
    tile = {"label": "已逾期", "value": 0, "url": "#late", "first": True, "parts": []}
    assert Elements(component('<c-counts :items="items" />', items=[tile])).all("li", cls="zero")
    late = Elements(component('<c-counts :items="items" />', items=[{**tile, "value": 3}]))
    assert late.all("li", cls="first")
    assert late.all("a", href="#late")[0][1].startswith("3")


@pytest.mark.parametrize(
    ("state", "words"),
    [
        ("awaiting", "待见证"),
        ("demo", "演示见证"),
        ("witnessed", "已见证，三方可验"),
        ("signed", "已签收"),
        ("returned", "已退回：材料不全"),
        ("own", "等本人意见"),
    ],
)
def test_a_receipt_says_its_state_in_words(state: str, words: str) -> None:
    assert words in component(f'<c-receipt-card title="档案" state="{state}" reason="材料不全" />')


@pytest.mark.parametrize(
    ("state", "words"),
    [
        ("missing", "没有记录"),
        ("contradicted", "待更正"),
        ("open", "还有42秒"),
        ("masked", "查看"),
        ("review", "应更新"),
    ],
)
def test_a_fact_says_its_state_in_words(state: str, words: str) -> None:
    markup = (
        f'<c-fact-row name="住址" value="某镇" mask="＊＊" seconds="42" state="{state}" reveal_url="/see" :on="day" />'
    )
    assert words in component(markup, day=DAY)


def test_a_masked_fact_never_carries_the_open_value_of_a_missing_reveal() -> None:
    html = component('<c-fact-row name="号码" state="masked" mask="910***" reveal_url="" />')
    assert "<a" not in html
    assert "910***" in html


def test_a_refused_reveal_offers_no_form_and_names_who_may() -> None:
    html = component(
        '<c-reveal title="住址" state="refused" why="须由县级查看。" ask="可向林知遥说明" phone="0000-5550126" />'
    )
    assert "<form" not in html
    assert "可向林知遥说明" in html
    assert "<form" in component('<c-reveal title="住址" action="/reveal" />')


def test_breaking_the_glass_asks_for_a_reason() -> None:
    page = Elements(component('<c-reveal title="住址" action="/reveal" state="glass" why="有人身危险" field="g" />'))
    assert "required" in page.all("input", name="note")[0][0]


class Note(forms.Form):
    day = forms.DateField(label="释放日", help_text="以释放证明书为准")


def test_a_form_field_shows_its_error_and_the_summary_links_to_it() -> None:
    form = Note({"day": "2026-02-30"})
    field = Elements(component('<c-field :bound="form.day" />', form=form))
    assert field.all("div", cls="gt-field-err")
    assert field.all("input")[0][0]["aria-invalid"] == "true"
    summary = Elements(component('<c-error-summary :form="form" />', form=form))
    assert summary.all("div", role="alert")
    assert summary.all("a", href="#id_day")


def test_a_form_without_errors_has_no_summary() -> None:
    assert "role=" not in component('<c-error-summary :form="form" />', form=Note({"day": "2026-02-28"}))


def test_a_field_in_error_points_to_its_message() -> None:
    page = Elements(component('<c-field label="号码" name="n" value="1" error="少一位" hint="18位" />'))
    described = page.all("input")[0][0]["aria-describedby"].split()
    ids = {a.get("id") for tag in ("span", "p") for a, _ in page.all(tag)}
    assert set(described) <= ids


def test_a_pair_out_of_reach_shows_nothing_of_the_other_record() -> None:
    rows = [{"name": "姓名", "left": "吕思齐", "right": "吕思斉", "difference": "异体字"}]
    hidden = component('<c-match-pair :rows="rows" state="out_of_reach" />', rows=rows)
    assert "身份核对中" in hidden
    assert "吕思斉" not in hidden
    assert "吕思斉" in component('<c-match-pair :rows="rows" />', rows=rows)


def test_a_decision_shows_the_legal_effect_of_each_choice() -> None:
    options = [
        {"value": "a", "label": "先签收", "effect": "时限照走"},
        {"value": "b", "label": "退回", "effect": "报裁定"},
    ]
    html = component('<c-decision-panel title="退回？" action="/d" :options="options" />', options=options)
    assert "时限照走" in html
    assert "报裁定" in html
    decided = component('<c-decision-panel title="退回？" state="decided" outcome="先签收" who="许令仪" on="11-16" />')
    assert "<form" not in decided


def test_a_slip_names_no_offence_and_where_to_complain() -> None:
    html = component('<c-slip number="QY-1" person="沈砚秋" complain_to="县检察院" complain_phone="0000-5550199" />')
    assert "凭条不写原因和案由" in html
    assert "县检察院" in html


def test_an_empty_list_is_explained() -> None:
    html = component(
        '<c-empty-state title="没有等您签收的来件" tel="0000-5550112" tel_who="协作专员">下一件…</c-empty-state>'
    )
    assert "暂无数据" not in html
    assert 'href="tel:0000-5550112"' in html


def test_a_person_who_declined_keeps_an_open_door() -> None:
    html = component('<c-person-step :steps="steps" />', steps=[{"number": 7, "title": "常联系", "state": "declined"}])
    assert "门开着" in html
    for forbidden in ("须", "应当", "逾期", "违规"):
        assert forbidden not in html


def test_rates_of_small_groups_are_not_shown() -> None:
    html = component('<c-rate :numerator="4" :denominator="6" small="yes">66.7%</c-rate>')
    assert "不足10人，不显示" in html
    assert "66.7" not in html


def test_text_from_records_is_escaped() -> None:
    html = component('<c-owner-line unit="{{ unit }}" />', unit="<script>1</script>")
    assert "<script>" not in html
    assert "&lt;script&gt;" in html
    row = {**samples.GROUPS[0]["rows"][0], "name": "<b>甲</b>"}
    assert "<b>甲</b>" not in component('<c-panic-row :row="row" />', row=row)


def test_a_long_name_may_break_only_after_a_middle_dot() -> None:
    row = {**samples.GROUPS[0]["rows"][0], "name": "阿尔斯兰·吐尔逊江·<买买提>"}
    assert "阿尔斯兰·<wbr>吐尔逊江·<wbr>&lt;买买提&gt;" in component('<c-panic-row :row="row" />', row=row)
