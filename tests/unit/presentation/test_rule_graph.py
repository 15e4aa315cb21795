from recall_horizon.presentation.rule_graph import arrows, picture, reduced

PRINTED = """---
title: DAG
---
flowchart TB
\tid0[all]
\tid1[page]
\tid2[losses]
\tid3[train]
\tstyle id0 fill:#D95757,stroke-width:2px,color:#333333
\tid1 --> id0
\tid2 --> id1
\tid3 --> id1
\tid3 --> id2
"""


def test_arrows_are_between_rules_and_the_target_that_asks_for_all_is_left_out():
    assert arrows(PRINTED) == {("losses", "page"), ("train", "page"), ("train", "losses")}


def test_an_arrow_that_a_longer_way_implies_is_left_out():
    assert reduced(arrows(PRINTED)) == {("losses", "page"), ("train", "losses")}
    fork = {("a", "b"), ("a", "c"), ("b", "d"), ("c", "d")}
    assert reduced(fork) == fork
    assert reduced(fork | {("a", "d"), ("d", "e"), ("b", "e")}) == fork | {("d", "e")}


def test_the_picture_has_the_same_order_every_time():
    assert picture({("b", "c"), ("a", "b")}) == (
        "```mermaid\nflowchart LR\n    a --> b\n    b --> c\n```\n"
    )
